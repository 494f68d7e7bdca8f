/// What made an event of a function's state station: an input event, or a lane that was moved.
package struct StateChangeCause: Hashable, Sendable {
    /// The event; of a lane that was moved, the place that it was moved to.
    package let place: InputPlace
    /// Whether the lane was moved to `place`, and the key got back what it had before the event
    /// there.
    package let isRestored: Bool

    /// - Returns: nil for an event that no lane wrote: anybody may append to a station.
    package init?(_ cause: Cause) {
        switch cause.emission {
        case StateValue.emission: isRestored = false
        case StateValue.restoredEmission: isRestored = true
        default: return nil
        }
        place = InputPlace(station: cause.origin.station, offset: cause.offset)
    }

    /// Whether the change says something of the state before the events at `position`: the last one
    /// that does says what it was.
    ///
    /// What a lane got back when it was moved holds for all that lies behind that place, and takes
    /// the place of what was there. In front of it nothing changed.
    package func counts(before position: Position) -> Bool {
        isRestored
            ? place.offset <= position[place.station] : place.offset < position[place.station]
    }
}
