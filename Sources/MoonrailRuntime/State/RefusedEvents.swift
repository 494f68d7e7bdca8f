import MoonrailCore
import Synchronization

/// Events whose emissions could not be appended, of a lane that keeps state: what ran after them
/// saw state that came to nothing, so that the lane begins again before them and knows of them.
final class RefusedEvents: Sendable {
    private let places = Mutex<Set<InputPlace>>([])

    func insert(_ refused: [InputPlace]) {
        places.withLock { $0.formUnion(refused) }
    }

    func contains(_ place: InputPlace) -> Bool {
        places.withLock { $0.contains(place) }
    }

    var isEmpty: Bool { places.withLock(\.isEmpty) }
}
