import MoonrailCore

/// Goes through the dead letters of a function from the first on, in the order of their station.
struct LetterWalk: Sendable {
    private let engine: any StationEngine
    private let function: FunctionName
    private let partitions: UInt32
    private var cursor: StationCursor

    /// - Throws: `EngineError`; `stationNotFound` when the function never was deployed.
    init(_ function: FunctionName, in engine: any StationEngine) async throws(EngineError) {
        self.engine = engine
        self.function = function
        let station = StationName.deadLetters(of: function)
        partitions = UInt32(try await engine.describe(station).partitions.count)
        cursor = StationCursor(station: station, partition: 0, offset: 0)
    }

    /// The letters of the next read; nil at the end. Only lanes write events that are letters, so
    /// that those in this station are the function's, whatever it was called then.
    mutating func next() async throws(EngineError) -> [DeadLetter]? {
        while cursor.partition < partitions {
            let events = try await engine.read(cursor, bounds: ReadBounds())
            if let last = events.offsets.last {
                cursor.offset = last + 1
                return (0..<events.count).compactMap { number in
                    var letter = DeadLetter(events, number)
                    letter?.function = function
                    return letter
                }
            }
            cursor.partition += 1
            cursor.offset = 0
        }
        return nil
    }
}
