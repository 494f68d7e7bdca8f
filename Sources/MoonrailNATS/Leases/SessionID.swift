import Foundation
import MoonrailCore

/// One stretch of a worker's life in which it shares lanes: 32 hexadecimal digits. A worker that
/// lost its leases goes on as another one.
package struct SessionID: Hashable, Comparable, Sendable {
    package let text: String

    package init() {
        text = UUID().uuidString.replacing("-", with: "").lowercased()
    }

    /// - Returns: nil when the text is none.
    package init?(_ text: String) {
        guard text.utf8.count == 32, text.allSatisfy({ $0.isHexDigit }) else { return nil }
        self.text = text
    }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    /// A number that depends on both and is the same everywhere (FNV-1a).
    func mixed(with lane: LaneID) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (text + lane.description).utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        // Its last bits say little of the first bytes.
        return hash ^ (hash >> 29)
    }
}
