import MoonrailCore

/// Timers that wait, by their keys in the index: a heap, the next one first. A pure value.
struct WaitingTimers {
    private var waiting: Set<[UInt8]> = []
    /// Some of them may wait no more.
    private var heap: [[UInt8]] = []

    mutating func insert(_ timer: [UInt8]) {
        guard waiting.insert(timer).inserted else { return }
        push(timer)
    }

    mutating func remove(_ timer: [UInt8]) {
        waiting.remove(timer)
    }

    /// Those that wait for `end` or an earlier time, the next one first, of so many keys at most.
    /// They wait on.
    ///
    /// - Returns: and whether there are more.
    mutating func due(until end: EventTime, keys: Int) -> (timers: [KeyedTimer], isCut: Bool) {
        var due: [[UInt8]] = []
        var timers: [KeyedTimer] = []
        var found: Set<[UInt8]> = []
        var isCut = false
        while let next = heap.first, let timer = KeyedTimer(indexKey: next),
            timer.timer.time <= end
        {
            if waiting.contains(next), due.last != next {
                if !found.contains(timer.key), found.count == keys {
                    isCut = true
                    break
                }
                found.insert(timer.key)
                due.append(next)
                timers.append(timer)
            }
            pop()
        }
        for timer in due { push(timer) }
        return (timers, isCut)
    }

    private mutating func push(_ timer: [UInt8]) {
        heap.append(timer)
        var at = heap.count - 1
        while at > 0, heap[at].lexicographicallyPrecedes(heap[(at - 1) / 2]) {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var at = 0
        while true {
            var first = at
            for child in [2 * at + 1, 2 * at + 2] where child < heap.count {
                if heap[child].lexicographicallyPrecedes(heap[first]) { first = child }
            }
            if first == at { return }
            heap.swapAt(at, first)
            at = first
        }
    }
}
