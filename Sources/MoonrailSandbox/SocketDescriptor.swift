import Glibc
import MoonrailCore

/// What one attempt to read from or write to a socket came to.
package enum SocketTransfer {
    /// This many bytes, at least one.
    case moved(Int)
    /// Nothing can be moved now.
    case wouldBlock
    /// The other end is closed, or the socket is of no further use.
    case closed
}

/// One end of a stream socket; closed when the last reference to it goes.
///
/// Whoever watches it ends the watch first, so that the number is never given to another file while
/// it is still watched.
final class SocketDescriptor: Sendable {
    /// The descriptor's number, valid as long as this object.
    let number: Int32

    /// Bytes that the kernel may hold for each direction: room for a batch, if it allows as much.
    private static let bufferBytes: Int32 = 1 << 20

    private init(owning number: Int32) {
        self.number = number
    }

    deinit {
        _ = close(number)
    }

    /// Two connected ends, neither inherited by processes that are started. Does not block.
    ///
    /// - Throws: `cannotStart` when the system has no descriptors left.
    static func pair() throws(HostError) -> (SocketDescriptor, SocketDescriptor) {
        var numbers: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &numbers) == 0 else {
            throw .cannotStart("no socket for it: \(systemMessage(errno))")
        }
        for number in numbers {
            for option in [SO_SNDBUF, SO_RCVBUF] {
                var bytes = bufferBytes
                // Only a wish: the kernel's own maximum stands, and any size works.
                _ = setsockopt(
                    number, SOL_SOCKET, option, &bytes, socklen_t(MemoryLayout<Int32>.size))
            }
        }
        return (SocketDescriptor(owning: numbers[0]), SocketDescriptor(owning: numbers[1]))
    }

    /// Writes as much of `bytes`, which is not empty, as there is room for. Never blocks.
    func send(_ bytes: UnsafeRawBufferPointer) -> SocketTransfer {
        transfer { Glibc.send(number, bytes.baseAddress, bytes.count, Self.flags) }
    }

    /// Reads what is there into `room`, which is not empty. Never blocks.
    func receive(into room: UnsafeMutableRawBufferPointer) -> SocketTransfer {
        transfer { recv(number, room.baseAddress, room.count, Self.flags) }
    }

    /// Ends both directions at once, whoever else still holds the descriptor.
    func shutdown() {
        _ = Glibc.shutdown(number, Int32(SHUT_RDWR))
    }

    private static let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)

    /// Repeats a call that a signal interrupted, and reads its result.
    private func transfer(_ call: () -> Int) -> SocketTransfer {
        while true {
            let count = call()
            if count > 0 { return .moved(count) }
            if count == 0 { return .closed }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .wouldBlock
            default: return .closed
            }
        }
    }
}
