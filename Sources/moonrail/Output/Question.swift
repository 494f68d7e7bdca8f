import Glibc

/// Asks on the terminal.
enum Question {
    /// Whether somebody sits there.
    static var canBeAsked: Bool { isatty(STDIN_FILENO) == 1 && StandardError.isTerminal }

    /// Whether the answer begins with a y; the end of input is a no.
    static func isAnsweredYes(_ question: String) async throws -> Bool {
        StandardError.write(text: question + " [y/N] ")
        return try await BlockingThread(name: "moonrail.question").run { cancellation in
            try BlockingThread.wait(for: STDIN_FILENO, events: CInt(POLLIN), cancellation)
            return readLine()?.lowercased().hasPrefix("y") == true
        }
    }
}
