import CInotify
// A source may be used from any thread; its protocol does not say so on Linux.
@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Hears what happens to the files of some directories, by inotify (man 7 inotify).
///
/// Where there is none, or it overflows, nothing is heard: whoever listens looks at the directories
/// from time to time besides, and needs sounds only to be quick.
final class DirectorySounds: Sendable {
    /// Sounds that nobody took yet; beyond it news are lost, and a look finds what they were of.
    private static let soundsMaximum = 10_000
    private static let mask =
        UInt32(IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM)
        | UInt32(IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR)

    private struct State {
        /// What files of a watched directory are called before their names.
        var prefixes: [Int32: String] = [:]
        var sounds: [(name: String, sound: SettlingFiles.Sound)] = []
        /// Whether there is news that `take` was not called for.
        var isTold = false
    }

    /// Gets a value when something was heard, and no other before `take`.
    let news = Handoff<Void>(capacity: 1)
    private let descriptor: Int32
    private let source: (any DispatchSourceRead)?
    private let state: Mutex<State>

    init() {
        state = Mutex(State())
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else {
            source = nil
            return
        }
        source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "moonrail.functions"))
        source?.setEventHandler { [weak self] in self?.listen() }
        source?.resume()
    }

    deinit {
        guard let source else { return }
        let descriptor = descriptor
        source.setCancelHandler { close(descriptor) }
        source.cancel()
    }

    /// Watches a directory, if it is there. May be repeated, and must be: one that was moved away
    /// and made again is another.
    ///
    /// - Parameter prefix: what its files are called before their own names.
    func watch(_ directory: String, prefix: String) {
        guard descriptor >= 0 else { return }
        state.withLock { state in
            let watch = inotify_add_watch(descriptor, directory, Self.mask)
            if watch >= 0 { state.prefixes[watch] = prefix }
        }
    }

    /// Takes what was heard so far, in order.
    func take() -> [(name: String, sound: SettlingFiles.Sound)] {
        read()
        return state.withLock { state in
            defer {
                state.sounds = []
                state.isTold = false
            }
            return state.sounds
        }
    }

    private func listen() {
        read()
        let isNews = state.withLock { state in
            defer { state.isTold = true }
            return !state.isTold
        }
        if isNews { news.giveAtOnce(()) }
    }

    private func read() {
        guard descriptor >= 0 else { return }
        state.withLock { state in
            withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 8) { buffer in
                while true {
                    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                    guard count > 0 else { return }
                    Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]), into: &state)
                }
            }
        }
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, into state: inout State) {
        let header = MemoryLayout<inotify_event>.size
        var rest = bytes[...]
        while rest.count >= header {
            let event = UnsafeRawBufferPointer(rebasing: rest)
                .loadUnaligned(as: inotify_event.self)
            let end = header + Int(event.len)
            guard rest.count >= end else { return }
            let name = rest.dropFirst(header).prefix(Int(event.len)).prefix { $0 != 0 }
            rest = rest.dropFirst(end)
            guard let prefix = state.prefixes[event.wd], !name.isEmpty,
                state.sounds.count < soundsMaximum
            else { continue }
            let text = prefix + String(decoding: name, as: UTF8.self)
            if event.mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 {
                state.sounds.append((text, .closed))
            } else if event.mask & UInt32(IN_MODIFY) != 0 {
                state.sounds.append((text, .written))
            }
        }
    }
}
