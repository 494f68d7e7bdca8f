extension EditorDefinitions {
    /// The basic functions and `os`, which are Moonrail's own, and what of the other libraries is
    /// not there.
    static let library = """
        ---JSON's null: a member that is there and holds nothing. Lua's nil removes a member.
        ---@type lightuserdata
        null = nil

        ---Marks a table as a list, so that it is written as [] when it is empty.
        ---@generic T
        ---@param list? T[]
        ---@return T[]
        function array(list) end

        ---Loads a file of functions/lib/, such as "lib.units"; only at the file's top.
        ---@param name string
        ---@return any
        function require(name) end

        ---Writes a line to the function's log.
        ---@param ... any
        function print(...) end

        ---Goes through a table in sorted order: numbers, then texts.
        ---@generic K, V
        ---@param table table<K, V>
        ---@return fun(): K, V
        function pairs(table) end

        ---@generic V
        ---@param list V[]
        ---@return fun(list: V[], index?: integer): integer, V
        ---@return V[]
        ---@return integer
        function ipairs(list) end

        ---@generic T
        ---@param value? T
        ---@param message? any
        ---@return T
        ---@return any ...
        function assert(value, message, ...) end

        ---@param message any
        ---@param level? integer
        function error(message, level) end

        ---Limits end a script past it, too.
        ---@param body fun(...): any
        ---@param ... any
        ---@return boolean
        ---@return any ...
        function pcall(body, ...) end

        ---@param which integer|"#"
        ---@param ... any
        ---@return any
        function select(which, ...) end

        ---@param value any
        ---@param base? integer
        ---@return number?
        function tonumber(value, base) end

        ---Shows no addresses: a table is "table".
        ---@param value any
        ---@return string
        function tostring(value) end

        ---@param value any
        ---@return "nil"|"number"|"string"|"boolean"|"table"|"function"|"userdata"
        function type(value) end

        ---@param left any
        ---@param right any
        ---@return boolean
        function rawequal(left, right) end

        ---@param table table
        ---@param key any
        ---@return any
        function rawget(table, key) end

        ---@param value table|string
        ---@return integer
        function rawlen(value) end

        ---@param table table
        ---@param key any
        ---@param value any
        ---@return table
        function rawset(table, key, value) end

        ---@param value any
        ---@return table?
        function getmetatable(value) end

        ---Takes a copy of the metatable, once; __gc, __close and __mode are refused.
        ---@param table table
        ---@param metatable table?
        ---@return table
        function setmetatable(table, metatable) end

        ---All that is left of it tells the event's time.
        ---@class moonrail.os
        os = {}

        ---The event's time in seconds, or that of the given date.
        ---@param date? table
        ---@return integer
        function os.time(date) end

        ---The event's time, in UTC.
        ---@param format? string
        ---@param time? integer
        ---@return string|table
        function os.date(format, time) end

        ---@deprecated math.random is seeded from the event.
        function math.randomseed() end

        ---@deprecated Scripts make no binary chunks.
        function string.dump() end

        ---@deprecated Take numbers apart with string.byte.
        function string.pack() end

        ---@deprecated Take numbers apart with string.byte.
        function string.packsize() end

        ---@deprecated Take numbers apart with string.byte.
        function string.unpack() end

        """
}
