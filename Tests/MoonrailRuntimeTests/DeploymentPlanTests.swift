import MoonrailCore
import MoonrailRuntime
import Testing

/// Which functions a look at the directory is about: a table.
@Suite struct DeploymentPlanTests {
    private static func print(
        _ script: String, tests: String? = nil, libraries: String = ""
    ) -> FunctionFingerprint {
        FunctionFingerprint(
            script: hash(script), libraries: hash(libraries), tests: tests.map(hash))
    }

    private static func hash(_ text: String) -> ContentHash {
        ContentHash(of: Array(text.utf8))
    }

    @Test func `what is new or other is examined, what is as it was is not`() {
        let plan = DeploymentPlan(
            tried: ["same": Self.print("1"), "other": Self.print("1"), "tests": Self.print("1")],
            recorded: [:],
            present: [
                "same": Self.print("1"), "other": Self.print("2"), "new": Self.print("3"),
                "tests": Self.print("1", tests: "t"),
            ])
        #expect(plan.examined == ["new", "other", "tests"])
        #expect(plan.removed.isEmpty && plan.renamed.isEmpty)
    }

    @Test func `a changed library is a change of every function`() {
        let plan = DeploymentPlan(
            tried: ["a": Self.print("1"), "b": Self.print("2")], recorded: [:],
            present: [
                "a": Self.print("1", libraries: "x"), "b": Self.print("2", libraries: "x"),
            ])
        #expect(plan.examined == ["a", "b"])
    }

    @Test func `what is gone is removed, whether this worker tried it or an earlier one did`() {
        let plan = DeploymentPlan(
            tried: ["a": Self.print("1")], recorded: ["b": Self.hash("2")], present: [:])
        #expect(plan.removed == ["a", "b"])
        #expect(plan.examined.isEmpty)
    }

    @Test func `a new name with the content of what is gone was renamed`() {
        let plan = DeploymentPlan(
            tried: ["old": Self.print("1")],
            recorded: ["old": Self.hash("1"), "gone": Self.hash("2")],
            present: ["new": Self.print("1"), "newer": Self.print("1"), "else": Self.print("3")])
        // One that is gone has one new name at most.
        #expect(plan.renamed == ["new": "old"])
        #expect(plan.examined == ["else", "new", "newer"])
        #expect(plan.removed == ["gone", "old"])
    }

    @Test func `one that never ran has nothing to lose by another name`() {
        let plan = DeploymentPlan(
            tried: ["old": Self.print("1")], recorded: [:], present: ["new": Self.print("1")])
        #expect(plan.renamed.isEmpty)
    }

    @Test func `a name that was deployed before is no new name`() {
        let plan = DeploymentPlan(
            tried: [:], recorded: ["one": Self.hash("1"), "two": Self.hash("2")],
            present: ["two": Self.print("1")])
        #expect(plan.renamed.isEmpty)
    }
}
