/// What a function with timers must come to, computed naively: one event after the other, without
/// batches, hosts or a store.
struct TimerModel {
    static let lateness = 5_000

    /// The function that it stands for.
    static func script(batch: Int) -> String {
        """
        return {
          from = "in", to = "out", batch = \(batch), state = { key = "k" },
          timers = { lateness = "5s" },
          handler = function(event, context)
            local data, state = event.data, context.state
            state.n = (state.n or 0) + 1
            if data.name then context.timer(data.at, data.name) end
            if data.remove then context.timer(nil, data.remove) end
            if data.bad then error("bad event") end
            if data.clear then state.n, state.fired = nil, nil end
            return { k = data.k, n = state.n or 0 }
          end,
          on_timer = function(timer, context)
            local state = context.state
            state.fired = (state.fired or 0) + 1
            if timer.name == "again" and state.fired % 4 ~= 0 then
              context.timer(timer.time + 1500, "again")
            end
            if timer.name == "bad" then error("bad timer") end
            if timer.name == "end" then
              state.n, state.fired = nil, nil
              context.timer(nil, "again")
            end
            return { k = timer.key, name = timer.name, at = timer.time, fired = state.fired or 0 }
          end,
        }
        """
    }

    struct Input {
        var time: Int
        var key: String
        var set: (name: String, at: Int)?
        var remove: String?
        var isBad = false
        var clears = false

        var payload: String {
            var members = [#""k":"\#(key)""#]
            if let set { members.append(#""name":"\#(set.name)","at":\#(set.at)"#) }
            if let remove { members.append(#""remove":"\#(remove)""#) }
            if isBad { members.append(#""bad":true"#) }
            if clears { members.append(#""clear":true"#) }
            return "{\(members.joined(separator: ","))}"
        }

        static func random(
            _ number: Int, using random: inout some RandomNumberGenerator
        ) -> Input {
            // Time goes on, now and then in a leap, and events come in another order.
            let time =
                number * 300 + number / 200 * 20_000 - Int.random(in: 0..<8_000, using: &random)
            var input = Input(
                time: time, key: "k\(Int.random(in: 0..<20, using: &random))")
            let names = ["a", "again", "b", "bad", "end", "late"]
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let name = names[Int.random(in: 0..<names.count, using: &random)]
                input.set = (name, time + Int.random(in: -9_000..<20_000, using: &random))
            case 5: input.remove = names[Int.random(in: 0..<names.count, using: &random)]
            default: break
            }
            input.isBad = Int.random(in: 0..<12, using: &random) == 0
            input.clears = Int.random(in: 0..<15, using: &random) == 0
            return input
        }
    }

    private struct State {
        var n: Int?
        var fired: Int?
        var timers: [String: Int] = [:]
    }

    private var states: [String: State] = [:]
    private var watermark = Int.min
    private(set) var outputs: [String] = []
    /// Messages of events and timers that failed, in order.
    private(set) var failures: [String] = []

    mutating func take(_ input: Input) {
        var state = states[input.key] ?? State()
        state.n = (state.n ?? 0) + 1
        if let set = input.set { state.timers[set.name] = set.at }
        if let name = input.remove { state.timers[name] = nil }
        if input.isBad {
            failures.append("bad event")
        } else {
            if input.clears { (state.n, state.fired) = (nil, nil) }
            outputs.append(#"{"k":"\#(input.key)","n":\#(state.n ?? 0)}"#)
            states[input.key] = state
        }
        watermark = max(watermark, input.time - Self.lateness - 1)
        while let due = nextDue { fire(due) }
    }

    private var nextDue: (time: Int, key: String, name: String)? {
        var first: (time: Int, key: String, name: String)?
        for (key, state) in states {
            for (name, time) in state.timers where time <= watermark {
                if first.map({ (time, key, name) < $0 }) != false { first = (time, key, name) }
            }
        }
        return first
    }

    private mutating func fire(_ due: (time: Int, key: String, name: String)) {
        var state = states[due.key] ?? State()
        state.timers[due.name] = nil
        states[due.key] = state
        let fired = (state.fired ?? 0) + 1
        state.fired = fired
        if due.name == "again", fired % 4 != 0 { state.timers["again"] = due.time + 1_500 }
        if due.name == "bad" { return failures.append("bad timer") }
        if due.name == "end" {
            (state.n, state.fired, state.timers["again"]) = (nil, nil, nil)
        }
        states[due.key] = state
        outputs.append(
            #"{"at":\#(due.time),"fired":\#(state.fired ?? 0),"k":"\#(due.key)","#
                + #""name":"\#(due.name)"}"#)
    }

    /// The state of keys that have some, as JSON.
    var stateTexts: [String: String] {
        var all: [String: String] = [:]
        for (key, state) in states {
            let members = [
                state.fired.map { #""fired":\#($0)"# }, state.n.map { #""n":\#($0)"# },
            ].compactMap { $0 }
            if members.isEmpty, state.timers.isEmpty { continue }
            all[key] = members.isEmpty ? "" : "{\(members.joined(separator: ","))}"
        }
        return all
    }

    /// As `TestLine.timers` tells them.
    var timers: [String] {
        let all = states.flatMap { key, state in
            state.timers.map { (time: $0.value, key: key, name: $0.key) }
        }
        return all.sorted { ($0.time, $0.key, $0.name) < ($1.time, $1.key, $1.name) }
            .map { "\($0.key) \($0.name) \($0.time)" }
    }
}
