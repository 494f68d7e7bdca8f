import MoonrailCore
import MoonrailHTTP
import Testing

/// What scopes allow, and how they are written.
@Suite struct ScopeTests {
    @Test(arguments: [
        ("orders.*", "orders.new", true), ("orders.*", "orders", false),
        ("orders.*", "orders.new.eu", false), ("orders.**", "orders.new.eu", true),
        ("orders.**", "orders", false), ("**", "a", true), ("**", "a.b", true),
        ("*.new", "orders.new", true), ("*.new", "orders.old", false), ("orders", "orders", true),
        ("*", "a.b", false),
    ])
    func `a pattern stands for stations token by token`(
        pattern: String, station: String, matches: Bool
    ) throws {
        #expect(try StationPattern(pattern).matches(try StationName(station)) == matches)
    }

    @Test(arguments: ["", "a.", "**.a", "a*", "A", "a..b", "***"])
    func `what is no pattern is refused`(text: String) {
        #expect(throws: InvalidName.self) { try StationPattern(text) }
    }

    @Test(arguments: ["produce:orders.*", "consume:**", "operate", "admin"])
    func `a scope is its text`(text: String) throws {
        #expect(try Scope(text).description == text)
    }

    @Test(arguments: ["", "produce", "produce:", "operate:x", "root", "consume:A", "admin "])
    func `what is no scope is refused`(text: String) {
        #expect(throws: Problem.self) { try Scope(text) }
    }

    @Test func `a scope allows what it is for and nothing else`() throws {
        let (mine, other) = (try StationName("orders.new"), try StationName("payments"))
        let scopes = try ["produce:orders.*", "consume:orders.*", "operate", "admin"].map {
            try Scope($0)
        }
        let allowed: [Access: [Bool]] = [
            .open: [true, true, true, true], .produce: [true, false, false, true],
            .consume: [false, true, false, true], .operate: [false, false, true, true],
            .admin: [false, false, false, true],
        ]
        for access in Access.allCases {
            #expect(scopes.map { $0.allows(access, station: mine) } == allowed[access])
        }
        #expect(!scopes[0].allows(.produce, station: other))
        #expect(!scopes[1].allows(.consume, station: nil))
    }

    @Test func `somebody without scopes may do what is open to all`() throws {
        let nobody = Authority(name: "nobody", scopes: [])
        let allowed = Access.allCases.filter { nobody.allows($0, station: nil) }
        #expect(allowed == [.open])
    }
}
