import MoonrailCore

/// What a produce request expects of the station, as its query says it.
struct ExpectationQuery: Hashable, Sendable {
    /// The offset of the last event; nil when there is to be none.
    var last: UInt64?
    /// The key whose last event is meant; nil for the partition's.
    var key: [UInt8]?
    /// The partition that is meant; nil for the key's, or the only one.
    var partition: UInt32?

    /// - Returns: nil when nothing is expected.
    /// - Throws: `Problem` for parameters that say nothing together.
    init?(_ query: QueryParameters) throws(Problem) {
        key = try query.key("expect_key")
        partition = try query.number("partition")
        guard let text = query.text("expect_last") else {
            guard key == nil, partition == nil else {
                throw .badRequest("'expect_key' and 'partition' need 'expect_last'")
            }
            return nil
        }
        guard key == nil || partition == nil else {
            throw .badRequest("'expect_key' says which partition is meant; leave 'partition' out")
        }
        last = text == "none" ? nil : try query.number("expect_last")
    }
}
