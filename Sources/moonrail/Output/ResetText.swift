import MoonrailHTTP

/// A reset as people read it: what moves, what it costs, and who will see it.
enum ResetText {
    static func text(_ plan: ResetPlanMessage) -> String {
        var text = ""
        for lane in plan.lanes {
            for input in lane.inputs {
                text +=
                    "\(plan.function)/\(lane.partition)  \(input.station)  offset "
                    + "\(input.from) -> \(input.to)\n"
            }
        }
        text += FactList(facts(plan)).text
        if !plan.downstream.isEmpty { text += "downstream:\n" }
        for place in plan.downstream {
            let readers =
                place.readers.isEmpty
                ? "no function reads it" : "read by " + place.readers.joined(separator: ", ")
            text +=
                "  \(place.station), written by \(place.writer): \(place.events) events, "
                + "\(plan.outputs == .fill ? "at most" : "about") \(place.expected) more; "
                + "\(readers)\n"
        }
        text +=
            plan.isDone
            ? (plan.outputs == .shadow ? "begun" : "moved")
                + "; see: moonrail replay show \(plan.function)\n"
            : "this is a plan; nothing was done\n"
        return text
    }

    private static func outputs(_ plan: ResetPlanMessage) -> String {
        switch plan.outputs {
        case .append:
            "appended once more, as another generation, about \(plan.emissionsExpected)"
        case .fill: "those that are missing are appended; nothing comes twice"
        case .shadow:
            "go to stations of a shadow, about \(plan.emissionsExpected); what is there stays as "
                + "it is"
        }
    }

    private static func facts(_ plan: ResetPlanMessage) -> [(name: String, value: String)] {
        var facts = [(name: "events that run again", value: "\(plan.eventsAgain)")]
        let passedOver = plan.lanes.reduce(0) { $0 + $1.eventsPassedOver }
        if passedOver > 0 { facts.append(("events that never run", "\(passedOver)")) }
        if plan.eventsAgain > 0 {
            facts.append(
                (
                    "outputs",
                    outputs(plan)
                ))
            let rebuilt = plan.stateKeys.map { keys in
                plan.outputs == .shadow
                    ? "a shadow's own, of about \(keys) keys, from nothing"
                    : "of at most \(keys) keys, as it was there, from the changes in "
                        + "state.\(plan.function)"
            }
            facts.append(("state that is rebuilt", rebuilt ?? "none"))
        }
        if plan.pendingLetters > 0 {
            facts.append(
                ("dead letters that wait", "\(plan.pendingLetters); they stay as they are"))
        }
        return facts
    }
}
