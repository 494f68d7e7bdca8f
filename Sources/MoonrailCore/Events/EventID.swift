import CXXHash

/// What makes an event the same event wherever it is seen.
package enum EventID: Hashable, Sendable {
    /// An id given by a producer or a script: UTF-8, 1 to 128 bytes.
    case text(String)
    /// An id computed from the event's cause, so that a repetition computes it again.
    case derived(high: UInt64, low: UInt64)
}

extension EventID: CustomStringConvertible {
    /// The text as given, or 32 lowercase hexadecimal digits.
    package var description: String {
        switch self {
        case .text(let text): text
        case .derived(let high, let low): Self.hexadecimal(high) + Self.hexadecimal(low)
        }
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Derives the ids of a lane's emissions: XXH3-128 (Yann Collet, xxHash 0.8) over generation,
/// partition, offset and emission index, after function and station each with its length.
///
/// A plain hash is enough: ids tell repetitions apart from new events; they keep no secret, and
/// every one of their ingredients is under the operator's control.
package struct EmissionIDSource: Sendable {
    private var material: [UInt8] = []
    private let variableStart: Int

    /// - Parameters:
    ///   - station: where the input event was first stored.
    ///   - partition: its partition there.
    package init(
        function: FunctionName, generation: UInt32, station: StationName, partition: UInt32
    ) {
        for text in [function.text, station.text] {
            material.appendLittleEndian(UInt32(text.utf8.count))
            material.append(contentsOf: text.utf8)
        }
        material.appendLittleEndian(generation)
        material.appendLittleEndian(partition)
        variableStart = material.count
        material.append(contentsOf: repeatElement(0, count: 12))
    }

    /// The id of emission number `index` of the event at `offset`.
    package mutating func id(offset: UInt64, index: UInt32) -> EventID {
        derivedID(offset: offset, index: index).id
    }

    /// The bits of the id of emission number `index` of the event at `offset`.
    mutating func derivedID(offset: UInt64, index: UInt32) -> DerivedID {
        set(offset, index)
        return hash()
    }

    /// The bits of the id of emission number `index` of a timer that fired after the event at
    /// `offset`. The timer is part of it, and not how much was emitted before, so that another
    /// script's emissions of the same timer have the same ids. The event is, as a late event may
    /// set a timer of a time once more that has fired already.
    mutating func derivedID(offset: UInt64, timer: KeyedTimer, index: UInt32) -> DerivedID {
        set(offset, index)
        let count = material.count
        material.appendText(timer.key)
        material.appendText(timer.timer.name)
        material.appendLittleEndian(timer.timer.time.microseconds)
        defer { material.removeLast(material.count - count) }
        return hash()
    }

    private mutating func set(_ offset: UInt64, _ index: UInt32) {
        material.storeLittleEndian(offset, at: variableStart)
        material.storeLittleEndian(index, at: variableStart + 8)
    }

    private func hash() -> DerivedID {
        let hash = material.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
        return DerivedID(high: hash.high64, low: hash.low64)
    }
}

/// The bits of an id that was computed.
package struct DerivedID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The bits as an event's id.
    package var id: EventID { .derived(high: high, low: low) }
}

/// 64 bits of XXH3 over `bytes`: tells whether two payloads with one id are the same payload.
package func contentHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    XXH3_64bits(bytes.baseAddress, bytes.count)
}

/// 64 bits of XXH3 over `bytes` with a seed: what a chunk's checksum is made of.
package func contentHash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed)
}

/// 128 bits of XXH3 over an id's or a key's bytes: stands for it where many are remembered. Among
/// a million, the chance that two different ones meet is below 10^-26.
package struct NameHash: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package init(_ bytes: UnsafeRawBufferPointer) {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        self.init(high: hash.high64, low: hash.low64)
    }

    /// Its bits are as good as random already; half of them tell names apart in a table.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }
}
