import Glibc

/// A descriptor that is written to without waiting for a slow reader, though it is shared with
/// other processes and so can't be made non-blocking.
struct OutputDescriptor {
    static let standard = OutputDescriptor(STDOUT_FILENO)

    /// `F_GETPIPE_SZ` of Linux, which the C library's module does not show.
    private static let pipeSize: CInt = 1_032

    private let number: CInt
    /// Files and devices other than terminals take all at once.
    private let takesAll: Bool
    /// Bytes of memory that a pipe has; nil for everything else.
    private let pipeBytes: Int?

    init(_ number: CInt) {
        self.number = number
        var status = stat()
        let kind = fstat(number, &status) == 0 ? status.st_mode & S_IFMT : 0
        takesAll = kind == S_IFREG || (kind == S_IFCHR && isatty(number) == 0)
        let size = kind == S_IFIFO ? fcntl(number, Self.pipeSize) : -1
        pipeBytes = size > 0 ? Int(size) : nil
    }

    /// Writes as much as can be written now.
    ///
    /// - Returns: how many bytes it was; -1 with `errno`, which is EAGAIN when the reader must
    ///   read first.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        if takesAll { return Glibc.write(number, bytes.baseAddress, bytes.count) }
        var descriptor = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard poll(&descriptor, 1, 0) > 0 else {
            errno = EAGAIN
            return -1
        }
        return Glibc.write(number, bytes.baseAddress, min(bytes.count, room))
    }

    /// How many bytes a pipe that can be written surely takes without waiting.
    private var room: Int {
        var unread: CInt = 0
        guard let pipeBytes, ioctl(number, UInt(FIONREAD), &unread) == 0 else {
            return Int(PIPE_BUF)
        }
        // A page of it may be filled by half only, when the next write did not fit into the rest.
        return max(Int(PIPE_BUF), pipeBytes - 2 * Int(unread) - Int(PIPE_BUF))
    }
}
