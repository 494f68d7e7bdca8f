import Glibc

/// The terminal that standard output goes to.
enum Terminal {
    /// Characters in a line; nil when standard output is no terminal.
    static var width: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
