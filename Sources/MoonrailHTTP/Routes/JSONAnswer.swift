import FoundationEssentials
import Hummingbird
import MoonrailCore
import NIOCore

/// Makes responses of messages, and messages of request bodies.
enum JSONAnswer {
    static func response(
        _ message: some Encodable, status: HTTPResponse.Status = .ok,
        mediaType: String = "application/json"
    ) throws -> Response {
        Response(
            status: status, headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: try document(of: message)))
    }

    /// The message as a line of JSON.
    static func document(of message: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var buffer = ByteBuffer(bytes: try encoder.encode(message))
        buffer.writeInteger(UInt8(ascii: "\n"))
        return buffer
    }

    /// Reads the request's body.
    ///
    /// - Throws: `Problem` when it is too large.
    static func bytes(of request: Request, most limit: Int) async throws -> [UInt8] {
        do {
            return Array(try await request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge("the body is over \(limit) bytes", limit: limit)
        }
    }

    /// Reads the request's body; an empty one is as good as `{}`.
    ///
    /// - Throws: `Problem` when it is too large or not what the route takes.
    static func message<Message: Decodable>(
        _ type: Message.Type, of request: Request
    ) async throws -> Message {
        let body = try await bytes(of: request, most: IntakeBounds.settingsBytes)
        let bytes = body.isEmpty ? Data("{}".utf8) : Data(body)
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw Problem.badRequest("the body is not what this route takes: \(error)")
        }
    }
}
