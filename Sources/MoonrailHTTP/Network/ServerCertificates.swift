import Dispatch
import Glibc
import Logging
import MoonrailCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// The certificate that a server shows, and the authorities whose clients it lets in. Its files are
/// looked at every second: new ones count for connections that come from then on, and those that
/// are there stay as they are.
package final class ServerCertificates: Service {
    /// Where they lie.
    package struct Files: Hashable, Sendable {
        /// The server's certificate, and those between it and its authority.
        package var certificate: String
        package var key: String
        /// The authorities of clients' certificates; nil: none is asked for.
        package var clientAuthorities: String?
        /// Whether clients without a certificate are refused.
        package var requiresClientCertificate: Bool

        package init(
            certificate: String, key: String, clientAuthorities: String? = nil,
            requiresClientCertificate: Bool = true
        ) {
            self.certificate = certificate
            self.key = key
            self.clientAuthorities = clientAuthorities
            self.requiresClientCertificate = requiresClientCertificate
        }

        var all: [String] { [certificate, key] + (clientAuthorities.map { [$0] } ?? []) }
    }

    /// What tells a file from the one that was there before.
    private struct Mark: Hashable, Sendable {
        var device: UInt = 0
        var node: UInt = 0
        var bytes = 0
        var seconds = 0
        var nanoseconds = 0

        /// Blocks. All zeros for a file that is not there.
        init(of path: String) {
            var facts = stat()
            guard stat(path, &facts) == 0 else { return }
            device = UInt(facts.st_dev)
            node = UInt(facts.st_ino)
            bytes = Int(facts.st_size)
            seconds = facts.st_mtim.tv_sec
            nanoseconds = facts.st_mtim.tv_nsec
        }
    }

    private struct State {
        var context: NIOSSLContext
        var marks: [Mark]
    }

    private let files: Files
    private let logger: Logger
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "moonrail.certificates")

    /// Blocks while it reads the files.
    ///
    /// - Throws: `EngineError.unavailable` that says what is wrong with which file.
    package init(_ files: Files, logger: Logger) throws(EngineError) {
        self.files = files
        self.logger = logger
        // Marks first: what is written in between is read again.
        let marks = files.all.map { Mark(of: $0) }
        state = Mutex(State(context: try Self.context(of: files), marks: marks))
    }

    /// What new connections are made with.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Looks at the files until a graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: NetworkBounds.certificateGlance)) != nil {
                await withCheckedContinuation { continuation in
                    self.queue.async {
                        self.look()
                        continuation.resume()
                    }
                }
            }
        }
    }

    private func look() {
        let marks = files.all.map { Mark(of: $0) }
        guard marks != state.withLock({ $0.marks }) else { return }
        do {
            let context = try Self.context(of: files)
            state.withLock { $0 = State(context: context, marks: marks) }
            logger.notice("new connections get the new certificate")
        } catch {
            // Half a change: it is tried again when the files change further.
            state.withLock { $0.marks = marks }
            logger.error("the certificate stays as it was: \(error)")
        }
    }

    private static func context(of files: Files) throws(EngineError) -> NIOSSLContext {
        let chain = try certificates(in: files.certificate)
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw .unavailable("\(files.key) holds no key in PEM that can be read (\(error))")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let authorities = files.clientAuthorities {
            configuration.trustRoots = .certificates(try certificates(in: authorities))
            configuration.certificateVerification =
                files.requiresClientCertificate ? .noHostnameVerification : .optionalVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unavailable(
                "\(files.certificate) and \(files.key) can't be used together (\(error))")
        }
    }

    private static func certificates(in file: String) throws(EngineError) -> [NIOSSLCertificate] {
        do {
            let found = try NIOSSLCertificate.fromPEMFile(file)
            if !found.isEmpty { return found }
        } catch {
            throw .unavailable("\(file) holds no certificates in PEM that can be read (\(error))")
        }
        throw .unavailable("\(file) holds no certificate in PEM")
    }
}
