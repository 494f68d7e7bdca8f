import MoonrailCore
import MoonrailRuntime

/// Tells what becomes of functions while somebody works on them: a pure value that turns news into
/// text.
struct DevStory {
    /// What the ready line says of the store.
    struct Place {
        let functions: String
        let data: String
        let isScratch: Bool
    }

    private let place: Place
    private let paint: Paint
    /// Cases that passed, of the versions that were tested.
    private var cases: [FunctionName: (version: FunctionVersion, cases: Int)] = [:]
    private var live: Set<FunctionName> = []
    /// Functions that are about to run before everything is ready; nil when they need not be known.
    private var awaited: [FunctionStatus]?
    private var isReady = false

    init(_ place: Place, paint: Paint) {
        self.place = place
        self.paint = paint
    }

    /// The text of a piece of news.
    ///
    /// - Parameters:
    ///   - statuses: how all functions stand, in the order of their names.
    ///   - age: how long ago a function's file was saved; nil when that was before the command
    ///     began.
    mutating func text(
        _ news: FunctionNews, statuses: [FunctionStatus], age: (FunctionName) -> Duration?
    ) -> String {
        switch news {
        case .tested(let function, let cases):
            self.cases[function.name] = (function.version, cases)
            return ""
        case .deployed:
            return ""
        case .live(let function):
            live.insert(function.name)
            return liveLine(function, age(function.name)) + readyText()
        case .refused(let name, let refusal):
            return refusalText(name, refusal)
        case .stopped(let name):
            return "\(name) is stopped: its file is gone; its position is kept\n"
        case .paused(let lane, let pause):
            return paint("lane \(lane) is paused", .red)
                + ": \(TerminalText.line(pause.reason))\n"
                + "  let it go on with: moonrail function resume \(lane.function) --data "
                + "\(place.data)\n"
        case .ready:
            awaited = statuses
            return readyText()
        }
    }

    /// Whether the ready line was told.
    var isTold: Bool { isReady }

    private func liveLine(_ function: DeployableFunction, _ age: Duration?) -> String {
        var line = "\(function.name)@\(function.version.short) " + paint("live", .green)
        if let age { line += " in \(Self.seconds(age))" }
        if let tested = cases[function.name], tested.version == function.version {
            switch tested.cases {
            case 0: line += ", no tests"
            case 1: line += ", 1 test passed"
            case let count: line += ", \(count) tests passed"
            }
        }
        return line + "\n"
    }

    private func refusalText(_ name: FunctionName, _ refusal: DeploymentRefusal) -> String {
        var text = paint("\(name) is not deployed", .red) + ": "
        if let failed = refusal.test {
            let report = failed.report
            text += "\(failed.file):\(report.test.line): test "
            text += "'\(TerminalText.line(report.test.name))' fails\n"
            let lines = report.differences + report.logs.map { "logged \($0.level): \($0.text)" }
            for line in lines { text += "  \(TerminalText.line(line))\n" }
        } else {
            text += TerminalText.lines(refusal.why) + "\n"
        }
        if let running = refusal.running { text += "  \(name)@\(running.short) still runs\n" }
        return text
    }

    /// Once, when everything that is about to run runs.
    private mutating func readyText() -> String {
        guard !isReady, let awaited else { return "" }
        let running = awaited.filter { $0.state == .running }
        guard running.allSatisfy({ live.contains($0.name) }) else { return "" }
        isReady = true
        var text = paint("ready", .green) + ": "
        switch running.count {
        case 0: text += "no function runs yet; save one in \(place.functions)"
        case 1: text += "\(running[0].name) runs from \(place.functions)"
        default:
            text += running.map(\.name.text).joined(separator: ", ")
            text += " run from \(place.functions)"
        }
        text += "; the store is \(place.data)"
        text += place.isScratch ? ", which goes at the end\n" : "\n"
        guard let station = Self.firstStation(running) else { return text }
        return text + "  moonrail produce \(station) --data \(place.data)\n"
    }

    /// The station that somebody has to produce into: one that no function writes, if there is one.
    private static func firstStation(_ functions: [FunctionStatus]) -> StationName? {
        let definitions = functions.compactMap(\.definition)
        let written = Set(definitions.flatMap(\.to))
        let read = definitions.flatMap(\.from)
        return read.first { !written.contains($0) } ?? read.first
    }

    private static func seconds(_ duration: Duration) -> String {
        "\((duration / .milliseconds(10)).rounded() / 100) s"
    }
}
