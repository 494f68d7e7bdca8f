import MoonrailCore

/// Builds the frames that a host sends.
enum ReplyFrame {
    static func ready(_ layers: String = "{}") -> [UInt8] { text(128, [layers]) }
    static func loaded(_ table: String) -> [UInt8] { text(129, [table]) }
    static func loadFailed(_ message: String, _ traceback: String) -> [UInt8] {
        text(130, [message, traceback])
    }

    static func text(_ kind: UInt8, _ texts: [String]) -> [UInt8] {
        var body: [UInt8] = []
        for text in texts { body.appendText(text) }
        return frame(kind, body)
    }

    static func frame(_ kind: UInt8, _ body: [UInt8], epoch: UInt32 = 0) -> [UInt8] {
        var frame: [UInt8] = []
        frame.appendLittleEndian(UInt32(8 + body.count))
        frame += [kind, 0, 0, 0]
        frame.appendLittleEndian(epoch)
        return frame + body
    }

    /// What an event came to, before it is bytes.
    enum Result {
        case done([(output: Int, event: Event)])
        case rejected(String)
        case raised(String, String)
        case limit(UInt8, String)
    }

    static func result(
        _ results: [Result], logs: [RunReply.LogLine] = [], times: [UInt64] = []
    ) -> [UInt8] {
        var body: [UInt8] = []
        body.appendLittleEndian(UInt32(results.count))
        for result in results {
            switch result {
            case .done(let emissions):
                body.append(0)
                body.appendLittleEndian(UInt32(emissions.count))
                for emission in emissions {
                    body.appendLittleEndian(UInt32(emission.output))
                    body += record(emission.event)
                }
            case .rejected(let reason):
                body.append(1)
                body.appendText(reason)
            case .raised(let message, let traceback):
                body.append(2)
                body.appendText(message)
                body.appendText(traceback)
            case .limit(let which, let message):
                body += [3, which]
                body.appendText(message)
            }
        }
        body.appendLittleEndian(UInt32(logs.count))
        for log in logs {
            body.appendLittleEndian(UInt32(log.event))
            body.append(log.level.rawValue)
            body.appendText(log.text)
            body.appendText(log.fields)
        }
        body.appendLittleEndian(UInt32(0))
        for time in times { body.appendLittleEndian(time) }
        return frame(131, body)
    }

    static func record(_ event: Event) -> [UInt8] {
        var records = EventRecords()
        records.append(event)
        return records.bytes
    }
}

extension RunReply {
    /// The events that the outcome at `index` emitted, with their outputs; nil when it failed.
    func emitted(_ index: Int) -> [(output: Int, event: Event)]? {
        guard case .done(let range) = outcomes[index] else { return nil }
        return range.map { withEmission($0) { ($0, $1.event) } }
    }

    func fault(_ index: Int) -> FunctionFault? {
        guard case .failed(let fault) = outcomes[index] else { return nil }
        return fault
    }
}
