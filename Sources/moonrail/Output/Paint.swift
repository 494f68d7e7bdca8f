import Glibc

/// Colours, for a terminal that shows them.
struct Paint {
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case grey = "90"
    }

    static let none = Paint(isOn: false)

    /// For standard output: colours only on a terminal, and not where `NO_COLOR` is set.
    static var standardOutput: Paint {
        Paint(isOn: isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil)
    }

    private let isOn: Bool

    init(isOn: Bool) {
        self.isOn = isOn
    }

    func callAsFunction(_ text: String, _ colour: Colour) -> String {
        isOn ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
