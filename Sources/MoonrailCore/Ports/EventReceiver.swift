/// Somebody outside whom events are delivered to, such as an HTTP endpoint.
package protocol EventReceiver: Sendable {
    /// Makes one attempt to deliver an event, and answers what came of it. Blocks no thread; ends
    /// within the receiver's own time limit, and at once when the task is cancelled. May be
    /// repeated: the receiver can tell by the event's position that it is the same one.
    ///
    /// - Parameter index: the event's number in `events`.
    func deliver(_ events: StoredEvents, _ index: Int) async -> DeliveryAttempt
}

/// What one attempt to deliver an event came to.
package enum DeliveryAttempt: Hashable, Sendable {
    /// The receiver says that it has it.
    case delivered
    /// The receiver will not take it, however often it is asked; the sentence says why.
    case refused(String)
    /// It may be taken later; the sentence says what went wrong, and the receiver may have said how
    /// long to wait.
    case failed(String, retryAfter: Duration?)
}
