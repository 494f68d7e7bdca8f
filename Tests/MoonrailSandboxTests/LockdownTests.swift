import FoundationEssentials
import Glibc
import MoonrailSandbox
import MoonrailTestSupport
import Testing

extension HostTests {
    /// What the kernel lets a host do, asked with a process that locks itself down as a host does
    /// and then makes one system call.
    @Suite struct Lockdown {
        /// Swift Testing has an `ExitStatus`, too.
        typealias Ending = MoonrailSandbox.ExitStatus

        /// How the probe leaves when its call did not end it.
        private enum Answer {
            static let returned = Ending.exited(code: 10)
            static let notPermitted = Ending.exited(code: 11)
            static let failed = Ending.exited(code: 12)
            static let notOnThisArchitecture = Ending.exited(code: 20)
        }

        @Test(arguments: ForbiddenCalls.all)
        func `a system call outside the filter kills the host`(call: String) throws {
            let status = try Self.status(of: call)
            if status == Answer.notOnThisArchitecture { return }
            #expect(status == .killed(signal: SIGSYS))
        }

        @Test func `more than a hundred system calls are tried`() {
            #expect(Set(ForbiddenCalls.all.map { $0.split(separator: " ")[0] }).count > 100)
        }

        @Test(arguments: ["clock_gettime 0 &", "time 0"])
        func `the clock is refused without an end to the host`(call: String) throws {
            let status = try Self.status(of: call)
            if status == Answer.notOnThisArchitecture { return }
            #expect(status == Answer.notPermitted)
        }

        /// Without these the test above would also pass with a probe that dies of anything else.
        @Test(arguments: [
            ("mmap 0 4096 3 34 -1 0", Answer.returned),
            ("munmap 0 0", Answer.failed),
            ("brk 0", Answer.returned),
            ("write 3 @text 4", Answer.failed),
            ("read 3 & 4", Answer.failed),
        ])
        func `the calls that a host needs are let through`(
            call: String, answer: Ending
        ) throws {
            #expect(try Self.status(of: call) == answer)
        }

        /// Runs the probe with the words of `call`, and waits for its end.
        private static func status(of call: String) throws -> Ending {
            let folder = URL(filePath: BuiltExecutables.functionHost).deletingLastPathComponent()
            let path = folder.appending(path: "lockdown-probe").path
            var words = ([path] + call.split(separator: " ").map(String.init)).map { strdup($0) }
            defer { for word in words { free(word) } }
            words.append(nil)
            var environment: [UnsafeMutablePointer<CChar>?] = [nil]
            var process: pid_t = 0
            try #require(posix_spawn(&process, path, nil, nil, &words, &environment) == 0)
            var waitStatus: Int32 = 0
            while waitpid(process, &waitStatus, 0) < 0 { try #require(errno == EINTR) }
            return Ending(waitStatus: waitStatus)
        }
    }
}
