import Glibc

/// Writes what is said to people to standard error. Nobody acts on a failure to do so.
enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// A message of the program itself: `moonrail: ...`.
    static func write(message: String) {
        write(line: "moonrail: " + message)
    }

    static func write(line: String) {
        write(text: line + "\n")
    }

    static func write(text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let written = Glibc.write(
                    STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 && errno != EINTR { return }
                rest = rest.dropFirst(max(0, written))
            }
        }
    }
}
