import FoundationEssentials
import Glibc
import MoonrailCore
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// What many deaths of hosts leave behind: nothing.
    @Suite struct Kills {
        private static let isLong =
            ProcessInfo.processInfo.environment["MOONRAIL_LONG"] != nil
        /// Memory may still grow while buffers and threads are made for the first time.
        private static let firstRounds = 50
        private static let grownBytesMaximum = 10 << 20
        /// Several that end in the same moment are harder on a worker than one after the other.
        private static let hostsAtOnce = 4

        /// Never comes back from a C function.
        private static let stuck = """
            return { from = "in", to = "out", handler = function()
              table.move({}, 1, math.maxinteger - 1, 2)
              return ("a"):rep(3000):find(("a*"):rep(12) .. "b")
            end }
            """

        @Test func `killed hosts leave no memory, no descriptor and no process`() async throws {
            let rounds = Self.isLong ? 10_000 : 300
            var program = try FunctionProgram.test(Self.stuck)
            program.limits.eventTime = .milliseconds(1)
            let sockets = try ProcessTable.openSockets()
            var before: HostUsage?
            var processes: [Int32] = []
            for round in 0..<(rounds + Self.firstRounds) / Self.hostsAtOnce {
                if round == Self.firstRounds / Self.hostsAtOnce { before = HostUsage(of: getpid()) }
                processes += try await withThrowingTaskGroup { [program] group in
                    for host in 0..<Self.hostsAtOnce {
                        group.addTask { try await Self.end(program, bySignal: host > 0) }
                    }
                    return try await group.reduce(into: [Int32]()) { $0.append($1) }
                }
            }
            let grown =
                try #require(HostUsage(of: getpid())?.residentBytes)
                - #require(before?.residentBytes)
            print("\(rounds) kills: memory grew by \(grown / 1_024) KiB")
            // In the short form other tests run beside it, and their memory would be counted.
            if Self.isLong { #expect(grown < Self.grownBytesMaximum) }
            for process in processes { #expect(try await ProcessTable.isGoneSoon(process)) }
            // Sockets close a moment after their process ended.
            #expect(try await ProcessTable.areSocketsClosedSoon(downTo: sockets))
        }

        /// Starts a host and has it run the program until it ends: past its CPU limit inside C, or
        /// by a signal before that. Answers which process it was.
        private static func end(
            _ program: FunctionProgram, bySignal: Bool
        ) async throws -> Int32 {
            let starter = HostStarter(executable: BuiltExecutables.functionHost)
            let host = try await starter.startProcess()
            _ = try await host.load(program)
            let process = host.processID
            let run = Task { try await host.run(TestEvents.batch(["{}"]), range: 0..<1) }
            if bySignal { kill(process, SIGKILL) }
            await #expect(throws: HostError.self) { try await run.value }
            return process
        }

        @Test func `limits hit again and again do not grow the host`() async throws {
            let rounds = Self.isLong ? 10_000 : 300
            var program = try FunctionProgram.test(
                """
                return { from = "in", to = "out", handler = function(event, context)
                  local n = event.data.n
                  if n == 1 then while true do end end
                  if n == 2 then local t = {} for i = 1, 1e9 do t[i] = { i } end end
                  if n == 3 then while true do context.emit({ text = ("x"):rep(1000) }) end end
                  error({ large = ("x"):rep(10000) })
                end }
                """)
            program.limits.eventTime = .milliseconds(1)
            program.limits.memoryBytes = 1 << 20
            let starter = HostStarter(executable: BuiltExecutables.functionHost)
            let host = try await starter.startProcess()
            _ = try await host.load(program)
            let batch = TestEvents.batch((1...4).map { #"{"n":\#($0)}"# })
            var before: HostUsage?
            for round in 0..<rounds + Self.firstRounds {
                if round == Self.firstRounds { before = HostUsage(of: host.processID) }
                let event = round % 4
                let reply = try await host.run(batch, range: event..<event + 1)
                #expect(reply.fault(0) != nil)
            }
            let grown =
                try #require(HostUsage(of: host.processID)?.residentBytes)
                - #require(before?.residentBytes)
            print("\(rounds) limits: the host's memory grew by \(grown / 1_024) KiB")
            #expect(grown < Self.grownBytesMaximum)
            await host.stop()
        }
    }
}
