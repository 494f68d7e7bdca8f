import Dispatch
import FoundationEssentials
import MoonrailCore
import Synchronization

/// The tokens of a data directory: a file of it, `tokens.json`, which only the directory's owner
/// reads and writes, so that a worker that runs knows of a change at once.
///
/// It is no station: what is revoked is to be gone, and a backup is not to carry what opens the
/// worker that it was made of.
package final class Tokens: Sendable {
    /// Most tokens: each request is compared with all of them.
    static let countMaximum = 1_000
    /// More than so many tokens take, with as many scopes as they may have.
    private static let fileBytes = 16 << 20

    private struct Contents: Codable {
        static let currentFormat = 1

        var format = currentFormat
        var tokens: [TokenRecord]
    }

    private struct State {
        /// Nil as long as none was ever made.
        var records: [TokenRecord]? {
            didSet { hashes = Self.hashes(of: records) }
        }
        /// Those of the records, in their order.
        private(set) var hashes: [[UInt8]]

        init(records: [TokenRecord]?) {
            self.records = records
            hashes = Self.hashes(of: records)
        }

        private static func hashes(of records: [TokenRecord]?) -> [[UInt8]] {
            (records ?? []).map { Array($0.hash.utf8) }
        }
    }

    private let path: String
    private let now: @Sendable () -> EventTime
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "moonrail.tokens")

    /// Reads the file, if there is one. Blocks.
    ///
    /// - Parameter directory: the data directory, whose lock this process holds.
    /// - Throws: `EngineError.unavailable` when the file is there and can't be read: without it
    ///   nobody knows who may ask.
    package init(
        directory: String, now: @escaping @Sendable () -> EventTime
    ) throws(EngineError) {
        path = directory + "/tokens.json"
        self.now = now
        state = Mutex(State(records: try Self.read(path)))
    }

    /// Whether who has no token may do nothing. So it is from the first token on that was ever
    /// made, and it stays so when the last one is revoked.
    package var areRequired: Bool { state.withLock { $0.records != nil } }

    /// Who has this secret; nil when nobody has, or not any more.
    ///
    /// It compares with all hashes to their ends, so that its time tells nothing of them.
    func authority(of secret: String) -> Authority? {
        let hash = Array(TokenSecret(secret).hash.utf8)
        let (records, hashes) = state.withLock { ($0.records ?? [], $0.hashes) }
        var found: TokenRecord?
        for (record, known) in zip(records, hashes) where Self.areEqual(known, hash) {
            found = record
        }
        guard let found, !found.isExpired(at: now()) else { return nil }
        return Authority(name: "token \(found.name)", scopes: found.scopes)
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }

    /// All that there are, also those that have expired, by name.
    var records: [TokenRecord] { state.withLock { $0.records ?? [] } }

    /// Makes a token; it is on disk when this returns.
    ///
    /// - Returns: its secret, which nobody can tell again, and what is kept of it.
    /// - Throws: `Problem` when the name is taken or there are too many; `EngineError` when it
    ///   can't be written.
    func create(
        _ name: TokenName, scopes: [Scope], expires: EventTime?
    ) async throws -> (secret: TokenSecret, record: TokenRecord) {
        let secret = TokenSecret()
        let record = TokenRecord(
            name: name.text, hash: secret.hash, scopes: scopes, created: now().description,
            expires: expires?.microseconds)
        try await change { records throws(Problem) in
            guard !records.contains(where: { $0.name == name.text }) else {
                throw .tokenExists(name)
            }
            guard records.count < Self.countMaximum else { throw .tooManyTokens }
            records.append(record)
            records.sort { $0.name < $1.name }
        }
        return (secret, record)
    }

    /// Takes a token away: no request that comes from then on gets anything for it. On disk when
    /// this returns.
    ///
    /// - Throws: `Problem` when there is none of the name; `EngineError` when it can't be written.
    func revoke(_ name: TokenName) async throws {
        try await change { records throws(Problem) in
            let before = records.count
            records.removeAll { $0.name == name.text }
            guard records.count < before else {
                throw .tokenNotFound(name, known: records.map(\.name))
            }
        }
    }

    /// Changes are made one after another, first on disk.
    private func change(
        _ body: @escaping @Sendable (inout [TokenRecord]) throws(Problem) -> Void
    ) async throws {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        var records = self.records
                        try body(&records)
                        try self.write(records)
                        self.state.withLock { $0.records = records }
                    })
            }
        }
    }

    private func write(_ records: [TokenRecord]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try SecretFile(path).replace(with: Array(try encoder.encode(Contents(tokens: records))))
    }

    private static func read(_ path: String) throws(EngineError) -> [TokenRecord]? {
        guard let bytes = try SecretFile(path).bytes(most: fileBytes) else { return nil }
        do {
            let contents = try JSONDecoder().decode(Contents.self, from: Data(bytes))
            if contents.format == Contents.currentFormat { return contents.tokens }
        } catch {
            throw .unavailable(
                "\(path) is damaged, so that nobody knows who may ask: restore it, or remove it to "
                    + "begin without tokens")
        }
        throw .unavailable("\(path) was written by a newer Moonrail")
    }
}

extension Problem {
    static func tokenExists(_ name: TokenName) -> Problem {
        Problem(
            "token-exists", title: "There is a token of this name", status: 409,
            detail: "token '\(name)' exists; revoke it first, or choose another name")
    }

    static func tokenNotFound(_ name: TokenName, known: [String]) -> Problem {
        Problem(
            "token-not-found", title: "No such token", status: 404,
            detail: "token '\(name)' does not exist\(suggestion(for: name.text, among: known))")
    }

    static let tooManyTokens = Problem(
        "too-many-tokens", title: "There are too many tokens", status: 409,
        detail: "there are \(Tokens.countMaximum) tokens; revoke those that nobody needs")
}
