import MoonrailCore
import MoonrailEmbedded
import Testing

struct WriteHealthTests {
    private let start = ContinuousClock.now
    private let failure = EngineError.unavailable("can't write the store: disk I/O error")
    private let frozen = EngineError.unavailable(
        "can't write the store: disk I/O error; nothing more is written until the store was "
            + "opened anew and checked")

    @Test func `a sound store is written to, however long ago it was opened`() {
        let health = WriteHealth()
        #expect(health.advice(start) == .write)
        #expect(health.advice(start + .seconds(1_000_000)) == .write)
        #expect(!health.isFrozen)
    }

    @Test func `after a failed flush nothing is written until the store was opened anew`() {
        var health = WriteHealth()
        health.flushFailed(failure, start)
        #expect(health.isFrozen)
        #expect(health.advice(start) == .refuse(frozen))
        #expect(health.advice(start + .milliseconds(999)) == .refuse(frozen))
        #expect(health.advice(start + .seconds(1)) == .reopen)
        health.reopened()
        #expect(health.advice(start + .seconds(1)) == .write)
    }

    @Test func `each failed attempt doubles the delay, up to the longest`() {
        var health = WriteHealth()
        health.flushFailed(failure, start)
        var now = start
        for seconds in [1, 2, 4, 8, 16, 30, 30, 30] {
            let almost = now + .seconds(seconds) - .milliseconds(1)
            #expect(health.advice(almost) == .refuse(frozen))
            now += .seconds(seconds)
            #expect(health.advice(now) == .reopen)
            health.reopeningFailed(failure, now)
        }
        health.reopened()
        health.flushFailed(failure, now)
        #expect(health.advice(now + .seconds(1)) == .reopen, "the delay starts anew")
    }

    @Test func `a disk that is full at a flush is told as full`() {
        var health = WriteHealth()
        health.flushFailed(.full("the disk is full"), start)
        #expect(health.advice(start) == .refuse(.full("the disk is full")))
        #expect(health.advice(start + .seconds(1)) == .reopen)
    }

    @Test func `a store that holds something else is never written to again`() {
        var health = WriteHealth()
        health.flushFailed(failure, start)
        health.foundOther()
        for event in 0..<3 {
            if event == 1 { health.reopened() }
            if event == 2 { health.reopeningFailed(failure, start) }
            guard case .refuse(.unavailable(let what)) = health.advice(start + .seconds(3_600))
            else {
                Issue.record("it would be written to")
                return
            }
            #expect(what.contains("moonrail doctor"))
        }
    }
}
