import CNATS
import MoonrailCore

/// Why the broker did not do what it was asked.
enum BrokerFault: Error, Hashable, Sendable {
    /// No answer came in time: whether it was done is not known.
    case unanswered
    /// Nobody listens there: there is no such stream, or its servers have no leader now.
    case noResponders
    /// There is no connection now; nothing was sent.
    case disconnected
    /// The login may not do that; in the broker's own words. Nothing was done.
    case notPermitted(String)
    /// The message is larger than the broker takes; nothing was sent.
    case tooLarge
    /// The broker's own words, with its number of what went wrong
    /// (https://github.com/nats-io/nats-server/blob/main/server/errors.json).
    case refused(code: Int, number: Int, String)
    /// The answer is none that this engine understands.
    case unreadable(String)

    /// Numbers of the broker's errors that are acted on.
    enum Number {
        static let streamNotFound = 10_059
        static let messageNotFound = 10_037
        static let streamNameInUse = 10_058
        static let wrongLastSequence = 10_071
        static let wrongLastID = 10_070
        static let insufficientResources = 10_023
        static let storageResources = 10_047
        static let memoryResources = 10_028
    }

    var number: Int? {
        if case .refused(_, let number, _) = self { number } else { nil }
    }

    var isStreamMissing: Bool { number == Number.streamNotFound }

    var isMessageMissing: Bool { number == Number.messageNotFound }
}

extension EngineError {
    /// What a user is told of a fault.
    ///
    /// - Parameter doing: what was being done, such as `appending to station 'a'`.
    init(_ fault: BrokerFault, _ doing: String) {
        switch fault {
        case .unanswered:
            self = .unavailable(
                "the broker did not answer while \(doing); it may have been done or not")
        case .noResponders:
            self = .unavailable(
                "no server of the broker answers for \(doing): its stream has no leader now, or "
                    + "JetStream is not enabled")
        case .disconnected:
            self = .unavailable("there is no connection to the broker for \(doing)")
        case .notPermitted(let text):
            self = .unavailable(
                "the broker does not let this login do that while \(doing): \(text); grant it in "
                    + "the permissions of its user")
        case .tooLarge:
            self = .unavailable(
                "a message is larger than the broker takes for \(doing); raise its max_payload")
        case .refused(_, let number, let text) where Self.isOfSpace(number):
            self = .full(
                "the broker has no space for \(doing): \(text); raise its limits or remove streams")
        case .refused(let code, let number, let text):
            self = .unavailable("the broker refused \(doing): \(text) (\(code), \(number))")
        case .unreadable(let text):
            self = .unavailable("the broker's answer to \(doing) can't be read: \(text)")
        }
    }

    private static func isOfSpace(_ number: Int) -> Bool {
        [
            BrokerFault.Number.insufficientResources, BrokerFault.Number.storageResources,
            BrokerFault.Number.memoryResources,
        ].contains(number)
    }
}
