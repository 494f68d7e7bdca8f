import MoonrailHTTP

/// Tells on standard error what becomes of the lines of one produce, and adds it up.
struct ProduceReport {
    private let input: LineInput
    private var bar: ProgressBar
    private var bytes = 0
    /// Lines are numbered as in the whole input.
    private(set) var total = ProduceAnswer()

    init(input: LineInput) {
        self.input = input
        bar = ProgressBar(totalBytes: input.totalBytes)
    }

    mutating func note(_ answer: ProduceAnswer, of slice: LineInput.Slice) {
        total.accepted += answer.accepted
        total.duplicates += answer.duplicates
        for refusal in answer.refusals {
            refuse(line: slice.firstLine + refusal.line - 1, reason: refusal.reason)
        }
        let unlisted = answer.rejected - answer.refusals.count
        if unlisted > 0 {
            total.rejected += unlisted
            bar.clear()
            StandardError.write(line: "\(input.name): \(unlisted) more lines were rejected")
        }
        bytes += slice.lines.readableBytes
        bar.show(bytes: bytes, events: total.accepted + total.duplicates)
    }

    mutating func noteTooLong(line: Int) {
        refuse(line: line, reason: "the line is over \(LineCutter.lineBytes) bytes")
    }

    /// Says what it all came to.
    mutating func finish() {
        bar.clear()
        StandardError.write(
            line: "accepted \(total.accepted), duplicate \(total.duplicates), "
                + "rejected \(total.rejected)")
    }

    private mutating func refuse(line: Int, reason: String) {
        total.refuse(line: line, reason: reason)
        bar.clear()
        StandardError.write(line: "\(input.name):\(line): \(reason)")
    }
}
