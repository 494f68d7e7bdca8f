/// Which functions lead from which stations to which: finds loops before they run.
package struct FunctionGraph: Sendable {
    private var functions: [FunctionDefinition] = []

    package init() {}

    /// Adds a function, unless it would close a loop in which no function is declared to be part of
    /// one.
    ///
    /// A function writes its dead letters, too: one that reads them and emits to what the first
    /// one reads is a loop.
    ///
    /// - Throws: `UndeclaredLoop`.
    package mutating func add(_ function: FunctionDefinition) throws(UndeclaredLoop) {
        let way = wayBack(to: function)
        if let way, !function.isLoop, !way.contains(where: { $0.function.isLoop }) {
            throw UndeclaredLoop(way: way.flatMap { [$0.function.name.text, $0.station.text] })
        }
        functions.append(function)
    }

    /// Adds a function in the place of the one that has its name, if there is one; when that can't
    /// be, the graph stays as it was.
    ///
    /// - Throws: `UndeclaredLoop`.
    package mutating func replace(_ function: FunctionDefinition) throws(UndeclaredLoop) {
        guard let index = functions.firstIndex(where: { $0.name == function.name }) else {
            return try add(function)
        }
        let before = functions.remove(at: index)
        do {
            try add(function)
        } catch {
            functions.insert(before, at: index)
            throw error
        }
    }

    private struct Hop {
        let function: FunctionDefinition
        /// The station through which it leads on.
        let station: StationName
    }

    /// The shortest way from what `start` writes to what it reads; nil when there is none.
    private func wayBack(to start: FunctionDefinition) -> [Hop]? {
        var ways = start.outlets.map { [Hop(function: start, station: $0)] }
        var seen = Set(start.outlets)
        while !ways.isEmpty {
            var next: [[Hop]] = []
            for way in ways {
                guard let station = way.last?.station else { continue }
                if start.from.contains(station) { return way }
                for function in functions where function.from.contains(station) {
                    for outlet in function.outlets where seen.insert(outlet).inserted {
                        next.append(way + [Hop(function: function, station: outlet)])
                    }
                }
            }
            ways = next
        }
        return nil
    }
}

extension FunctionDefinition {
    /// All stations that it may write.
    fileprivate var outlets: [StationName] { to + [.deadLetters(of: name)] }
}

/// A function that would feed itself, directly or through others.
package struct UndeclaredLoop: Error, Hashable, Sendable, CustomStringConvertible {
    /// Function, station, function, station, ...
    package let way: [String]

    package init(way: [String]) {
        self.way = way
    }

    package var description: String {
        "it closes a loop, which would never end: \(way.joined(separator: " -> ")) -> "
            + "\(way.first ?? ""); break it, or declare in one of its functions that it is meant, "
            + "with loop = true"
    }
}
