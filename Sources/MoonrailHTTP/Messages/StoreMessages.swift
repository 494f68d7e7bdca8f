import MoonrailCore

/// Where a backup is to be written, and what it holds once it is.
package struct BackupMessage: Codable, Hashable, Sendable {
    /// An absolute path: who asks and who answers need not have one working directory.
    package var file: String
    /// Size of the file.
    package var bytes: UInt64?
    package var stations: Int?
    package var events: UInt64?

    package init(file: String, _ summary: BackupSummary? = nil) {
        self.file = file
        bytes = summary?.bytes
        stations = summary?.stations
        events = summary?.events
    }
}

/// What a check of a store read and found.
package struct StoreReportMessage: Codable, Hashable, Sendable {
    package var stations: Int
    package var chunks: Int
    package var events: UInt64
    package var lanes: Int
    package var journalRecords: UInt64
    /// A sentence for each; empty when all is well.
    package var findings: [String]

    enum CodingKeys: String, CodingKey {
        case stations, chunks, events, lanes, findings
        case journalRecords = "journal_records"
    }

    package init(_ report: StoreReport) {
        stations = report.stations
        chunks = report.chunks
        events = report.events
        lanes = report.lanes
        journalRecords = report.journalRecords
        findings = report.findings.map(\.message)
    }
}
