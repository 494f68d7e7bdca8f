import MoonrailCore

/// A function to begin with, and its tests, which pass as they are.
struct FunctionTemplate {
    let from: StationName
    let to: StationName

    var script: String {
        """
        -- Say here in a sentence what it does.
        ---@type moonrail.Function
        local definition = {
          from = "\(from)",
          to = "\(to)",

          handler = function(event, context)
            local data = event.data
            -- What can't be used becomes a dead letter, and the next event runs.
            if type(data) ~= "table" then return context.reject("not an object") end
            data.seen = true
            -- One event for the first station of `to`; nil would drop it.
            return data
          end,
        }

        return definition

        """
    }

    var tests: String {
        """
        - name: an event is passed on, marked as seen
          event: { data: { number: 1 }, key: a }
          emits:
            \(to):
              - data: { number: 1, seen: true }
                key: a

        - name: what is no object is rejected
          event: { data: 7 }
          rejects: not an object

        """
    }
}
