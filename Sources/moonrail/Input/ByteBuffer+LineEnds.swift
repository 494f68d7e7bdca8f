import Glibc
import NIOCore

extension ByteBuffer {
    /// How many line ends its readable bytes hold.
    var lineEnds: Int {
        withUnsafeReadableBytes { bytes in
            var count = 0
            var rest = bytes[...]
            while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                let end = memchr(start, 0x0A, rest.count)
            {
                count += 1
                rest = rest.dropFirst(UnsafeRawPointer(end) - start + 1)
            }
            return count
        }
    }
}
