/// The function that is loaded into a host after a hostile one: it raises when it finds anything
/// changed.
enum NextFunction {
    static let source = """
        local standard = {
          "array", "assert", "error", "getmetatable", "ipairs", "math", "os", "pairs", "pcall",
          "print", "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable",
          "string", "table", "tonumber", "tostring", "type", "utf8",
        }
        for _, name in ipairs(standard) do assert(_ENV[name] ~= nil, name .. " is gone") end
        assert(left_behind == nil and count == nil and kept == nil, "a global was left")
        assert(not pcall(require, "lib.left"), "a library was left")
        assert(tostring({}) == "table" and tostring(1) == "1", "tostring was replaced")
        assert(not pcall(error, "x"), "pcall was replaced")
        assert(string.upper("a") == "A" and ("b"):upper() == "B", "string was changed")
        assert(math.floor(1.5) == 1, "math was changed")
        assert(table.concat({ 1, 2 }, ",") == "1,2", "table was changed")
        local names = {}
        for name in pairs({ b = 1, a = 2 }) do names[#names + 1] = name end
        assert(table.concat(names) == "ab", "pairs was replaced")
        return { from = "in", to = "out", handler = function(event, context)
          assert(next_seen == nil and context.left == nil, "something was left")
          assert(not pcall(context.emit, {}, { to = "left.behind" }), "an output was left")
          assert(event.data.n == 7, "the event is another one")
          return event.data
        end }
        """
}
