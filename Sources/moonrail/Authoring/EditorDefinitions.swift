/// What editors with lua-language-server know of scripts: completion, types and texts on hovering.
/// A test compares it with what definitions and hosts really take and give.
enum EditorDefinitions {
    /// The definitions, to be written to a file that is no script.
    static let text = contract + library

    /// The settings that make the language server read them.
    ///
    /// - Parameter functions: the functions directory, relative to the file of these settings.
    static func settings(functions: String) -> String {
        """
        {
          "runtime.version": "Lua 5.4",
          "runtime.path": ["\(functions)/?.lua"],
          "runtime.builtin": {
            "basic": "disable",
            "coroutine": "disable",
            "debug": "disable",
            "io": "disable",
            "os": "disable",
            "package": "disable"
          },
          "workspace.library": ["\(functions)/.luals"]
        }

        """
    }

    private static let contract = """
        ---@meta

        -- What a function's file returns, what its handler is given, and the names that it finds.
        -- Written by `moonrail function init`; docs/functions.md says more.

        ---A function: what it reads, what it may write, and what it does with each event.
        ---@class (exact) moonrail.Function
        ---The station that it reads, or a list of stations.
        ---@field from string|string[]
        ---The station that it writes, or a list of them; the first is the default.
        ---@field to? string|string[]
        ---Called once for each event. A table becomes one event for the first station of `to`, and
        ---a second table its headers; nil drops the event.
        ---@field handler moonrail.Handler
        ---What it does, for people.
        ---@field description? string
        ---Where it begins when it runs for the first time; "earliest" unless it says other.
        ---@field start? "earliest"|"latest"
        ---Events that its process gets at a time, 1 to 512. A handler sees one in any case.
        ---@field batch? integer
        ---@field limits? moonrail.Limits
        ---What happens when an event fails; "dead-letter" unless it says other.
        ---@field on_failure? "dead-letter"|"park-key"|"stop"
        ---@field retry? moonrail.Retry
        ---When it pauses by itself; false: never.
        ---@field breaker? moonrail.Breaker|boolean
        ---What happens then; "rollback": in a version's first minute, the one before takes over.
        ---@field on_breaker? "pause"|"rollback"
        ---Whether it is meant that what it emits comes back to it.
        ---@field loop? boolean
        ---"double": integers beyond 64 bits are read as doubles; they are errors otherwise.
        ---@field numbers? "double"
        ---A table for each key, `context.state`, which lasts from one event to the next.
        ---@field state? moonrail.State
        ---Called when a timer fires that `context.timer` has set. Only where `state` is declared.
        ---@field on_timer? moonrail.TimerHandler
        ---@field timers? moonrail.Timers

        ---@alias moonrail.TimerHandler fun(timer: moonrail.Timer, context: moonrail.Context): \
        moonrail.Result, table<string, string>?
        ---@alias moonrail.Handler fun(event: moonrail.Event, context: moonrail.Context): \
        moonrail.Result, table<string, string>?
        ---@alias moonrail.Result table|moonrail.Rejection|nil

        ---What it keeps, and under which key.
        ---@class (exact) moonrail.State
        ---A field of the payload, such as "customer.id"; the event's key without.
        ---@field key? string|fun(event: moonrail.Event): string|integer
        ---What a key begins with.
        ---@field initial? table
        ---Of its shape, from 1 on.
        ---@field version? integer
        ---Makes of an older version's state one of this.
        ---@field migrate? fun(old: table, version: integer): table

        ---When its timers fire.
        ---@class (exact) moonrail.Timers
        ---How far event time stays behind the latest event, such as "10s".
        ---@field lateness? string
        ---How long nothing must have come before the clock moves event time on, such as "10m".
        ---@field idle? string

        ---A timer that fires.
        ---@class moonrail.Timer
        ---The state key that it was set for.
        ---@field key string
        ---@field name string
        ---The event time for which it was set, in milliseconds since 1970.
        ---@field time integer

        ---What it may use up.
        ---@class (exact) moonrail.Limits
        ---Memory of its values, such as "32MiB".
        ---@field memory? string|integer
        ---CPU time of one event, such as "100ms".
        ---@field time? string

        ---How events are run again that took their process along. Errors of a script are not.
        ---@class (exact) moonrail.Retry
        ---Runs until the event is held to be the cause, 1 to 20.
        ---@field attempts? integer
        ---Pause before the second run, such as "50ms".
        ---@field first_delay? string
        ---The longest pause, such as "5s".
        ---@field max_delay? string

        ---It pauses when so many of its last events failed.
        ---@class (exact) moonrail.Breaker
        ---@field failures? integer
        ---@field events? integer

        ---One event. What a handler changes in it stays in this call.
        ---@class moonrail.Event
        ---The payload, decoded; a text for what is not JSON is in `bytes`.
        ---@field data any
        ---The payload as it came.
        ---@field bytes string
        ---Its id, or its place when it has none.
        ---@field id string
        ---What it is about; events of one key keep their order.
        ---@field key? string
        ---When it happened, in milliseconds since 1970.
        ---@field time integer
        ---@field type? string
        ---@field headers table<string, string>
        ---The station that it was read from.
        ---@field station string
        ---@field partition integer
        ---@field offset integer

        ---What a handler can do beside returning a value.
        ---@class moonrail.Context
        ---What the configuration gives this function.
        ---@field inputs table<string, any>
        ---Writes lines to the function's log.
        ---@field log moonrail.Log
        ---What the function keeps under the event's state key; changes are kept with what the event
        ---emits. An emptied table is no state any more. Only where `state` is declared.
        ---@field state table
        local context = {}

        ---Emits one event, which inherits the key of the event that is handled.
        ---@param data any
        ---@param options? moonrail.EmitOptions
        function context.emit(data, options) end

        ---Makes a dead letter of the event, with this reason. To be returned.
        ---@param reason string
        ---@return moonrail.Rejection
        function context.reject(reason) end

        ---Sets a timer of the event's state key, or moves it; nil for the time removes it.
        ---@param at integer? event time, in milliseconds since 1970
        ---@param name string
        function context.timer(at, name) end

        ---@class moonrail.Rejection: lightuserdata

        ---@class (exact) moonrail.EmitOptions
        ---One of the stations of `to`; the first without.
        ---@field to? string
        ---@field key? string|integer
        ---An id of your own: the station takes it once.
        ---@field id? string
        ---Of anything but JSON, `data` is a string and goes out as it is.
        ---@field type? string
        ---@field headers? table<string, string>

        ---@class moonrail.Log
        local log = {}

        ---A table behind the message holds its fields, as in `log.info("sold", { price = 3 })`.
        ---@param ... any
        function log.debug(...) end

        ---A table behind the message holds its fields, as in `log.info("sold", { price = 3 })`.
        ---@param ... any
        function log.info(...) end

        ---A table behind the message holds its fields, as in `log.warn("late", { seconds = 3 })`.
        ---@param ... any
        function log.warn(...) end

        ---A table behind the message holds its fields, as in `log.error("no", { price = 3 })`.
        ---@param ... any
        function log.error(...) end


        """
}
