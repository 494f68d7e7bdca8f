import Foundation
import Glibc

/// An executable that takes the place of the function host: a shell script with the socket as
/// descriptor 3, which does what no real host does.
struct FakeHost: ~Copyable {
    let path: String

    /// - Parameter script: shell commands. `$ready` expands to a command that sends a READY frame.
    init(_ script: String) throws {
        path = "/tmp/moonrail-fake-host-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let text = "#!/bin/sh\n" + script.replacing("$ready", with: Self.sendReady) + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + ".text"))
        defer { unlink(path + ".text") }
        // Another process makes the copy: a file that this one has open for writing while another
        // test starts a child can't be executed until that child has let go of it.
        let copy = Process()
        copy.executableURL = URL(fileURLWithPath: "/bin/cp")
        copy.arguments = [path + ".text", path]
        try copy.run()
        copy.waitUntilExit()
        chmod(path, 0o700)
    }

    deinit {
        unlink(path)
    }

    private static var sendReady: String { send(ReplyFrame.ready("{}")) }

    /// The command that sends these bytes.
    static func send(_ bytes: [UInt8]) -> String {
        let octal = bytes.map { byte in
            let digits = String(byte, radix: 8)
            return "\\0" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "printf '%b' '" + octal.joined() + "' >&3"
    }
}

/// What `/proc` says of this process and its children.
enum ProcessTable {
    /// UNIX sockets that this process has open: what hosts cost it. Those of tests that talk to a
    /// broker are others.
    static func openSockets() throws -> Int {
        let table = try String(contentsOfFile: "/proc/self/net/unix", encoding: .utf8)
        // The seventh word of each line, as the links in `fd` have it.
        let numbers = Set(
            table.split(separator: "\n").compactMap { line in
                line.split(separator: " ").dropFirst(6).first.map { "socket:[\($0)]" }
            })
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            .count { descriptor in
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/self/fd/" + descriptor)
                return target.map { numbers.contains($0) } == true
            }
    }

    /// Suspends until no more than `count` sockets are open, and says whether they are.
    ///
    /// The other tests of this process open and close theirs meanwhile, so that it waits for a
    /// minute: a leak stays, what they have open goes.
    static func areSocketsClosedSoon(downTo count: Int) async throws -> Bool {
        for _ in 0..<6_000 {
            if try openSockets() <= count { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Whether there is still anything of a process that this one started, be it a zombie. Its
    /// number may have become another's meanwhile.
    static func exists(_ process: Int32) -> Bool {
        let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        guard let stat, let name = stat.lastIndex(of: ")") else { return false }
        // Behind the name in brackets: the state, then the parent.
        return stat[name...].split(separator: " ").dropFirst(2).first == "\(getpid())"
    }

    /// Suspends until the process is gone, five seconds at most, and says whether it is.
    static func isGoneSoon(_ process: Int32) async throws -> Bool {
        for _ in 0..<500 {
            if !exists(process) { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
