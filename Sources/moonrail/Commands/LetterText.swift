import MoonrailCore
import MoonrailHTTP

/// Dead letters and their rehearsals for people.
enum LetterText {
    @Sendable static func text(_ letter: LetterMessage) -> String {
        var facts: [(name: String, value: String)] = [
            ("letter", letter.id), ("status", letter.status),
            ("function", "\(letter.function)@\(letter.version.prefix(7))"),
            ("reason", letter.reason), ("message", TerminalText.line(letter.message)),
            ("attempts", "\(letter.attempts)"), ("written", letter.written),
            ("position", letter.position), ("stored", letter.stored),
        ]
        if let behind = letter.behind { facts.append(("behind", behind)) }
        if let timer = letter.timer { facts.append(("timer", TerminalText.line(timer))) }
        if let inputs = letter.inputs, let text = try? inputs.encoded() {
            facts.append(("inputs", TerminalText.line(String(decoding: text, as: UTF8.self))))
        }
        var text = FactList(facts).text + "\n" + event(letter.event)
        if !letter.traceback.isEmpty {
            text += "\ntraceback:\n" + TerminalText.lines(letter.traceback) + "\n"
        }
        if let followUps = letter.followUps, !followUps.isEmpty {
            text += "\n" + history(followUps)
        }
        return text
    }

    @Sendable static func text(_ rehearsal: LetterRehearsalMessage) -> String {
        let letter = rehearsal.letter
        var text = FactList([
            ("letter", letter.id), ("position", letter.position),
            ("failed with", "\(letter.function)@\(letter.version.prefix(7))"),
            ("run with", "\(rehearsal.function)@\(rehearsal.version.prefix(7))"),
        ]).text
        text += "\n" + event(letter.event)
        if !rehearsal.logs.isEmpty {
            text += "\nlogged:\n"
            text += rehearsal.logs.map { "\($0.level)  \(TerminalText.line($0.text))\n" }.joined()
        }
        if let fault = rehearsal.fault {
            text += "\nfailed: \(fault.reason): \(TerminalText.line(fault.message))\n"
            return fault.traceback.isEmpty
                ? text : text + TerminalText.lines(fault.traceback) + "\n"
        }
        if rehearsal.emissions.isEmpty { return text + "\nemitted nothing\n" }
        for emission in rehearsal.emissions {
            text += "\nemitted to \(emission.station):\n" + event(emission.event)
        }
        return text
    }

    /// What is known of an event, and its payload.
    private static func event(_ event: EventMessage) -> String {
        var facts: [(name: String, value: String)] = []
        if let id = event.id { facts.append(("id", TerminalText.line(id))) }
        facts.append(("key", TerminalText.line(event.key ?? event.keyBase64 ?? "-")))
        facts.append(("time", event.time))
        if let type = event.type { facts.append(("type", TerminalText.line(type))) }
        for (name, value) in event.headers.sorted(by: { $0.key < $1.key }) {
            facts.append(("header \(name)", TerminalText.line(value)))
        }
        facts.append(
            ("data", event.payload.map(TerminalText.line) ?? event.payloadBase64 ?? ""))
        return FactList(facts).text
    }

    private static func history(_ followUps: [LetterMessage.FollowUp]) -> String {
        var table = TextTable([.left("time"), .left("what became of it"), .left("facts")])
        return table.lines(
            followUps.map { followUp in
                let facts = (try? followUp.facts.encoded()) ?? []
                return [
                    followUp.time, followUp.kind,
                    TerminalText.line(String(decoding: facts, as: UTF8.self)),
                ]
            })
    }
}
