import MoonrailCore

/// Chooses which of the requests that wait go into the next commit. A pure value.
package struct CommitGroup: Sendable {
    /// What one commit takes at most; a larger single request is taken, too.
    package static let events = 8 * Bounds.batchEvents
    package static let bytes = 8 * Bounds.batchBytes
    /// A request of so many events at most is small.
    package static let smallEvents = Bounds.batchEvents / 8

    /// What a request wants to write.
    package struct Size: Hashable, Sendable {
        package let events: Int
        package let bytes: Int

        package init(events: Int, bytes: Int) {
            self.events = events
            self.bytes = bytes
        }
    }

    private var roomEvents = events
    private var roomBytes = bytes

    /// The numbers of those that are taken, ascending: the oldest, so that each has its turn; the
    /// small ones of all that wait, even if the oldest leaves no room; and of the others, in their
    /// order, as many as there is room for.
    ///
    /// - Parameter waiting: in the order in which they came, at least one.
    package static func numbers(of waiting: [Size]) -> [Int] {
        var group = CommitGroup()
        group.take(waiting[0])
        var smallGroup = CommitGroup()
        var isTaken = [Bool](repeating: false, count: waiting.count)
        isTaken[0] = true
        for (number, size) in waiting.enumerated().dropFirst() where size.events <= smallEvents {
            guard smallGroup.has(roomFor: size) else { break }
            smallGroup.take(size)
            group.take(size)
            isTaken[number] = true
        }
        for (number, size) in waiting.enumerated() where !isTaken[number] {
            guard group.has(roomFor: size) else { break }
            group.take(size)
            isTaken[number] = true
        }
        return waiting.indices.filter { isTaken[$0] }
    }

    private func has(roomFor size: Size) -> Bool {
        size.events <= roomEvents && size.bytes <= roomBytes
    }

    private mutating func take(_ size: Size) {
        roomEvents -= size.events
        roomBytes -= size.bytes
    }
}
