import MoonrailEmbedded
import MoonrailTestSupport
import Testing

@Suite struct RowSearchTests {
    /// Rows of a partition: their first offsets, and totals that never decrease.
    private struct Rows {
        var firsts: [UInt64] = []
        var totals: [Int64] = []
        var end: UInt64 = 0

        mutating func append(_ count: UInt64, total: Int64) {
            firsts.append(end)
            totals.append(total)
            end += count
        }

        func count(_ row: Int) -> UInt64 {
            (row + 1 < firsts.count ? firsts[row + 1] : end) - firsts[row]
        }

        /// The number of the row that holds `offset`.
        func row(at offset: UInt64) -> Int {
            firsts.lastIndex { $0 <= offset } ?? 0
        }
    }

    /// - Returns: what was found, and after how many look-ups.
    private func search(
        for value: Int64, in rows: Rows, from earliest: Int = 0, last: Int64?
    ) -> (first: UInt64?, lookUps: Int) {
        var search = RowSearch(
            for: value, in: rows.firsts[earliest]..<rows.end, last: last)
        var lookUps = 0
        while let offset = search.next() {
            lookUps += 1
            let row = rows.row(at: offset)
            search.found(
                rows.firsts[row], count: rows.count(row), total: rows.totals[row], at: offset)
        }
        return (search.place, lookUps)
    }

    @Test func `whatever the totals, the first row that reaches the value is found`() {
        var generator = SeededGenerator.printed()
        for _ in 0..<500 {
            var rows = Rows()
            var total: Int64 = Int64.random(in: -5...5, using: &generator)
            for _ in 0..<Int.random(in: 1...60, using: &generator) {
                // Steep here, flat there.
                if Bool.random(using: &generator) {
                    total += Int64.random(in: 0...1_000_000, using: &generator)
                } else {
                    total += Int64.random(in: 0...3, using: &generator)
                }
                rows.append(UInt64.random(in: 1...512, using: &generator), total: total)
            }
            for _ in 0..<20 {
                let wanted =
                    rows.totals.randomElement(using: &generator).map {
                        $0 + Int64.random(in: -2...2, using: &generator)
                    } ?? 0
                let expected = rows.totals.firstIndex { $0 >= wanted }.map { rows.firsts[$0] }
                #expect(search(for: wanted, in: rows, last: nil).first == expected)
                #expect(search(for: wanted, in: rows, last: total).first == expected)
            }
        }
    }

    @Test func `where events come evenly a few look-ups find a row among a hundred thousand`() {
        var rows = Rows()
        for row in 0..<100_000 { rows.append(512, total: Int64(row) * 1_000) }
        for row in stride(from: 0, to: 100_000, by: 997) {
            let found = search(for: Int64(row) * 1_000 - 1, in: rows, last: 99_999_000)
            #expect(found.first == rows.firsts[row])
            #expect(found.lookUps <= 6)
        }
    }

    @Test func `where they come unevenly it takes no more than three times what halving takes`() {
        var rows = Rows()
        var total: Int64 = 1
        for row in 0..<40 {
            rows.append(512, total: total)
            // Every guess is far off.
            if row < 38 { total *= 2 }
        }
        for row in 0..<38 {
            let found = search(for: rows.totals[row], in: rows, last: total)
            #expect(found.first == rows.firsts[row])
            // 40 * 512 offsets are halved 15 times.
            #expect(found.lookUps <= 3 * 15 + 1)
        }
    }

    @Test func `rows that are gone are passed over`() {
        var search = RowSearch(for: 10, in: 0..<1_024, last: 20)
        var lookUps = 0
        while let offset = search.next() {
            lookUps += 1
            if offset < 512 {
                search.nothing(at: offset)
            } else {
                search.found(512, count: 512, total: 20, at: offset)
            }
        }
        #expect(search.place == 512)
        #expect(lookUps <= 12)
    }

    @Test func `what earlier searches saw leads to the same rows, whatever became of theirs`() {
        var generator = SeededGenerator.printed()
        for _ in 0..<100 {
            var rows = Rows()
            var marks = RowMarks()
            var total: Int64 = 0
            var earliest = 0
            for _ in 0..<60 {
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    total += Int64.random(in: 0...3, using: &generator)
                    rows.append(UInt64.random(in: 1...512, using: &generator), total: total)
                }
                // Two rows are merged, and the first one is removed.
                let merged = Int.random(in: earliest..<rows.firsts.count, using: &generator)
                if merged + 1 < rows.firsts.count {
                    rows.firsts.remove(at: merged + 1)
                    rows.totals.remove(at: merged)
                }
                if Bool.random(using: &generator), earliest + 1 < rows.firsts.count {
                    earliest += 1
                }
                let wanted = Int64.random(in: -1...total + 1, using: &generator)
                var search = RowSearch(
                    for: wanted, in: rows.firsts[earliest]..<rows.end, last: total, marks: marks)
                while let offset = search.next() {
                    let row = rows.row(at: offset)
                    let (first, count) = (rows.firsts[row], rows.count(row))
                    search.found(first, count: count, total: rows.totals[row], at: offset)
                    marks.insert(first, count: count, total: rows.totals[row])
                }
                let expected = rows.totals.indices.first {
                    $0 >= earliest && rows.totals[$0] >= wanted
                }
                #expect(search.place.map { rows.row(at: $0) } == expected)
                if search.isBeginning, let place = search.place {
                    #expect(rows.firsts.contains(place))
                }
            }
        }
    }

    @Test func `where many were searched for, the next takes few look-ups whatever the totals`() {
        var generator = SeededGenerator.printed()
        var rows = Rows()
        var total: Int64 = 0
        for _ in 0..<100_000 {
            // Mostly quick, with long rests.
            total += Int.random(in: 0..<1_000, using: &generator) == 0 ? 100_000_000 : 1_000
            rows.append(512, total: total)
        }
        var marks = RowMarks()
        var lookUps: [Int] = []
        for _ in 0..<1_000 {
            let wanted = rows.totals.randomElement(using: &generator) ?? 0
            var search = RowSearch(for: wanted, in: 0..<rows.end, last: total, marks: marks)
            var count = 0
            while let offset = search.next() {
                count += 1
                let row = rows.row(at: offset)
                search.found(rows.firsts[row], count: 512, total: rows.totals[row], at: offset)
                marks.insert(rows.firsts[row], count: 512, total: rows.totals[row])
            }
            #expect(search.place.map { rows.totals[rows.row(at: $0)] } == wanted)
            lookUps.append(count)
        }
        let (early, late) = (lookUps[..<100].reduce(0, +), lookUps[900...].reduce(0, +))
        print("look-ups of the first hundred: \(early), of the last: \(late)")
        #expect(late < early && late <= 500)
    }
}
