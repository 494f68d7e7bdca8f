import CLibcrypto

/// SHA-256 of some bytes, in 64 lowercase hexadecimal digits.
package struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(of bytes: [UInt8]) {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        text =
            digest.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// - Parameter text: as another hash's was.
    package init(text: String) {
        self.text = text
    }

    package var description: String { text }
}
