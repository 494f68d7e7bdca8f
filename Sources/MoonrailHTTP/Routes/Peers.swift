import Dispatch
import Glibc
import MoonrailRuntime
import NIOCore
import Synchronization

/// Who is at the other end of a connection to the local socket, as the kernel says.
package struct Peer: Hashable, Sendable {
    package let uid: UInt32

    package init(uid: UInt32) {
        self.uid = uid
    }

    /// Whether it may use the API of a process that `owner` runs: that user and root may. The
    /// socket's mode lets nobody else connect, unless somebody changed it.
    package func mayAsk(processOf owner: UInt32) -> Bool { uid == owner || uid == 0 }

    /// As the audit shows it.
    package func name() async -> String {
        let uid = uid
        // Where names come over the network, looking one up may take a while.
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Asker.name(ofUser: uid)) }
        }
    }
}

/// The peers of the connections that there are now: asked for once for each.
final class Peers: Sendable {
    /// `struct ucred` (man 7 unix), which Swift's Glibc lacks: three numbers of 32 bits.
    private struct Credentials: Sendable {
        var pid: Int32 = 0
        var uid: UInt32 = 0
        var gid: UInt32 = 0
    }

    private let peers = Mutex<[ObjectIdentifier: Peer]>([:])

    /// The peer of a connection.
    ///
    /// - Throws: when it is closed, or no socket of this machine.
    func peer(of channel: any Channel) async throws -> Peer {
        let id = ObjectIdentifier(channel)
        if let known = peers.withLock({ $0[id] }) { return known }
        guard let socket = channel as? any SocketOptionProvider else {
            throw ChannelError.operationUnsupported
        }
        let credentials: Credentials = try await socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        let peer = Peer(uid: credentials.uid)
        peers.withLock { $0[id] = peer }
        // Another connection may get this one's address once it is gone.
        channel.closeFuture.whenComplete { [weak self] _ in self?.forget(id) }
        return peer
    }

    private func forget(_ id: ObjectIdentifier) {
        peers.withLock { $0[id] = nil }
    }
}
