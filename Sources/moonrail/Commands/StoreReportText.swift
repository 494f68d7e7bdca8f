import MoonrailHTTP

/// What a check of a store read and found, for people.
enum StoreReportText {
    static func text(_ report: StoreReportMessage) -> String {
        let read = FactList([
            ("stations", "\(report.stations)"), ("chunks", "\(report.chunks)"),
            ("events", "\(report.events)"), ("lanes", "\(report.lanes)"),
            ("journal records", "\(report.journalRecords)"),
            ("findings", report.findings.isEmpty ? "none" : "\(report.findings.count)"),
        ])
        return read.text + report.findings.map { "\n\($0)\n" }.joined()
    }
}
