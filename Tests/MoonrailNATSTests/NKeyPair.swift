import Foundation
import MoonrailCore
import MoonrailTestSupport

/// A key pair of NATS, made by `openssl` for one test
/// (https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth).
struct NKeyPair {
    enum Role: UInt8 {
        case account = 0
        case op = 112
        case user = 160
    }

    /// Begins with the letter of its role.
    let publicKey: String
    /// Begins with S.
    let seed: String
    private let file: String

    /// - Parameter file: without its ending; what is made lies beside it.
    init(_ role: Role, file: String) throws {
        self.file = file
        try Certificates.openssl(["genpkey", "-algorithm", "ed25519", "-out", file + ".pem"])
        let der = ["pkey", "-in", file + ".pem", "-outform", "DER"]
        try Certificates.openssl(der + ["-out", file + ".key"])
        try Certificates.openssl(der + ["-pubout", "-out", file + ".pub"])
        // Both end with the 32 bytes of the key itself.
        let (secret, open) = (try Self.bytes(file + ".key"), try Self.bytes(file + ".pub"))
        publicKey = Self.text([role.rawValue] + open.suffix(32))
        let seedPrefix: UInt8 = 144
        seed = Self.text(
            [seedPrefix | role.rawValue >> 5, (role.rawValue & 31) << 3] + secret.suffix(32))
    }

    /// A claim about a key, signed by this one, as a JWT.
    func claim(
        _ type: String, about key: NKeyPair, _ members: [String: JSONValue] = [:]
    ) throws -> String {
        let claim = JSONValue.object([
            "jti": .string(UUID().uuidString), "iat": .integer(Int64(Date().timeIntervalSince1970)),
            "iss": .string(publicKey), "sub": .string(key.publicKey), "name": .string(type),
            "nats": .object(
                members.merging(["type": .string(type), "version": .integer(2)]) { $1 }),
        ])
        let head = JSONValue.object(["typ": .string("JWT"), "alg": .string("ed25519-nkey")])
        let text = Self.base64(try head.encoded()) + "." + Self.base64(try claim.encoded())
        try Data(text.utf8).write(to: URL(fileURLWithPath: file + ".text"))
        try Certificates.openssl([
            "pkeyutl", "-sign", "-rawin", "-inkey", file + ".pem", "-in", file + ".text", "-out",
            file + ".signature",
        ])
        return text + "." + Self.base64(try Self.bytes(file + ".signature"))
    }

    private static func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// Base 32 of the bytes and their checksum.
    private static func text(_ bytes: [UInt8]) -> String {
        var sum: UInt16 = 0
        for byte in bytes {
            sum ^= UInt16(byte) << 8
            for _ in 0..<8 { sum = sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
        }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (text, bits, count) = ("", 0, 0)
        for byte in bytes + [UInt8(sum & 0xFF), UInt8(sum >> 8)] {
            (bits, count) = (bits << 8 | Int(byte), count + 8)
            while count >= 5 {
                count -= 5
                text.append(alphabet[bits >> count & 31])
            }
            bits &= (1 << count) - 1
        }
        if count > 0 { text.append(alphabet[bits << (5 - count) & 31]) }
        return text
    }
}
