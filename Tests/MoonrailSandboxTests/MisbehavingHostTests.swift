import Glibc
import MoonrailCore
import MoonrailSandbox
import Testing

extension HostTests {
    /// Hosts that are not the real one, and what the worker makes of them.
    @Suite struct Misbehaving {
        private func starter(_ fake: borrowing FakeHost) -> HostStarter {
            var deadlines = HostDeadlines()
            // A host that sleeps gets its deadline ten times.
            deadlines.start = .milliseconds(50)
            deadlines.load = .milliseconds(30)
            deadlines.stop = .milliseconds(200)
            return HostStarter(executable: fake.path, deadlines: deadlines)
        }

        /// What a load in a host that is this script fails with, now and later.
        private func loadError(
            _ script: String, outputs: [String] = ["out"]
        ) async throws -> HostError? {
            let fake = try FakeHost(script)
            let host = try await starter(fake).startProcess()
            let program = try FunctionProgram.test("return {}", outputs: outputs)
            let error = await #expect(throws: HostError.self) { try await host.load(program) }
            #expect(try await ProcessTable.isGoneSoon(host.processID))
            // The reason stays.
            let later = await #expect(throws: HostError.self) { try await host.load(program) }
            #expect(error == later)
            return error
        }

        @Test func `an executable that does not exist can't be started`() async {
            let starter = HostStarter(executable: "/nowhere/function-host")
            await #expect(
                throws: HostError.cannotStart("/nowhere/function-host: No such file or directory")
            ) { try await starter.start() }
        }

        @Test func `a host whose lockdown fails can't be started`() async throws {
            let fake = try FakeHost("exit 65")
            await #expect(
                throws: HostError.cannotStart("exit status 65: its lockdown failed")
            ) { try await starter(fake).start() }
        }

        @Test func `a host that never says it is ready can't be started`() async throws {
            let fake = try FakeHost("exec sleep 60")
            await #expect(throws: HostError.cannotStart("no reply within 500 milliseconds")) {
                try await starter(fake).start()
            }
        }

        @Test func `a host that starts with another frame can't be started`() async throws {
            let fake = try FakeHost(FakeHost.send(ReplyFrame.loaded("{}")) + "\nexec sleep 60")
            let error = await #expect(throws: HostError.self) { try await starter(fake).start() }
            #expect(error == .cannotStart("it answered its start with a frame of kind 129"))
        }

        @Test func `garbage instead of a reply kills the host`() async throws {
            let error = try await loadError(
                "$ready\nhead -c 1 <&3 >/dev/null\nprintf 'garbage all over the place' >&3\n"
                    + "exec sleep 60")
            guard case .died(let reason) = error else { return #expect(error == nil) }
            #expect(reason.hasPrefix("broke the protocol: it announced a frame of"))
        }

        @Test func `a reply of another epoch kills the host`() async throws {
            let frame = ReplyFrame.frame(129, [2, 0, 0, 0, 0x7b, 0x7d], epoch: 9)
            let error = try await loadError(
                "$ready\nhead -c 1 <&3 >/dev/null\n\(FakeHost.send(frame))\nexec sleep 60")
            #expect(
                error == .died("broke the protocol: it answered epoch 9 where 1 was next"))
        }

        @Test func `a reply that is wrong inside kills the host`() async throws {
            let frame = ReplyFrame.frame(129, [9, 0, 0, 0, 0x7b], epoch: 1)
            let error = try await loadError(
                "$ready\nhead -c 1 <&3 >/dev/null\n\(FakeHost.send(frame))\nexec sleep 60")
            #expect(error == .died("broke the protocol: it sent a frame that ends too early"))
        }

        @Test func `a table nested a hundred thousand times deep kills the host, not the worker`()
            async throws
        {
            let depth = 100_000
            var header = ReplyFrame.frame(129, Array(repeating: 0, count: 4), epoch: 1)
            header.storeLittleEndian(UInt32(12 + depth), at: 0)
            header.storeLittleEndian(UInt32(depth), at: 12)
            let error = try await loadError(
                "$ready\nhead -c 1 <&3 >/dev/null\n\(FakeHost.send(header))\n"
                    + "head -c \(depth) /dev/zero | tr '\\0' '[' >&3\nexec sleep 60",
                outputs: [])
            #expect(
                error
                    == .died(
                        "broke the protocol: it described the script in something that is not JSON")
            )
        }

        @Test func `a host that speaks unasked is killed`() async throws {
            let fake = try FakeHost("$ready\n$ready\nexec sleep 60")
            let host = try? await starter(fake).startProcess()
            guard let host else { return }
            #expect(try await ProcessTable.isGoneSoon(host.processID))
            let program = try FunctionProgram.test("return {}")
            await #expect(throws: HostError.self) { try await host.load(program) }
        }

        @Test func `a host that does not answer in time is killed`() async throws {
            let error = try await loadError("$ready\nexec sleep 60")
            #expect(error == .died("no reply within 300 milliseconds"))
        }

        @Test func `a host that is busy and does not answer is killed after its deadline`()
            async throws
        {
            let fake = try FakeHost("$ready\nwhile :; do :; done")
            var deadlines = HostDeadlines()
            deadlines.load = .milliseconds(500)
            let host = try await HostStarter(executable: fake.path, deadlines: deadlines)
                .startProcess()
            let program = try FunctionProgram.test("return {}")
            let error = await #expect(throws: HostError.self) { try await host.load(program) }
            // Ten times the deadline is for those that the machine keeps waiting.
            #expect(error?.description.contains("no reply within") == true)
            #expect(error != .died("no reply within 5 seconds"))
        }

        @Test func `a host that does not even read is killed in time`() async throws {
            let fake = try FakeHost("$ready\nexec sleep 60")
            let host = try await starter(fake).startProcess()
            var program = try FunctionProgram.test("return {}")
            program.inputs = Array(repeating: 32, count: 20 << 20)
            await #expect(throws: HostError.died("no reply within 300 milliseconds")) {
                try await host.load(program)
            }
            #expect(!ProcessTable.exists(host.processID))
        }

        @Test func `the way a host leaves is in the error of whoever waits`() async throws {
            let leave = try await loadError("$ready\nhead -c 1 <&3 >/dev/null\nexit 66")
            #expect(
                leave
                    == .died(
                        "exit status 66: it was stuck past its CPU limit inside a C function"))
            let fault = try await loadError("$ready\nhead -c 1 <&3 >/dev/null\nkill -SEGV $$")
            #expect(fault == .died("killed by SIGSEGV, an invalid memory access"))
            let call = try await loadError("$ready\nhead -c 1 <&3 >/dev/null\nkill -SYS $$")
            #expect(call == .died("killed by SIGSYS, because it made a forbidden system call"))
        }

        @Test func `a host that ignores the closed socket is killed by stop`() async throws {
            let fake = try FakeHost("$ready\nexec sleep 60")
            let host = try await starter(fake).startProcess()
            await host.stop()
            #expect(!ProcessTable.exists(host.processID))
            await host.stop()
        }

        @Test func `a host that nobody holds any more goes away`() async throws {
            let fake = try FakeHost("$ready\nexec sleep 60")
            let process = try await starter(fake).startProcess().processID
            #expect(try await ProcessTable.isGoneSoon(process))
        }

        @Test func `those who wait in line are all told when the host dies`() async throws {
            let fake = try FakeHost("$ready\nhead -c 1 <&3 >/dev/null\nexit 67")
            let host = try await starter(fake).startProcess()
            let program = try FunctionProgram.test("return {}")
            await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        let error = await #expect(throws: HostError.self) {
                            try await host.load(program)
                        }
                        #expect(
                            error
                                == .died(
                                    "exit status 67: it ran out of memory outside the script"))
                    }
                }
            }
        }
    }
}
