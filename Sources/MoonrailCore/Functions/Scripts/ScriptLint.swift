/// Looks for mistakes that a script can have although it compiles. It tells what it is sure of.
package enum ScriptLint {
    /// One thing to look at.
    package struct Finding: Hashable, Sendable {
        package enum Severity: String, Sendable, Encodable {
            /// Events that come there will fail, or their outputs go astray.
            case error
            /// It runs, but hardly as meant.
            case warning
        }

        package let severity: Severity
        /// In the script, from 1.
        package let line: Int
        /// A sentence, without the place.
        package let message: String

        package init(_ severity: Severity, line: Int, _ message: String) {
            self.severity = severity
            self.line = line
            self.message = message
        }
    }

    /// What is to be said about a function's script, in the order of lines.
    ///
    /// - Parameters:
    ///   - outputs: stations that the function may write, whoever declares them.
    ///   - globals: names that its libraries assign.
    /// - Returns: nothing when the source can't be read here.
    package static func findings(
        in source: [UInt8], outputs: [StationName], globals: Set<String> = []
    ) -> [Finding] {
        let outline = ScriptOutline(source)
        guard let tree = outline.tree else { return [] }
        let survey = ScriptSurvey(
            tree, handler: outline.handler, timerHandler: outline.timerHandler)
        var findings = names(in: survey, globals) + members(in: survey)
        findings += undeclared("state", by: "state", "state = {}", in: survey, outline)
        findings += undeclared(
            "timer", by: "on_timer", "on_timer = function(timer, context) ... end", in: survey,
            outline)
        if let handler = outline.handler {
            let paths = HandlerPaths(handler)
            let timerPaths = outline.timerHandler.map(HandlerPaths.init)
            let givesValue = paths.givesValue + (timerPaths?.givesValue ?? [])
            findings += emissions(in: survey, givesValue, outputs, outline)
            findings += silentEnds(of: paths, "the handler", in: survey)
            if let timerPaths {
                findings += silentEnds(of: timerPaths, "on_timer", in: survey)
            }
        }
        return sorted(findings)
    }

    /// The names that a script or library assigns as globals.
    package static func globals(assignedBy source: [UInt8]) -> Set<String> {
        guard let tree = ScriptOutline(source).tree else { return [] }
        return Set(ScriptSurvey(tree).globalWrites.map(\.name))
    }

    /// The same of a library: a file that functions require.
    ///
    /// - Parameter globals: names that other libraries assign.
    package static func findings(
        inLibrary source: [UInt8], globals: Set<String> = []
    ) -> [Finding] {
        guard let tree = ScriptOutline(source).tree else { return [] }
        let survey = ScriptSurvey(tree)
        return sorted(names(in: survey, globals) + members(in: survey))
    }

    private static func sorted(_ findings: [Finding]) -> [Finding] {
        findings.sorted { ($0.line, $0.message) < ($1.line, $1.message) }
    }

    // MARK: - Names

    private static func names(
        in survey: ScriptSurvey, _ globals: Set<String>
    ) -> [Finding] {
        guard !survey.changesGlobals else { return [] }
        let own = globals.union(survey.globalWrites.map(\.name))
        let libraries = Set(ScriptContract.libraries.keys)
        let known = ScriptContract.globals.union(libraries)
        var findings = survey.globalWrites.map { use in
            Finding(
                .warning, line: use.line,
                "'\(use.name)' is assigned as a global; write local \(use.name)")
        }
        for use in survey.globalReads where !known.contains(use.name) && !own.contains(use.name) {
            let near = nearestName(to: use.name, among: known)
                .map { "did you mean '\($0)'?" }
            let advice =
                ScriptContract.advice[use.name] ?? near ?? "it is nil; declare it with local"
            findings.append(
                Finding(.error, line: use.line, "there is no global '\(use.name)'; \(advice)"))
        }
        return findings
    }

    private static func members(in survey: ScriptSurvey) -> [Finding] {
        var findings: [Finding] = []
        for use in survey.libraryReads {
            let parts = use.name.split(separator: ".").map(String.init)
            let known = ScriptContract.libraries[parts[0]] ?? []
            if known.contains(parts[1]) { continue }
            let advice =
                ScriptContract.advice[use.name].map { "; \($0)" }
                ?? suggestion(for: parts[1], among: Array(known))
            findings.append(
                Finding(.error, line: use.line, "there is no '\(use.name)'\(advice)"))
        }
        let fields = ScriptContract.eventFields.union(survey.eventWrites)
        for use in survey.eventReads where !fields.contains(use.name) {
            findings.append(
                Finding(
                    .error, line: use.line,
                    "an event has no '\(use.name)'"
                        + eventAdvice(use.name)))
        }
        for use in survey.contextReads {
            let parts = use.name.split(separator: ".").map(String.init)
            let known = parts.count > 1 ? ScriptContract.logLevels : ScriptContract.contextMembers
            guard let name = parts.last, !known.contains(name) else { continue }
            findings.append(
                Finding(
                    .error, line: use.line,
                    "there is no 'context.\(use.name)'"
                        + suggestion(for: name, among: Array(known))))
        }
        for use in survey.emitOptions where !ScriptContract.emitOptions.contains(use.name) {
            findings.append(
                Finding(
                    .error, line: use.line,
                    "context.emit has no option '\(use.name)'"
                        + suggestion(for: use.name, among: Array(ScriptContract.emitOptions))))
        }
        return findings
    }

    /// Without a declaration there is no `context.state`, and nothing that a timer could call.
    ///
    /// - Parameters:
    ///   - field: of the function's table, which declares the member.
    ///   - mend: what to add.
    private static func undeclared(
        _ member: String, by field: String, _ mend: String, in survey: ScriptSurvey,
        _ outline: ScriptOutline
    ) -> [Finding] {
        guard outline.returnLine != nil, outline.fieldLines[field] == nil,
            let use = survey.contextReads.first(where: { $0.name == member })
        else { return [] }
        return [
            Finding(
                .error, line: use.line,
                "there is no context.\(member), as the function declares none; add \(mend) to its "
                    + "table")
        ]
    }

    /// What is no field of the event is mostly one of its data.
    private static func eventAdvice(_ name: String) -> String {
        if let near = nearestName(to: name, among: ScriptContract.eventFields) {
            return "; did you mean '\(near)'?"
        }
        return name == "payload" ? "; did you mean 'data'?" : "; did you mean event.data.\(name)?"
    }

    // MARK: - What comes out

    private static func emissions(
        in survey: ScriptSurvey, _ givesValue: [Int], _ outputs: [StationName],
        _ outline: ScriptOutline
    ) -> [Finding] {
        let declared = outputs.map(\.text)
        guard !declared.isEmpty else {
            let lines = survey.emissions.map(\.line) + givesValue
            return lines.min().map { line in
                [
                    Finding(
                        .error, line: line,
                        "it emits an event here, but declares no output; add to = \"a.station\"")
                ]
            } ?? []
        }
        var findings: [Finding] = []
        var used: Set<String> = []
        var isCertain = !survey.contextEscapes
        if !givesValue.isEmpty { used.insert(declared[0]) }
        for emission in survey.emissions {
            switch emission.target {
            case .first: used.insert(declared[0])
            case .unknown: isCertain = false
            case .station(let name):
                used.insert(name)
                if declared.contains(name) { continue }
                findings.append(
                    Finding(
                        .error, line: emission.line,
                        "it emits to '\(name)', which 'to' does not declare"
                            + suggestion(for: name, among: declared)))
            }
        }
        guard isCertain, let line = outline.fieldLines["to"] else { return findings }
        for name in declared where !used.contains(name) {
            findings.append(
                Finding(
                    .warning, line: line,
                    "'to' declares '\(name)', but nothing is ever emitted to it; remove it, or "
                        + "emit to it"))
        }
        return findings
    }

    private static func silentEnds(
        of paths: HandlerPaths, _ name: String, in survey: ScriptSurvey
    ) -> [Finding] {
        // A handler that emits often returns nothing, and means it.
        guard let value = paths.givesValue.min(), survey.emissions.isEmpty,
            !survey.contextEscapes
        else { return [] }
        return paths.givesNothing.map { line in
            Finding(
                .warning, line: line,
                "\(name) ends here without a value, which drops the event, but returns one "
                    + "in line \(value); write return nil if that is meant")
        }
    }
}
