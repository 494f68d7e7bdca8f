/// A page of events, as a client may read it.
package struct EventPageMessage: Decodable, Hashable, Sendable {
    package var events: [EventLineMessage]
    /// The position behind the last of them: where the next page begins.
    package var next: String
    /// Where the consumer group stands, of a page that is for one.
    package var position: String?
}
