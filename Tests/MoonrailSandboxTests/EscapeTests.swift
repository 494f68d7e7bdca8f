import FoundationEssentials
import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// Scripts of people who mean harm, each against a host of its own.
    @Suite struct Escapes {
        private static let scripts = Result { try HostileScript.all() }
        private let starter = HostStarter(executable: BuiltExecutables.functionHost)

        @Test func `there are more than a hundred hostile scripts, each readable`() throws {
            #expect(try Self.scripts.get().count > 110)
        }

        @Test(arguments: (try? scripts.get()) ?? [])
        func `every hostile script is contained`(script: HostileScript) async throws {
            var host: HostProcess? = try await starter.startProcess()
            for seen in try await Attack(script, on: host).verdicts() {
                #expect(script.verdicts.contains { $0.allows(seen) }, "it came to: \(seen)")
            }
            // What it left behind, if anything, is not there for the next function.
            if let running = host, await !isAlive(running) {
                await running.stop()
                host = nil
            }
            let next: HostProcess
            if let host { next = host } else { next = try await starter.startProcess() }
            try await expectUntouched(next)
            await next.stop()
        }

        /// Whether the host still takes a program.
        private func isAlive(_ host: HostProcess) async -> Bool {
            guard let program = try? FunctionProgram.test(NextFunction.source) else { return false }
            return (try? await host.load(program)) != nil
        }

        /// Runs a function that looks at all that another one could have changed for it.
        private func expectUntouched(_ host: HostProcess) async throws {
            _ = try await host.load(.test(NextFunction.source))
            let reply = try await host.run(TestEvents.batch([#"{"n":7}"#]), range: 0..<1)
            #expect(reply.fault(0) == nil)
            #expect(reply.emitted(0)?.map(\.event.payload) == [Array(#"{"n":7}"#.utf8)])
        }
    }
}

/// One script's events, sent one after the other and then together.
private struct Attack {
    private let script: HostileScript
    private let host: HostProcess

    init(_ script: HostileScript, on host: HostProcess?) throws {
        self.script = script
        self.host = try #require(host)
    }

    /// What came of the load, or of each event.
    func verdicts() async throws -> [Seen] {
        do throws(HostError) {
            _ = try await host.load(script.program)
        } catch {
            return [seen(error)]
        }
        var verdicts: [Seen] = []
        let batch = TestEvents.batch(script.payloads)
        let all = script.payloads.indices
        for range in all.map({ $0..<$0 + 1 }) + [all] {
            let before = HostUsage(of: host.processID)
            let reply: RunReply
            do throws(HostError) {
                reply = try await host.run(batch, range: range)
            } catch {
                return verdicts + [seen(error)]
            }
            expectBounded(reply)
            expectBounded(before, HostUsage(of: host.processID), events: range.count)
            verdicts += try reply.outcomes.indices.map { try Seen(reply, at: $0) }
        }
        return verdicts
    }

    private func seen(_ error: HostError) -> Seen {
        if case .loadFailed(let fault) = error {
            expectBounded(fault)
            return .refused(fault.message)
        }
        if case .died(let reason) = error { return .died(reason) }
        return .died("it could not be started")
    }

    private func expectBounded(_ fault: FunctionFault) {
        #expect(fault.message.utf8.count <= 4_096)
        #expect(fault.traceback.utf8.count <= 4_096)
    }

    private func expectBounded(_ reply: RunReply) {
        for event in reply.outcomes.indices {
            if let fault = reply.fault(event) { expectBounded(fault) }
            let lines = reply.logs.filter { $0.event == event }
            // One more says that lines were dropped.
            #expect(lines.count <= Int(HostileScript.limits.logLines) + 1)
            let bytes = lines.reduce(0) { $0 + $1.text.utf8.count }
            #expect(bytes <= Int(HostileScript.limits.logBytes) + 100)
        }
    }

    /// A limit costs at most itself and 100 ms more, loading the script again included.
    private func expectBounded(_ before: HostUsage?, _ after: HostUsage?, events: Int) {
        guard let before, let after else { return }
        let limit = script.program.limits.eventTime * events + .milliseconds(100)
        // Both readings are rounded to the kernel's steps of 10 ms.
        #expect(after.cpu - before.cpu <= limit + .milliseconds(20))
    }
}

/// What an event came to.
private enum Seen: CustomStringConvertible {
    case refused(String)
    case died(String)
    case failed(FunctionFault)
    case returned([String])

    init(_ reply: RunReply, at index: Int) throws {
        if let fault = reply.fault(index) {
            self = .failed(fault)
        } else {
            self = .returned(
                try #require(reply.emitted(index)).map {
                    String(decoding: $0.event.payload, as: UTF8.self)
                })
        }
    }

    var description: String {
        switch self {
        case .refused(let message): "refused at load: \(message)"
        case .died(let reason): "host died: \(reason)"
        case .failed(let fault): "\(fault.kind): \(fault.message)"
        case .returned(let payloads): "returned \(payloads.prefix(3).map { $0.prefix(200) })"
        }
    }
}

extension HostileScript.Verdict {
    fileprivate func allows(_ seen: Seen) -> Bool {
        switch (self, seen) {
        case (.refused(let words), .refused(let message)): message.contains(words)
        case (.exits(let code), .died(let reason)): reason.hasPrefix("exit status \(code):")
        case (.contained, .returned(let payloads)):
            payloads.contains(#"{"escaped":false}"#)
                && !payloads.contains { $0.contains(#""escaped":true"#) }
        case (_, .failed(let fault)):
            switch self {
            case .raised(let words): fault.kind == .raised && fault.message.contains(words)
            case .rejected(let words): fault.kind == .rejected && fault.message.contains(words)
            case .memoryLimit: fault.kind == .memoryLimit
            case .timeLimit: fault.kind == .timeLimit
            case .outputLimit: fault.kind == .outputLimit
            default: false
            }
        default: false
        }
    }
}
