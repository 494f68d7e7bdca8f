import FoundationEssentials
import Glibc

/// What the process uses of its machine, under the names that all exporters have for it.
struct ProcessMetrics {
    let version: String

    func add(to text: inout MetricsText) {
        text.add(
            "moonrail_build_info", .gauge, "The program that answers.",
            [([("version", version)], 1)])
        if let fields = Self.statistics {
            let ticks = Double(sysconf(CInt(_SC_CLK_TCK)))
            // Fields 14, 15, 22, 23 and 24 of /proc/self/stat (man 5 proc); the first two of all
            // are before these.
            text.add(
                "process_cpu_seconds_total", .counter, "CPU time of the process.",
                [([], (fields[11] + fields[12]) / ticks)])
            text.add(
                "process_resident_memory_bytes", .gauge, "Memory of the process.",
                [([], fields[21] * Double(sysconf(CInt(_SC_PAGESIZE))))])
            text.add(
                "process_virtual_memory_bytes", .gauge, "Address space of the process.",
                [([], fields[20])])
            if let boot = Self.bootTime {
                text.add(
                    "process_start_time_seconds", .gauge, "When the process began.",
                    [([], boot + fields[19] / ticks)])
            }
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            text.add(
                "process_open_fds", .gauge, "Files and sockets that are open.",
                UInt64(files.count))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            text.add(
                "process_max_fds", .gauge, "Files and sockets that may be open.",
                UInt64(limit.rlim_cur))
        }
    }

    /// The numbers behind the command's name in /proc/self/stat, from field 3 on; that one, which
    /// is no number, is 0.
    private static var statistics: [Double]? {
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 21 else { return nil }
        return fields.map { Double($0) ?? 0 }
    }

    /// When the machine began, in seconds since 1970.
    private static var bootTime: Double? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else {
            return nil
        }
        return text.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst("btime ".count)) }
    }
}
