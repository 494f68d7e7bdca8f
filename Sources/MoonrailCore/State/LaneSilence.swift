/// Where a lane stood when an event came last, so that the clock can move event time while none
/// comes: on from there, as fast as the clock goes. A pure value.
package struct LaneSilence: Hashable, Sendable {
    /// When the lane took the event, by the machine's clock.
    package var came: EventTime
    /// How far event time had come then.
    package var reached: EventTime
    /// The event.
    package var place: InputPlace
    /// Where the lane stood after it; where it stands elsewhere this says nothing of it.
    package var position: Position

    package init(came: EventTime, reached: EventTime, place: InputPlace, position: Position) {
        self.came = came
        self.reached = reached
        self.place = place
        self.position = position
    }

    /// When event time comes to `time`, if nothing comes.
    ///
    /// - Parameter began: when the lane began to run. As long as it did not, nothing could come, so
    ///   that silence counts from then on; time has gone on nevertheless.
    package func moment(of time: EventTime, idle: Duration, began: EventTime) -> EventTime {
        max(
            max(came, began).advanced(by: idle),
            came.advanced(microseconds: time.microseconds, less: reached.microseconds))
    }

    /// How far event time has come by the clock.
    package func reached(at now: EventTime) -> EventTime {
        guard now > came else { return reached }
        return reached.advanced(microseconds: now.microseconds, less: came.microseconds)
    }
}

extension EventTime {
    /// The time so much later; the last there is when it would be beyond.
    package func advanced(by duration: Duration) -> EventTime {
        advanced(microseconds: Int64(duration / .microseconds(1)), less: 0)
    }

    fileprivate func advanced(microseconds: Int64, less: Int64) -> EventTime {
        let (difference, isFar) = microseconds.subtractingReportingOverflow(less)
        let (sum, isFarther) = self.microseconds.addingReportingOverflow(difference)
        if !isFar, !isFarther { return EventTime(microseconds: sum) }
        return EventTime(microseconds: microseconds > less ? .max : .min)
    }
}

extension LaneSilence {
    /// As the lane keeps it: a u8 format (1), two i64 of microseconds (when the event came, how far
    /// event time had come), a u64 offset, its station as a text, a position.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = [1]
        bytes.appendLittleEndian(came.microseconds)
        bytes.appendLittleEndian(reached.microseconds)
        bytes.appendLittleEndian(place.offset)
        bytes.appendText(place.station.text)
        bytes.append(position)
        return bytes
    }

    /// - Returns: nil when the bytes are none.
    package init?(encoded bytes: [UInt8]) {
        let read = bytes.withUnsafeBytes { buffer -> LaneSilence? in
            var reader = ByteReader(buffer)
            guard let format = try? reader.integer(UInt8.self), format == 1,
                let came = try? reader.integer(Int64.self),
                let reached = try? reader.integer(Int64.self),
                let offset = try? reader.integer(UInt64.self), let text = try? reader.text(),
                let station = try? StationName(text), let position = reader.position(),
                reader.remaining == 0
            else { return nil }
            return LaneSilence(
                came: EventTime(microseconds: came), reached: EventTime(microseconds: reached),
                place: InputPlace(station: station, offset: offset), position: position)
        }
        guard let read else { return nil }
        self = read
    }
}
