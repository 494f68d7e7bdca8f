import Glibc
import NIOCore
import Synchronization

/// Reads a file or standard input in slices of whole lines.
final class LineInput: Sendable {
    /// What comes next.
    enum Piece: Sendable {
        case lines(Slice)
        /// A line that is longer than any event may be; it was skipped.
        case tooLong(line: Int)
    }

    struct Slice: Sendable {
        let lines: ByteBuffer
        /// Number of its first line, from 1.
        let firstLine: Int
    }

    /// As messages name it.
    let name: String
    /// Size of a file; nil when it is not known beforehand.
    let totalBytes: Int?

    private let descriptor: CInt
    private let thread = BlockingThread(name: "moonrail.input")
    private let state = Mutex(State())

    private struct State: Sendable {
        var cutter = LineCutter()
        /// What was read of a file while the piece before was on its way.
        var ahead: Result<Piece?, any Error>?
    }

    /// - Parameter path: nil or `-` for standard input.
    /// - Throws: `CommandFailure` when the file is missing or can't be read.
    init(path: String?) throws(CommandFailure) {
        if let path, path != "-" {
            name = path
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw CommandFailure(
                    errno == ENOENT ? .notFound : .failed,
                    "can't read \(path): \(String(cString: strerror(errno)))"
                        + (path.hasPrefix("{")
                            ? "; a document itself goes to standard input: echo '...' | moonrail"
                            : ""))
            }
        } else {
            name = "stdin"
            descriptor = dup(STDIN_FILENO)
        }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        totalBytes = isFile ? Int(status.st_size) : nil
    }

    deinit {
        close(descriptor)
    }

    /// The next piece; nil at the end. Waits for as long as nothing comes.
    func next() async throws -> Piece? {
        let piece = try await thread.run { [self] cancellation in
            try state.withLock { state in
                if let ahead = state.ahead.take() { return try ahead.get() }
                return try cut(&state, cancellation)
            }
        }
        // Only a file is there at once: nobody may have to wait for what comes after a piece.
        if piece != nil, totalBytes != nil { readAhead() }
        return piece
    }

    private func readAhead() {
        thread.start { [self] cancellation in
            state.withLock { state in
                state.ahead = Result { try cut(&state, cancellation) }
            }
        }
    }

    private func cut(
        _ state: inout State, _ cancellation: BlockingThread.Cancellation
    ) throws -> Piece? {
        try state.cutter.next { buffer, canWait in
            try read(into: &buffer, canWait: canWait, cancellation)
        }
    }

    /// All of it, as one slice.
    ///
    /// - Throws: `CommandFailure` when it has more bytes than `limit`.
    func whole(most limit: Int) async throws -> Slice {
        var lines = ByteBuffer()
        while let piece = try await next() {
            guard case .lines(let slice) = piece,
                lines.readableBytes + slice.lines.readableBytes <= limit
            else {
                throw CommandFailure(
                    .failed,
                    "\(name) is over \(limit) bytes, too much for one append; send it in parts")
            }
            lines.writeImmutableBuffer(slice.lines)
        }
        return Slice(lines: lines, firstLine: 1)
    }

    /// - Returns: how many bytes came, 0 at the end, nil when nothing is there yet.
    private func read(
        into buffer: inout ByteBuffer, canWait: Bool,
        _ cancellation: BlockingThread.Cancellation
    ) throws -> Int? {
        while true {
            if canWait {
                try BlockingThread.wait(for: descriptor, events: POLLIN, cancellation)
            } else {
                var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&wanted, 1, 0) > 0 else { return nil }
            }
            var failure: CInt = 0
            let count = buffer.writeWithUnsafeMutableBytes(
                minimumWritableBytes: LineCutter.readBytes
            ) { room in
                let count = Glibc.read(descriptor, room.baseAddress, LineCutter.readBytes)
                if count < 0 { failure = errno }
                return max(0, count)
            }
            if failure == 0 { return count }
            guard failure == EINTR || failure == EAGAIN else {
                throw CommandFailure(
                    .failed, "can't read \(name): \(String(cString: strerror(failure)))")
            }
        }
    }
}
