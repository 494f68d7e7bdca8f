import MoonrailTestSupport

/// What a document's bytes must become when a script changes it, told without any of the host's
/// ways: a tree of texts, with the white space between them, that is put together again.
final class DocumentModel {
    /// A member or element that stands in the document.
    private struct Place {
        /// The name, the colon and their white space; empty for an element.
        var head = ""
        var name = 0
        let original: DocumentModel
        /// What is there now; nil when it was removed.
        var value: DocumentModel?
        /// White space before and after the member.
        var before = ""
        var after = ""

        /// The value as it is written: the same as before in the same bytes.
        var written: String? {
            guard let value, case .scalar(let now) = value.form else { return value?.written }
            guard case .scalar(let before) = original.form, before == now else { return now }
            return original.text
        }
    }

    private enum Form { case scalar(written: String), object, array }

    private let form: Form
    /// The text of a scalar, the white space inside an empty array or object.
    private let text: String
    private var places: [Place] = []
    /// What the script added: by name, or one after the other.
    private var added: [(name: Int, value: DocumentModel)] = []

    private init(_ form: Form, _ text: String) {
        self.form = form
        self.text = text
    }

    /// Texts of values, and how the host writes what it reads from them.
    private static let scalars = [
        ("1", "1"), ("-0", "0"), ("2.5", "2.5"), ("2.50", "2.5"), ("1e2", "100.0"),
        ("-0.0", "-0.0"), ("true", "true"), ("null", "null"), (#""x""#, #""x""#),
        (#""\u00e9""#, #""é""#), (#""\/""#, #""/""#), ("12345678901", "12345678901"),
    ]
    /// What scripts assign, as the host writes it; the script has them in the same order.
    private static let literals = [
        "1", "2.5", "100.0", "true", "null", #""x""#, #""é""#, "{}", "[]",
    ]
    private static let names = ["a", "b", "c", "d", "e", "f"]

    /// A function that does what the header `changes` says to a document and hands it on.
    static let script = """
        local names = { "a", "b", "c", "d", "e", "f" }
        return { from = "in", to = "out", handler = function(event, context)
          local root = event.data
          for path, n in event.headers.changes:gmatch("([no%d]+)=(%d+);") do
            local literals = { 1, 2.5, 100.0, true, null, "x", "\\u{e9}", {}, array() }
            local t, key = root, nil
            for kind, step in path:gmatch("(%a)(%d+)") do
              if key then t = t[key] end
              key = tonumber(step)
              if kind == "o" then key = names[key] end
            end
            t[key] = literals[tonumber(n)]
          end
          return root
        end }
        """

    /// A random object, nested at most five levels.
    static func object(_ random: inout SeededGenerator) -> DocumentModel {
        container(&random, depth: 0, isObject: true)
    }

    private static func container(
        _ random: inout SeededGenerator, depth: Int, isObject: Bool
    ) -> DocumentModel {
        let made = DocumentModel(isObject ? .object : .array, space(&random))
        let names = Array(1...Self.names.count).shuffled(using: &random)
        for place in 0..<(depth > 4 ? 0 : random.number(0...names.count)) {
            let value = value(&random, depth: depth + 1)
            var member = Place(original: value, value: value)
            member.before = space(&random)
            member.after = space(&random)
            if isObject {
                member.name = names[place]
                member.head = name(member.name, &random) + space(&random) + ":" + space(&random)
            }
            made.places.append(member)
        }
        return made
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> DocumentModel {
        if random.once(in: 3) {
            return container(&random, depth: depth, isObject: random.once(in: 2))
        }
        let (text, written) = scalars[random.number(0...scalars.count - 1)]
        return DocumentModel(.scalar(written: written), text)
    }

    private static func name(_ number: Int, _ random: inout SeededGenerator) -> String {
        random.once(in: 5) ? "\"\\u006\(number)\"" : "\"\(names[number - 1])\""
    }

    private static func space(_ random: inout SeededGenerator) -> String {
        random.once(in: 5) ? [" ", "\n", "\t  "][random.number(0...2)] : ""
    }

    /// Changes one value and returns the change as the script's header tells it.
    func change(_ random: inout SeededGenerator) -> String {
        if let (step, container) = containers.randomElement(using: &random), !random.once(in: 3) {
            return step + container.change(&random)
        }
        // The list's end stands for nil.
        var literal = random.number(0...Self.literals.count)
        let value = literal < Self.literals.count ? Self.literal(literal) : nil
        if case .object = form {
            let name = random.number(1...Self.names.count)
            assign(value, name: name)
            return "o\(name)=\(literal + 1);"
        }
        let count = places.count { $0.value != nil } + added.count
        var index = random.number(0...count)
        // Only the last element goes.
        if value == nil {
            if count == 0 { literal = 0 }
            index = max(count - 1, 0)
        }
        assign(value ?? (count == 0 ? Self.literal(0) : nil), element: index)
        return "n\(index + 1)=\(literal + 1);"
    }

    /// The arrays and objects in it, each with the step that leads there.
    private var containers: [(String, DocumentModel)] {
        var isArray = false
        if case .array = form { isArray = true }
        let own = places.enumerated().map { ($0.offset, $0.element.name, $0.element.value) }
        let new = added.enumerated().map {
            ($0.offset + places.count, $0.element.name, Optional($0.element.value))
        }
        return (own + new).compactMap { index, name, value in
            guard let value, !value.isScalar else { return nil }
            return (isArray ? "n\(index + 1)" : "o\(name)", value)
        }
    }

    private var isScalar: Bool {
        if case .scalar = form { true } else { false }
    }

    private static func literal(_ number: Int) -> DocumentModel {
        switch literals[number] {
        case "{}": DocumentModel(.object, "")
        case "[]": DocumentModel(.array, "")
        case let text: DocumentModel(.scalar(written: text), text)
        }
    }

    private func assign(_ value: DocumentModel?, name: Int) {
        if let index = places.firstIndex(where: { $0.name == name }) {
            places[index].value = value
            return
        }
        added.removeAll { $0.name == name }
        guard let value else { return }
        added.append((name, value))
        added.sort { $0.name < $1.name }
    }

    private func assign(_ value: DocumentModel?, element index: Int) {
        if index < places.count {
            places[index].value = value
        } else if index - places.count == added.count {
            if let value { added.append((0, value)) }
        } else if let value {
            added[index - places.count].value = value
        } else {
            added.remove(at: index - places.count)
        }
    }

    /// The document's bytes, as they are now.
    var bytes: [UInt8] { Array(written.utf8) }

    private var written: String {
        let isObject: Bool
        switch form {
        case .scalar: return text
        case .object: isObject = true
        case .array: isObject = false
        }
        let left = places.indices.filter { places[$0].value != nil }
        var result = isObject ? "{" : "["
        if places.isEmpty && added.isEmpty { result += text }
        if left.first == 0 { result += places[0].before }
        for (position, index) in left.enumerated() {
            if position > 0 {
                let isNeighbour = left[position - 1] == index - 1
                let gap = isNeighbour ? (places[index - 1].after, places[index].before) : ("", "")
                result += gap.0 + "," + gap.1
            }
            result += places[index].head + (places[index].written ?? "")
        }
        for (position, member) in added.enumerated() {
            if position > 0 || !left.isEmpty { result += "," }
            if isObject { result += "\"\(Self.names[member.name - 1])\":" }
            result += member.value.written
        }
        if added.isEmpty, let last = left.last, last == places.count - 1 {
            result += places[last].after
        }
        return result + (isObject ? "}" : "]")
    }
}
