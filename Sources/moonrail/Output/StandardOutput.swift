import Glibc
import NIOCore

/// Writes facts to standard output, in order, and waits for a slow reader without holding a task's
/// thread.
struct StandardOutput: Sendable {
    private static let thread = BlockingThread(name: "moonrail.output")

    /// - Throws: `CommandFailure.outputClosed` when the reader left, or what else went wrong.
    func write(_ buffer: ByteBuffer) async throws {
        try await Self.thread.run { cancellation in
            try buffer.withUnsafeReadableBytes { try Self.write($0, cancellation) }
        }
    }

    func write(_ text: String) async throws {
        try await write(ByteBuffer(string: text))
    }

    /// Writes the text and a line end.
    func write(line text: String) async throws {
        try await write(text + "\n")
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, _ cancellation: BlockingThread.Cancellation
    ) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = OutputDescriptor.standard.write(UnsafeRawBufferPointer(rebasing: rest))
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EPIPE {
                throw CommandFailure.outputClosed
            } else if errno == EAGAIN {
                try BlockingThread.wait(for: STDOUT_FILENO, events: POLLOUT, cancellation)
            } else if errno != EINTR {
                let reason = String(cString: strerror(errno))
                throw CommandFailure(.failed, "can't write to standard output: \(reason)")
            }
        }
    }
}
