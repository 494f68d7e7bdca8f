import MoonrailSandbox
import Testing

@Suite struct ExitStatusTests {
    private static let statuses: [(Int32, String)] = [
        (0, "exit status 0: it left without being asked to"),
        (64 << 8, "exit status 64: it could not read a frame"),
        (65 << 8, "exit status 65: its lockdown failed"),
        (66 << 8, "exit status 66: it was stuck past its CPU limit inside a C function"),
        (67 << 8, "exit status 67: it ran out of memory outside the script"),
        (3 << 8, "exit status 3: a code that no function host uses"),
        (31, "killed by SIGSYS, because it made a forbidden system call"),
        (24, "killed by SIGXCPU, because it used too much CPU time"),
        (11, "killed by SIGSEGV, an invalid memory access"),
        (128 + 11, "killed by SIGSEGV, an invalid memory access"),
        (40, "killed by signal 40"),
    ]

    @Test(arguments: statuses)
    func `the way a host ended is told in words`(status: Int32, words: String) {
        #expect(ExitStatus(waitStatus: status).words == words)
    }
}
