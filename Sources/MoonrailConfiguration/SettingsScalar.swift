/// One scalar: its text, and what the text stands for.
///
/// Plain scalars follow YAML 1.2's core schema. What YAML 1.1 and 1.2 read differently (`no`,
/// `017`, `1_000`) is unclear, so that nobody's Norway becomes `false` unseen.
struct SettingsScalar: Sendable {
    enum Value: Sendable, Equatable {
        case null
        case bool(Bool)
        case integer(Int64)
        case double(Double)
        case string
        /// Could be text or something else; the sentence goes on "'...' ".
        case unclear(String)
    }

    let text: String
    let value: Value
    /// Whether nothing but its reader says what kind of value it is, as with variables and flags.
    private let isUntyped: Bool

    init(plain text: String) {
        self.text = text
        value = Self.resolve(text)
        isUntyped = false
    }

    init(string text: String) {
        self.text = text
        value = .string
        isUntyped = false
    }

    init(untyped text: String) {
        self.text = text
        value = Self.resolve(text)
        isUntyped = true
    }

    var isNull: Bool { value == .null }

    /// The text where text is wanted; nil for what is clearly a number, a truth value or nothing.
    var string: String? {
        switch value {
        case .string, .unclear: text
        case .null, .bool, .integer, .double: isUntyped && !text.isEmpty ? text : nil
        }
    }

    private static func resolve(_ text: String) -> Value {
        switch text {
        case "", "~", "null", "Null", "NULL":
            return .null
        case "true", "True", "TRUE":
            return .bool(true)
        case "false", "False", "FALSE":
            return .bool(false)
        case "yes", "Yes", "YES", "on", "On", "ON":
            return .unclear("may mean true or text; write true or \"\(text)\"")
        case "no", "No", "NO", "off", "Off", "OFF":
            return .unclear("may mean false or text; write false or \"\(text)\"")
        default:
            return number(text)
        }
    }

    private static func number(_ text: String) -> Value {
        // Most scalars are words, and four regular expressions for each would be felt at start.
        guard let first = text.utf8.first, !(UInt8(ascii: ":")...).contains(first) else {
            return .string
        }
        if text.wholeMatch(of: /[-+]?(0|[1-9][0-9]*)/) != nil {
            return Int64(text).map { .integer($0) }
                ?? .unclear("does not fit 64 bits; put it in quotes to make it text")
        }
        if text.wholeMatch(of: /[-+]?0[0-9]+|[-+]?[0-9][0-9_]*_[0-9_]*|[-+]?0[xob][0-9a-fA-F_]+/)
            != nil
        {
            return .unclear(
                "may mean a number or text; write it as a plain decimal number or in quotes")
        }
        if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil {
            if let number = Double(text), number.isFinite { return .double(number) }
            return .unclear("does not fit a 64-bit float; put it in quotes to make it text")
        }
        if text.wholeMatch(of: /[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)/) != nil {
            return .unclear("is not a finite number; JSON has no others")
        }
        return .string
    }
}
