import AsyncHTTPClient
import FoundationEssentials
import MoonrailCore
import NIOCore
import NIOHTTP1

/// An HTTP endpoint that events are posted to, one a request: as CloudEvents 1.0 in the binary
/// mode, with the headers of Standard Webhooks 1.0.
package struct WebhookEndpoint: EventReceiver {
    /// What is read of an answer's body, so that the connection can be used again; nothing in it
    /// matters.
    private static let answerBytes = 64 << 10

    private let http: HTTPClient
    private let url: String
    private let timeout: Duration
    private let secret: WebhookSecret?
    private let now: @Sendable () -> EventTime

    /// Reads the secret; blocks while it does.
    ///
    /// - Parameter now: the machine's clock, for signatures.
    /// - Throws: `InvalidWebhook`.
    package init(
        _ definition: WebhookDefinition, http: HTTPClient, now: @escaping @Sendable () -> EventTime
    ) throws(InvalidWebhook) {
        self.http = http
        url = definition.url
        timeout = definition.timeout
        secret = try definition.secretFile.map { (file) throws(InvalidWebhook) in
            try WebhookSecret(file: file)
        }
        self.now = now
    }

    package func deliver(_ events: StoredEvents, _ index: Int) async -> DeliveryAttempt {
        do {
            let deadline = NIODeadline.now() + .nanoseconds(Int64(timeout / .nanoseconds(1)))
            let answer = try await http.execute(request(events, index), deadline: deadline)
            let verdict = Self.verdict(on: answer)
            // What is larger closes the connection, and changes nothing else.
            _ = try? await answer.body.collect(upTo: Self.answerBytes)
            return verdict
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            return .failed("no answer within \(Quantity.text(duration: timeout))", retryAfter: nil)
        } catch {
            return .failed("no answer: \(error)", retryAfter: nil)
        }
    }

    private func request(_ events: StoredEvents, _ index: Int) -> HTTPClientRequest {
        let event = CloudEvent(events, index)
        let position = positionalID(
            station: events.station, partition: events.partition, offset: events.offsets[index])
        let (seconds, microseconds) = now().microseconds.quotientAndRemainder(
            dividingBy: 1_000_000)
        let time = microseconds < 0 ? seconds - 1 : seconds
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in event.ordered {
            if name == "datacontenttype" {
                request.headers.add(name: "content-type", value: value)
            } else {
                request.headers.add(
                    name: CloudEventHeader.prefix + name, value: CloudEventHeader.encoded(value))
            }
        }
        if event.isJSON, event.attributes["datacontenttype"] == nil {
            request.headers.add(name: "content-type", value: "application/json")
        }
        request.headers.add(name: "webhook-id", value: position)
        request.headers.add(name: "webhook-timestamp", value: "\(time)")
        if let secret {
            request.headers.add(
                name: "webhook-signature",
                value: secret.signature(id: position, seconds: time, body: event.payload))
        }
        request.body = .bytes(ByteBuffer(bytes: event.payload))
        return request
    }

    /// What an answer says: taken, not to be asked again, or later.
    private static func verdict(on answer: HTTPClientResponse) -> DeliveryAttempt {
        let code = answer.status.code
        let what = "the endpoint answered \(code)"
        switch code {
        case 200..<300:
            return .delivered
        case 300..<400:
            return .refused(what + ", and a redirect is not followed")
        case 408, 425, 429, 500..<600:
            let wait = answer.headers.first(name: "retry-after").flatMap { Int64($0) }
            let known = wait.map { Duration.seconds(min(max($0, 0), 86_400)) }
            return .failed(what, retryAfter: known)
        default:
            return .refused(what)
        }
    }
}
