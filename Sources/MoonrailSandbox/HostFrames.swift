import MoonrailCore

/// The frames between worker and function host (`docs/formats.md`), as pure functions on bytes.
///
/// What a host sends is checked in full: no bytes, however they were made, do more than throw.
package enum HostFrames {
    /// The field that says how many bytes follow it.
    static let lengthBytes = 4
    /// Length, kind, flags, two zero bytes, epoch.
    package static let headerBytes = 12
    private static let kindIndex = 4
    private static let flagsIndex = 5
    private static let epochIndex = 8
    /// Flag of a RUN: the time of each event is to be told.
    private static let timedFlag: UInt8 = 1

    /// The second field of a frame.
    package enum Kind: UInt8, Sendable {
        case load = 1
        case run = 2
        case prepare = 3
        case runPrepared = 4
        case ready = 128
        case loaded = 129
        case loadFailed = 130
        case result = 131
        case prepared = 132
    }

    /// The bytes of a frame's header, with no length and no epoch yet.
    static func start(_ kind: Kind, bodyBytes: Int) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(headerBytes + bodyBytes)
        frame.append(contentsOf: repeatElement(0, count: headerBytes))
        frame[kindIndex] = kind.rawValue
        return frame
    }

    /// Writes the length of a frame whose body is complete.
    static func finish(_ frame: inout [UInt8]) {
        frame.storeLittleEndian(UInt32(frame.count - lengthBytes), at: 0)
    }

    /// Has the host of a RUN tell how long each event takes.
    static func setTimed(_ frame: inout [UInt8]) {
        frame[flagsIndex] |= timedFlag
    }

    /// Writes the epoch, which is known when the frame is sent.
    package static func setEpoch(_ epoch: UInt32, of frame: inout [UInt8]) {
        frame.storeLittleEndian(epoch, at: epochIndex)
    }

    /// The kind of a whole frame.
    /// - Throws: for a kind that is not known, and when the bytes that must be zero are not.
    static func kind(of frame: UnsafeRawBufferPointer) throws(ProtocolBreach) -> Kind {
        guard let kind = Kind(rawValue: frame[kindIndex]) else {
            throw ProtocolBreach("it sent a frame of kind \(frame[kindIndex])")
        }
        guard frame[kindIndex + 1..<epochIndex].allSatisfy({ $0 == 0 }) else {
            throw ProtocolBreach("it sent a frame whose reserved bytes are not zero")
        }
        return kind
    }

    /// The epoch of a whole frame.
    package static func epoch(of frame: [UInt8]) -> UInt32 {
        frame.withUnsafeBytes { $0.littleEndian(UInt32.self, at: epochIndex) }
    }
}

/// What a host sent that the protocol does not allow. The host is not to be used any more.
package struct ProtocolBreach: Error, Hashable, Sendable, CustomStringConvertible {
    /// What it did, beginning with "it".
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
