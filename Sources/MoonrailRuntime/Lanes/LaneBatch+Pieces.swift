import MoonrailCore

extension LaneBatch {
    /// The batch, cut behind each of these events that is in it.
    func pieces(cutBehind places: Set<InputPlace>) -> [LaneBatch] {
        if places.isEmpty { return [self] }
        var pieces: [LaneBatch] = []
        var piece: [StoredEvents] = []
        for part in parts {
            var first = part.offsets[0]
            for offset in part.offsets.dropLast()
            where places.contains(InputPlace(station: part.station, offset: offset)) {
                pieces.append(LaneBatch(piece + [part.part(first...offset)]))
                piece = []
                first = offset + 1
            }
            guard let last = part.offsets.last else { continue }
            piece.append(first == part.offsets[0] ? part : part.part(first...last))
            if places.contains(InputPlace(station: part.station, offset: last)) {
                pieces.append(LaneBatch(piece))
                piece = []
            }
        }
        return piece.isEmpty ? pieces : pieces + [LaneBatch(piece)]
    }
}
