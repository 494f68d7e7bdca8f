import MoonrailCore
import Testing

struct NearestNameTests {
    static let known = ["batch", "description", "from", "handler", "limits", "start", "to"]

    @Test(arguments: [
        ("form", "from"), ("fro", "from"), ("handle", "handler"), ("hander", "handler"),
        ("limit", "limits"), ("descripton", "description"), ("strat", "start"), ("t", "to"),
        ("from", "from"),
    ])
    func `a misspelt name finds the one it meant`(typed: String, meant: String) {
        #expect(nearestName(to: typed, among: Self.known) == meant)
    }

    @Test(arguments: ["", "xyz", "memory", "timeout", "mofr"])
    func `a name that is far from all finds none`(typed: String) {
        #expect(nearestName(to: typed, among: Self.known) == nil)
    }

    @Test func `of names equally near the first in order is meant`() {
        #expect(nearestName(to: "abcde", among: ["abcdz", "abcda"]) == "abcda")
    }

    @Test func `a suggestion names the nearest or lists what is known`() {
        #expect(suggestion(for: "handlr", among: Self.known) == "; did you mean 'handler'?")
        #expect(suggestion(for: "xyzzy", among: ["b", "a"]) == "; known: a, b")
        #expect(suggestion(for: "xyzzy", among: []) == "")
    }
}
