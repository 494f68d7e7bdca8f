import MoonrailCore
import Testing

@Suite struct LineDiffTests {
    @Test func `equal texts have no difference`() {
        #expect(LineDiff.lines(from: "a\nb\n", to: "a\nb\n").isEmpty)
        #expect(LineDiff.lines(from: "a\nb", to: "a\nb\n").isEmpty)
    }

    @Test func `changed lines are shown with a few around them`() {
        let old = (1...12).map(String.init).joined(separator: "\n")
        let new = old.replacing("6", with: "six")
        #expect(
            LineDiff.lines(from: old, to: new) == [
                "...", " 3", " 4", " 5", "-6", "+six", " 7", " 8", " 9", "...",
            ])
    }

    @Test func `lines are added to nothing and removed to nothing`() {
        #expect(LineDiff.lines(from: "", to: "a\nb\n") == ["+a", "+b"])
        #expect(LineDiff.lines(from: "a\nb\n", to: "") == ["-a", "-b"])
    }
}
