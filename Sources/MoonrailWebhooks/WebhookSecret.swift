import CLibcrypto
import FoundationEssentials

/// What the deliveries of a webhook are signed with.
package struct WebhookSecret: Sendable {
    private static let prefix = "whsec_"
    /// As Standard Webhooks ask for: less is too easy to guess, more gains nothing.
    package static let bytesAllowed = 24...64

    private let bytes: [UInt8]

    /// Reads it from a file: `whsec_` and base64, as Standard Webhooks write it; white space around
    /// it does not count. Blocks while it reads one small file.
    ///
    /// - Throws: `InvalidWebhook` that says what is wrong with the file, and nothing of what is in
    ///   it.
    package init(file: String) throws(InvalidWebhook) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw InvalidWebhook("the file '\(file)' with its secret can't be read")
        }
        guard let secret = WebhookSecret(text.filter { !$0.isWhitespace }) else {
            throw InvalidWebhook(
                "the file '\(file)' has no secret; it must have \(Self.prefix) and the base64 of "
                    + "\(Self.bytesAllowed.lowerBound) to \(Self.bytesAllowed.upperBound) bytes, "
                    + "such as: echo whsec_$(openssl rand -base64 32)")
        }
        self = secret
    }

    /// - Returns: nil when the text is no secret.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix),
            let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            Self.bytesAllowed.contains(data.count)
        else { return nil }
        bytes = Array(data)
    }

    /// The header `webhook-signature` of a delivery, as Standard Webhooks 1.0 say: HMAC-SHA256 over
    /// id, time and body with points between.
    package func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var count = CUnsignedInt(digest.count)
        HMAC(EVP_sha256(), bytes, CInt(bytes.count), signed, signed.count, &digest, &count)
        return "v1," + Data(digest).base64EncodedString()
    }
}

/// A webhook that can't deliver as it is configured, with the sentence to show.
package struct InvalidWebhook: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
