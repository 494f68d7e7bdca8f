import MoonrailCore
import MoonrailRuntime

/// What a check says of one function.
struct FunctionVerdict: Encodable, Sendable {
    let file: String
    let function: String?
    let version: String?
    /// Why it can't be deployed; nil when it can.
    let reason: String?
    /// What its script was read for, in the order of lines.
    var findings: [Finding] = []

    var isSound: Bool {
        reason == nil && !findings.contains { $0.severity == .error }
    }

    /// One mistake, or what may be one.
    struct Finding: Encodable, Sendable {
        let file: String
        let line: Int
        let severity: ScriptLint.Finding.Severity
        let message: String

        init(_ finding: ScriptLint.Finding, in file: String) {
            self.file = file
            line = finding.line
            severity = finding.severity
            message = finding.message
        }

        init(_ notice: FunctionManifest.Notice) {
            file = notice.file
            line = notice.line ?? 1
            severity = .warning
            message = notice.message
        }
    }

    init(_ status: FunctionStatus) {
        file = status.file
        function = status.name.text
        version = status.version?.text
        if case .failed(let why) = status.state { reason = why } else { reason = nil }
    }

    /// Of a file that is no function.
    init(file: String, reason: String?) {
        self.file = file
        self.reason = reason
        function = nil
        version = nil
    }

    private enum CodingKeys: String, CodingKey {
        case file, function, version, reason, findings
        case isSound = "ok"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(file, forKey: .file)
        try container.encodeIfPresent(function, forKey: .function)
        try container.encodeIfPresent(version, forKey: .version)
        try container.encodeIfPresent(reason, forKey: .reason)
        try container.encode(findings, forKey: .findings)
        try container.encode(isSound, forKey: .isSound)
    }
}
