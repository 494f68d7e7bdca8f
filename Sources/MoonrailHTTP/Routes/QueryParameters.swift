import Hummingbird
import MoonrailCore

/// The query of a request, read with errors that name the parameter.
struct QueryParameters {
    private let values: [String: String]

    /// An empty one.
    init() {
        values = [:]
    }

    /// - Throws: `Problem` for a parameter that the route does not know, or one given twice.
    init(of request: Request, known: [String]) throws(Problem) {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard known.contains(name) else {
                throw .badRequest(
                    "parameter '\(name)' is not known\(suggestion(for: name, among: known))")
            }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw .badRequest("parameter '\(name)' is given twice")
            }
        }
        self.values = values
    }

    func text(_ name: String) -> String? {
        values[name]
    }

    /// A whole number in decimal digits.
    func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: String, as type: Number.Type = Number.self
    ) throws(Problem) -> Number? {
        guard let text = values[name] else { return nil }
        guard let number = Number(text) else {
            throw .badRequest("'\(name)' is '\(text)'; it must be a whole number from 0")
        }
        return number
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        switch values[name] {
        case nil, "false": return false
        case "true", "": return true
        case .some(let other):
            throw .badRequest("'\(name)' is '\(other)'; it must be true or false")
        }
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ name: String, default standard: Choice
    ) throws(Problem) -> Choice {
        guard let text = values[name] else { return standard }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw .badRequest("'\(name)' is '\(text)'; it must be \(choices)")
        }
        return choice
    }

    /// Several choices with commas between them; none when it is not given.
    func choices<Choice: CaseIterable & RawRepresentable<String> & Hashable>(
        _ name: String, of type: Choice.Type = Choice.self
    ) throws(Problem) -> Set<Choice> {
        guard let text = values[name] else { return [] }
        var choices: Set<Choice> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let choice = Choice(rawValue: String(part)) else {
                let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                throw .badRequest("'\(name)' has '\(part)'; each must be one of \(known)")
            }
            choices.insert(choice)
        }
        return choices
    }

    /// A share: over 0 and at most 1.
    func share(_ name: String) throws(Problem) -> Double? {
        guard let text = values[name] else { return nil }
        guard let share = Double(text), share > 0, share <= 1 else {
            throw .badRequest(
                "'\(name)' is '\(text)'; it must be over 0 and at most 1, such as 0.1")
        }
        return share
    }

    /// A key of events, which may be empty.
    func key(_ name: String) throws(Problem) -> [UInt8]? {
        guard let key = values[name].map({ Array($0.utf8) }) else { return nil }
        guard key.count <= Bounds.keyBytes else {
            throw .badRequest(
                "'\(name)' has \(key.count) bytes; a key has \(Bounds.keyBytes) at most")
        }
        return key
    }

    /// A dotted field path into a document.
    func fieldPath(_ name: String) throws(Problem) -> String? {
        guard let path = values[name] else { return nil }
        guard !path.isEmpty, path.utf8.count <= IntakeBounds.pathBytes else {
            throw .badRequest(
                "'\(name)' must be a field path of 1 to \(IntakeBounds.pathBytes) bytes, such as "
                    + "order.customer")
        }
        return path
    }
}
