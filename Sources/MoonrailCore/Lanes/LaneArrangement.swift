/// Other names for what functions have, or its end.
package enum LaneArrangement: Sendable {
    /// Everything of one function goes to another name, its dead letters and changes of state too.
    /// Refused as `exists` when both have some.
    case rename(FunctionName, to: FunctionName)
    /// Refused as `moved` when anything stands elsewhere than it says.
    case exchange(LaneExchange)
    /// The function's lanes and these stations are removed, for good. What is not there is no
    /// error.
    case remove(FunctionName, stations: [StationName])
}

/// Two functions that exchange what they have, lane by lane and station by station: what one had
/// is the other's from then on.
package struct LaneExchange: Sendable {
    /// Two stations that exchange their names. They have equal numbers of partitions.
    package struct Stations: Sendable {
        package var first: StationName
        package var second: StationName
        /// Where their partitions end, so that nothing comes between a look at them and the
        /// exchange.
        package var firstEnds: [UInt64]
        package var secondEnds: [UInt64]

        package init(
            _ first: StationName, _ second: StationName, firstEnds: [UInt64],
            secondEnds: [UInt64]
        ) {
            self.first = first
            self.second = second
            self.firstEnds = firstEnds
            self.secondEnds = secondEnds
        }
    }

    /// Their lanes have the same partitions and stand at the same positions, and none reads any of
    /// the stations.
    package var first: FunctionName
    package var second: FunctionName
    package var stations: [Stations]
    /// Of lanes that read the stations, one each: made when the names are exchanged, in the same
    /// transaction, and refused as any settlement is. They append nothing.
    package var settlements: [Settlement]

    package init(
        _ first: FunctionName, _ second: FunctionName, stations: [Stations],
        settlements: [Settlement]
    ) {
        self.first = first
        self.second = second
        self.stations = stations
        self.settlements = settlements
    }
}
