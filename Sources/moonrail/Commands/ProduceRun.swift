import MoonrailCore
import MoonrailHTTP
import NIOCore

/// Sends an input to a station, slice by slice, and goes on where it was when the server changes.
actor ProduceRun {
    private let input: LineInput
    private let station: StationName
    private let key: String?
    private let id: String?
    private let time: String?
    private var report: ProduceReport
    /// Kept until it was answered: another server may have to take it.
    private var piece: LineInput.Piece?

    init(
        input: LineInput, station: StationName, key: String?, id: String?, time: String? = nil
    ) {
        self.input = input
        self.station = station
        self.key = key
        self.id = id
        self.time = time
        report = ProduceReport(input: input)
    }

    /// Sends what is left.
    func send(_ client: APIClient) async throws {
        // Nothing at all is sent too, so that a station that takes none shows at once.
        try await send(ByteBuffer(), client)
        while true {
            if piece == nil { piece = try await input.next() }
            switch piece {
            case nil: return
            case .tooLong(let line): report.noteTooLong(line: line)
            case .lines(let slice):
                report.note(try await send(slice.lines, client), of: slice)
            }
            piece = nil
        }
    }

    /// Says what it all came to.
    func finish() -> ProduceAnswer {
        report.finish()
        return report.total
    }

    @discardableResult
    private func send(_ lines: ByteBuffer, _ client: APIClient) async throws -> ProduceAnswer {
        try await client.send(
            .produce(to: station, key: key, id: id, time: time, lines: lines))
    }
}
