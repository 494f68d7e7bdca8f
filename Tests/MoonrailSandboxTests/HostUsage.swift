import FoundationEssentials
import Glibc

/// What a process has used up so far, as `/proc` tells; nil when it is gone or hides it.
struct HostUsage {
    /// CPU time, in steps of the kernel's clock.
    let cpu: Duration
    /// Memory that is in RAM.
    let residentBytes: Int

    init?(of process: Int32) {
        guard
            let stat = try? String(
                contentsOf: URL(filePath: "/proc/\(process)/stat"), encoding: .utf8),
            let name = stat.lastIndex(of: ")")
        else { return nil }
        // Behind the name in brackets: state, then numbers; the 12th and 13th are CPU time.
        let fields = stat[name...].split(separator: " ").dropFirst()
        let numbers = fields.map { Int($0) ?? 0 }
        guard numbers.count > 21 else { return nil }
        let stepsASecond = sysconf(Int32(_SC_CLK_TCK))
        cpu = .milliseconds((numbers[11] + numbers[12]) * 1_000 / stepsASecond)
        residentBytes = numbers[21] * sysconf(Int32(_SC_PAGESIZE))
    }
}
