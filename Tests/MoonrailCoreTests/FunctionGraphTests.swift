import MoonrailCore
import MoonrailTestSupport
import Testing

struct FunctionGraphTests {
    private static func function(
        _ name: FunctionName, from: [StationName], to: [StationName], loop: Bool = false
    ) throws -> FunctionDefinition {
        var overrides = FunctionOverrides()
        overrides.from = from
        overrides.to = to
        overrides.isLoop = loop
        return try FunctionDefinition(
            name: name, file: "\(name).lua", table: .object([:]), overrides: overrides,
            limits: FunctionLimits())
    }

    @Test func `a chain, a fork and a join are no loops`() throws {
        var graph = FunctionGraph()
        try graph.add(Self.function("one", from: ["a"], to: ["b", "c"]))
        try graph.add(Self.function("two", from: ["b"], to: ["d"]))
        try graph.add(Self.function("three", from: ["c", "d"], to: ["e"]))
        try graph.add(Self.function("letters", from: ["dead.one", "dead.two"], to: ["alerts"]))
    }

    @Test func `a function that feeds itself is refused`() throws {
        var graph = FunctionGraph()
        var itself = try Self.function("one", from: ["a"], to: ["a"], loop: true)
        itself.isLoop = false
        #expect(throws: UndeclaredLoop(way: ["one", "a"])) { try graph.add(itself) }
    }

    @Test func `the function that closes a loop is refused, and the way is told`() throws {
        var graph = FunctionGraph()
        try graph.add(Self.function("one", from: ["a"], to: ["b"]))
        try graph.add(Self.function("two", from: ["b"], to: ["c"]))
        #expect(throws: UndeclaredLoop(way: ["three", "a", "one", "b", "two", "c"])) {
            try graph.add(Self.function("three", from: ["c"], to: ["x", "a"]))
        }
        try graph.add(Self.function("four", from: ["c"], to: ["x"]))
    }

    @Test func `dead letters that come back to their function are a loop`() throws {
        var graph = FunctionGraph()
        try graph.add(Self.function("one", from: ["a"], to: ["b"]))
        #expect(throws: UndeclaredLoop(way: ["again", "a", "one", "dead.one"])) {
            try graph.add(Self.function("again", from: ["dead.one"], to: ["a"]))
        }
    }

    @Test func `a loop that one of its functions declares is let run`() throws {
        var graph = FunctionGraph()
        try graph.add(Self.function("one", from: ["a"], to: ["b"], loop: true))
        try graph.add(Self.function("two", from: ["b"], to: ["a"]))
        try graph.add(Self.function("self", from: ["c"], to: ["c"], loop: true))
    }
}
