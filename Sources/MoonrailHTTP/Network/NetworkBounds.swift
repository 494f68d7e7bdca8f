/// Every bound of serving the network, declared once with its reason.
package enum NetworkBounds {
    /// One line of a request's head: field paths, keys and tokens are all far shorter.
    static let lineBytes = 8 << 10
    /// All lines of a head together; what is left of it in memory goes with the connection.
    static let headBytes = 16 << 10
    /// Lines of a head: browsers send about twenty.
    static let headLines = 64
    /// A body that no route takes is read and thrown away up to here, so that a client that writes
    /// all before it reads sees the answer.
    static let bodyBytes = IntakeBounds.discardedBytes
    /// From the beginning of a connection or request until its head is complete.
    static let headTime = Duration.seconds(10)
    /// A connection without a request.
    static let idleTime = Duration.seconds(60)
    /// How long a body may be waited for besides what its rate allows.
    static let bodyGrace = Duration.seconds(10)
    /// The least rate of a body: modems were faster.
    static let bodyBytesPerSecond = 1 << 10
    /// How long a body is taken from the beginning of a shutdown on: less than the least that a
    /// shutdown usually waits for requests.
    static let bodyFarewell = Duration.seconds(3)
    /// How long a client may leave an answer unread that it was sent.
    static let unreadTime = Duration.seconds(60)
    /// Requests of a connection that wait for their answers, that under way among them.
    static let requestsInFlight = 32
    /// How long what a client still sends is read after the last answer, as the system would
    /// otherwise throw that answer away.
    static let farewell = Duration.seconds(1)
    /// Connections over the bound that are told so at a time; others are closed without a word.
    static let refusedAtOnce = 64
    /// Connections that the system keeps until they are taken.
    static let backlog = 1_024
    /// How often the certificate's files are looked at.
    static let certificateGlance = Duration.seconds(1)
}
