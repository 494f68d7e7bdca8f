import Foundation
import Glibc

/// Certificates that `openssl` makes for one test.
package struct Certificates {
    /// An authority and what it signs.
    package struct Authority: Sendable {
        let folder: URL
        let name: String

        /// Whoever trusts this, trusts what it signed.
        package var file: String { folder.appendingPathComponent("\(name).pem").path }
        fileprivate var key: String { folder.appendingPathComponent("\(name).key").path }
    }

    /// A certificate and its key, as files.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String
    }

    /// `openssl` did not do it.
    package struct Failed: Error {
        package let what: String
    }

    package let folder: URL

    /// - Parameter folder: where they are put.
    package init(folder: URL) {
        self.folder = folder
    }

    /// Makes an authority that only those know who get its file.
    package func authority(_ name: String) throws -> Authority {
        let authority = Authority(folder: folder, name: name)
        try Self.openssl(
            ["req", "-x509"] + Self.newKey + [
                "-keyout", authority.key, "-out", authority.file, "-subj", "/CN=\(name)",
                "-days", "2",
            ])
        return authority
    }

    /// Makes a certificate.
    ///
    /// - Parameters:
    ///   - names: as `subjectAltName` has them.
    ///   - days: how long it is valid; less than none for one that has expired.
    package func identity(
        _ name: String, by authority: Authority, names: String = "DNS:localhost,IP:127.0.0.1",
        days: Int = 2
    ) throws -> Identity {
        let base = folder.appendingPathComponent(name).path
        try Self.openssl(
            ["req"] + Self.newKey + [
                "-keyout", base + ".key", "-out", base + ".csr", "-subj", "/CN=\(name)",
            ])
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(fileURLWithPath: base + ".ext"))
        try Self.openssl([
            "x509", "-req", "-in", base + ".csr", "-CA", authority.file, "-CAkey", authority.key,
            "-CAcreateserial", "-days", "\(days)", "-extfile", base + ".ext", "-out",
            base + ".pem",
        ])
        return Identity(certificate: base + ".pem", key: base + ".key")
    }

    private static let newKey = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
    ]

    /// Runs `openssl` to its end.
    ///
    /// - Returns: what it wrote, to whichever stream.
    @discardableResult
    package static func openssl(_ arguments: [String], mayFail: Bool = false) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        while process.isRunning { usleep(1_000) }
        guard mayFail || process.terminationStatus == 0 else {
            throw Failed(what: "openssl \(arguments): \(text)")
        }
        return text
    }
}
