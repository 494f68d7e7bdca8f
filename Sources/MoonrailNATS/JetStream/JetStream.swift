import Foundation
import MoonrailCore

/// JetStream's own interface: JSON over subjects, of which this engine uses what follows.
struct JetStream: Sendable {
    let broker: Broker

    /// Streams that one answer lists at most.
    private static let listPage = 256

    func createStream(_ configuration: StreamConfiguration) async throws(BrokerFault) -> StreamInfo
    {
        try await ask("STREAM.CREATE.\(configuration.name)", configuration)
    }

    /// Alters a stream. What is not changed stays as it is, also what this engine does not know.
    ///
    /// - Parameter change: is given what the stream is declared to be now.
    func alterStream(
        _ name: String, _ change: (inout StreamConfiguration) -> Void
    ) async throws(BrokerFault) -> StreamInfo {
        let present: StreamFields = try await ask(
            "STREAM.INFO.\(name)", StreamInfoRequest(subjects_filter: nil))
        guard let fields = present.changed(by: change) else { return try await stream(name) }
        return try await ask("STREAM.UPDATE.\(name)", fields)
    }

    /// - Parameter subjects: also how many messages each subject has that this one matches.
    func stream(
        _ name: String, subjects: String? = nil
    ) async throws(BrokerFault) -> StreamInfo {
        try await ask("STREAM.INFO.\(name)", StreamInfoRequest(subjects_filter: subjects))
    }

    func deleteStream(_ name: String) async throws(BrokerFault) {
        let _: Success = try await ask("STREAM.DELETE.\(name)", Nothing())
    }

    /// Removes messages of a subject, and their sequence numbers stay taken.
    func purge(_ stream: String, subject: String) async throws(BrokerFault) {
        let _: Success = try await ask("STREAM.PURGE.\(stream)", PurgeRequest(filter: subject))
    }

    /// All streams that take messages of subjects that `subject` matches.
    func streams(on subject: String) async throws(BrokerFault) -> [StreamInfo] {
        var streams: [StreamInfo] = []
        while true {
            let page: StreamList = try await ask(
                "STREAM.LIST", StreamListRequest(offset: streams.count, subject: subject))
            // Those without a leader now are named alone.
            guard (page.missing ?? []).isEmpty else { throw .noResponders }
            streams += page.streams ?? []
            if (page.streams ?? []).count < Self.listPage || streams.count >= page.total {
                return streams
            }
        }
    }

    /// A message of a stream, from the stream's leader; nil when there is none such.
    func message(
        _ stream: String, _ which: WhichMessage
    ) async throws(BrokerFault) -> StreamMessage? {
        do throws(BrokerFault) {
            let answer: MessageAnswer = try await ask("STREAM.MSG.GET.\(stream)", which.request)
            return try StreamMessage(answer.message)
        } catch {
            if error.isMessageMissing { return nil }
            throw error
        }
    }

    /// Makes a consumer that lives as long as somebody asks it for messages.
    func createConsumer(
        _ stream: String, _ configuration: ConsumerConfiguration
    ) async throws(BrokerFault) -> ConsumerInfo {
        try await ask(
            "CONSUMER.CREATE.\(stream)",
            ConsumerRequest(stream_name: stream, config: configuration))
    }

    func account() async throws(BrokerFault) -> AccountInfo {
        try await ask("INFO", Nothing())
    }

    private func ask<Answer: Decodable>(
        _ subject: String, _ request: some Encodable
    ) async throws(BrokerFault) -> Answer {
        let payload: [UInt8]
        do {
            payload = request is Nothing ? [] : Array(try JSONEncoder().encode(request))
        } catch {
            throw .unreadable("\(error)")
        }
        // A stream without a leader answers nothing; the next one may come soon.
        let end = ContinuousClock.now + broker.settings.timeout
        while true {
            do throws(BrokerFault) {
                let message = try await broker.ask(
                    "$JS.API." + subject, payload, timeout: Self.patience)
                return try JetStreamAnswer<Answer>.read(message.payload)
            } catch {
                guard error == .unanswered, ContinuousClock.now < end, !Task.isCancelled else {
                    throw error
                }
            }
        }
    }

    /// How long one question waits for its answer before it is asked again. All may be: who makes
    /// what is there is told that it is, and who deletes what is not there that it is not.
    private static let patience = Duration.seconds(1)
}

private struct Nothing: Codable {}

private struct Success: Decodable {
    let success: Bool?
}

private struct StreamInfoRequest: Encodable {
    let subjects_filter: String?
}

private struct StreamListRequest: Encodable {
    let offset: Int
    let subject: String
}

private struct StreamList: Decodable {
    let total: Int
    let streams: [StreamInfo]?
    let missing: [String]?
}

private struct PurgeRequest: Encodable {
    let filter: String
}

private struct ConsumerRequest: Encodable {
    let stream_name: String
    let config: ConsumerConfiguration
}

private struct MessageAnswer: Decodable {
    let message: StreamMessage.Stored
}

/// Names one message of a stream.
enum WhichMessage: Sendable {
    case at(UInt64)
    case last(subject: String)
    /// The first one at this sequence number or behind it.
    case next(subject: String, from: UInt64)

    fileprivate var request: MessageRequest {
        switch self {
        case .at(let sequence): MessageRequest(seq: sequence)
        case .last(let subject): MessageRequest(last_by_subj: subject)
        case .next(let subject, let sequence):
            MessageRequest(seq: sequence, next_by_subj: subject)
        }
    }
}

private struct MessageRequest: Encodable {
    var seq: UInt64?
    var last_by_subj: String?
    var next_by_subj: String?
}
