import MoonrailTestSupport

/// Documents that have everything in which JSON texts of one value may differ.
struct RandomDocument {
    private var random: SeededGenerator
    private(set) var bytes: [UInt8] = []
    private let depthMax: Int

    /// A document nested at most `depthMax` levels, mostly an object. Its numbers are within 64
    /// bits, seldom larger.
    static func make(_ random: inout SeededGenerator, depthMax: Int) -> [UInt8] {
        var document = RandomDocument(random: random, depthMax: depthMax)
        document.space()
        if random.once(in: 12) { document.value(0) } else { document.object(0) }
        document.space()
        random = document.random
        return document.bytes
    }

    private init(random: SeededGenerator, depthMax: Int) {
        self.random = random
        self.depthMax = depthMax
    }

    private static let scalars = [
        "null", "true", "false", "0", "-0", "1", "2.5", "2.50", "-0.0", "0.0", "1e2", "1E+2",
        "25e-1", "9223372036854775807", "-9223372036854775808", "1.0", "100", "1e400",
        "18446744073709551615", "123456789012345678901234567890", "-12345678901234567890",
        #""""#, #""x""#, #""\u00e9""#, #""é""#, #""\/""#, #""a\"b\\c""#, #""\ud83d\ude00""#,
        #""😀""#, #""\n""#, #""a text of more than forty bytes, so that Lua does not intern it""#,
    ]
    /// Those that are seldom, because they mostly make the document an error.
    private static let large = ["1e400", "18446744073709551615", "12345678901234567890"]

    private mutating func put(_ text: String) {
        bytes += text.utf8
    }

    private mutating func space() {
        if random.once(in: 8) { put([" ", "\n", "\t", " \r\n "][random.number(0...3)]) }
    }

    private mutating func value(_ depth: Int) {
        switch random.number(0...9) {
        case 0, 1: object(depth)
        case 2, 3: array(depth)
        default:
            var scalar = Self.scalars[random.number(0...Self.scalars.count - 1)]
            let isLarge = Self.large.contains { scalar.contains($0) }
            if isLarge && !random.once(in: 20) { scalar = "7" }
            put(scalar)
        }
    }

    private mutating func count(_ depth: Int) -> Int {
        if depth >= depthMax { return 0 }
        return random.once(in: 30) ? random.number(0...90) : random.number(0...6)
    }

    private mutating func object(_ depth: Int) {
        put("{")
        space()
        for member in 0..<count(depth) {
            if member > 0 {
                put(",")
                space()
            }
            if random.once(in: 20) {
                put("\"n\(random.number(0...99))\"")
            } else {
                put(DocumentScript.names[random.number(0...DocumentScript.names.count - 1)])
            }
            space()
            put(":")
            space()
            value(depth + 1)
            space()
        }
        put("}")
    }

    private mutating func array(_ depth: Int) {
        put("[")
        space()
        for element in 0..<count(depth) {
            if element > 0 {
                put(",")
                space()
            }
            value(depth + 1)
            space()
        }
        put("]")
    }
}
