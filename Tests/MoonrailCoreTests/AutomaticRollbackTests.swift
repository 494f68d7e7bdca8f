import MoonrailCore
import Testing

/// When a version gives way by itself: a table.
@Suite struct AutomaticRollbackTests {
    private static func isDue(
        _ onBreaker: OnBreaker = .rollback, byBreaker: Bool = true, age: Duration?
    ) -> Bool {
        var policy = FailurePolicy()
        policy.onBreaker = onBreaker
        let pause = LanePause(
            version: FunctionVersion(text: "v"), reason: "", isByBreaker: byBreaker)
        return AutomaticRollback.isDue(policy, pause, age: age)
    }

    @Test func `a new version whose breaker trips gives way`() {
        #expect(Self.isDue(age: .zero))
        #expect(Self.isDue(age: .seconds(59)))
    }

    @Test func `one that ran for a minute does not`() {
        #expect(!Self.isDue(age: AutomaticRollback.trial))
    }

    @Test func `nor one that was not deployed from the directory`() {
        #expect(!Self.isDue(age: nil))
    }

    @Test func `nor one that pauses for another reason, or is only to pause`() {
        #expect(!Self.isDue(byBreaker: false, age: .zero))
        #expect(!Self.isDue(.pause, age: .zero))
    }
}
