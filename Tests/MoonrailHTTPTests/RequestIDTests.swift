import MoonrailHTTP
import Testing

struct RequestIDTests {
    @Test(arguments: ["1", "01890a5d-ac96-774b-bcce-b302099a8057", "Root=1-67891233:abc/def+9"])
    func `an id that a proxy made is taken over`(text: String) {
        #expect(RequestID(given: text)?.text == text)
    }

    @Test(arguments: ["", "a b", "a\nb", "é", "\"", String(repeating: "a", count: 129)])
    func `an id that could spoil a log is not`(text: String) {
        #expect(RequestID(given: text) == nil)
    }

    @Test func `one that is made is like no other`() {
        let ids = Set((0..<100).map { _ in RequestID().text })
        #expect(ids.count == 100)
        #expect(ids.allSatisfy { $0.count == 32 })
    }
}
