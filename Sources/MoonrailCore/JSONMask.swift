/// Replaces values at field paths by others of the same kind and shape, so that a document of real
/// events can be shown: letters become `x` (`X` where they are capital), digits `0` (`1` in a
/// number's first place), other characters stay. The same value always becomes the same mask, and
/// nothing leads back.
package struct JSONMask: Sendable {
    private let paths: [[String]]
    /// Numbers of the paths that led to a value so far.
    package private(set) var matched: Set<Int> = []
    /// Texts that were masked, and what they became.
    private var masks: [String: String] = [:]

    /// - Parameter paths: such as `customer.email`; every element of a list is gone through.
    package init(paths: [String]) {
        self.paths = paths.map { $0.split(separator: ".").map(String.init) }
    }

    /// The document with the values behind all paths replaced.
    package mutating func masked(_ document: JSONValue) -> JSONValue {
        var document = document
        for (number, path) in paths.enumerated() {
            document = masked(document, path[...], number)
        }
        return document
    }

    /// The mask of a text that stood at one of the paths so far, such as a key that repeats a
    /// field; any other text as it is.
    package func masked(text: String) -> String { masks[text] ?? text }

    private mutating func masked(
        _ value: JSONValue, _ path: ArraySlice<String>, _ number: Int
    ) -> JSONValue {
        guard let name = path.first else {
            matched.insert(number)
            return mask(value)
        }
        switch value {
        case .object(var members):
            guard let member = members[name] else { return value }
            members[name] = masked(member, path.dropFirst(), number)
            return .object(members)
        case .array(let elements):
            return .array(elements.map { masked($0, path, number) })
        default:
            return value
        }
    }

    /// The whole value, whatever it holds.
    private mutating func mask(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null: return .null
        case .bool: return .bool(false)
        case .integer(let number):
            let digits = String(number).count - (number < 0 ? 1 : 0)
            // The largest integers have 19 digits; all of 1 0 ... 0 fit.
            let size = (1..<max(digits, 1)).reduce(into: Int64(1)) { size, _ in size *= 10 }
            masks[String(number)] = String(number < 0 ? -size : size)
            return .integer(number < 0 ? -size : size)
        case .double(let number):
            return .double(number < 0 ? -1.5 : 1.5)
        case .string(let text):
            let mask = String(text.map(Self.mask))
            masks[text] = mask
            return .string(mask)
        case .array(let elements):
            return .array(elements.map { mask($0) })
        case .object(let members):
            return .object(members.mapValues { mask($0) })
        }
    }

    private static func mask(_ character: Character) -> Character {
        if character.isNumber { return "0" }
        guard character.isLetter else { return character }
        return character.isUppercase ? "X" : "x"
    }
}
