import MoonrailTestSupport
import Testing

@Suite struct HelpTests {
    static let commands: [[String]] = [
        [], ["run"], ["produce"], ["read"], ["station"], ["station", "list"],
        ["station", "show"], ["station", "create"], ["station", "alter"], ["station", "plan"],
        ["station", "delete"],
        ["function"],
        ["function", "list"], ["function", "show"], ["function", "check"], ["function", "resume"],
        ["function", "history"], ["function", "diff"], ["function", "rollback"],
        ["function", "rename"], ["function", "pause"], ["tail"], ["dev"],
        ["dead"], ["dead", "list"], ["dead", "show"],
        ["dead", "rerun"], ["dead", "retry"], ["dead", "skip"], ["offset"],
        ["offset", "show"], ["backup"], ["backup", "create"], ["backup", "verify"],
        ["backup", "restore"], ["token"], ["token", "create"], ["token", "list"],
        ["token", "revoke"], ["doctor"],
        ["export"], ["export", "asyncapi"],
    ]

    @Test(arguments: commands)
    func `every command's help has an example and names its options`(command: [String])
        async throws
    {
        try await Workplace.with { place in
            let help = try await place.command.start(command + ["--help"]).finish()
            #expect(help.status == 0)
            #expect(help.errors.isEmpty)
            let example = (["  moonrail"] + command).joined(separator: " ")
            #expect(help.output.contains(example))
        }
    }

    @Test func `the root's help lists the exit statuses`() async throws {
        try await Workplace.with { place in
            let help = try await place.command.run("--help")
            for status in ["0  done", "2  the command line", "130  interrupted"] {
                #expect(help.output.contains(status))
            }
        }
    }

    @Test func `the version is a version`() async throws {
        try await Workplace.with { place in
            let version = try await place.command.run("--version")
            #expect(version.status == 0)
            #expect(version.output.split(separator: ".").count == 3)
        }
    }
}
