import MoonrailTestSupport

/// A function that does what the header `ops` of each event says with its document, and emits all
/// that it saw.
enum DocumentScript {
    /// The operations, each with up to three numbers: see the script.
    static let operations = [
        "get", "get", "get", "get", "set", "set", "set", "drop", "drop", "element", "put", "pairs",
        "ipairs", "length", "rawget", "rawset", "rawlen", "insert", "place", "remove", "concat",
        "sort", "unpack", "move", "meta", "unmeta", "getmeta", "array", "emit", "emit", "pass",
        "same", "text", "make", "headers", "options", "gsub", "behind", "throw", "time", "forget",
        "copy", "again",
    ]

    /// The names that documents and operations share, as JSON writes them, and how many there are.
    static let names = [
        #""a""#, #""b""#, #""c""#, #""d""#, #""\u0065""#, #""f""#, #""""#, #""g h""#, #""q\"""#,
        #""é""#, #""1""#, #""a name of more than forty bytes, so that Lua does not intern it""#,
    ]

    static func source(numbers: String) -> String {
        """
        local names = { "a", "b", "c", "d", "e", "f", "", "g h", 'q"', "\\u{e9}", "1",
          "a name of more than forty bytes, so that Lua does not intern it" }
        return { from = "in", to = "out", \(numbers) handler = function(event, context)
          local r = { event.data }
          local seen = {}
          local function see(...)
            for i = 1, select("#", ...) do
              local value = select(i, ...)
              seen[#seen + 1] = (math.type(value) or type(value)) .. ":" .. tostring(value)
            end
          end
          local function value(n)
            if n <= 4 then return r[n] end
            if n == 5 then return null elseif n == 6 then return 1 elseif n == 7 then return 2.5
            elseif n == 8 then return -0.0 elseif n == 9 then return 0.0
            elseif n == 10 then return "x" elseif n == 11 then return true
            elseif n == 12 then return {} elseif n == 13 then return { 1, 2.5 }
            elseif n == 14 then return { a = 1, b = r[2] } elseif n == 15 then return array()
            else return event.data end
          end
          local ops = {
            get = function(a, b, k) r[b] = r[a][names[k]]; see(r[b]) end,
            set = function(a, k, v) r[a][names[k]] = value(v) end,
            drop = function(a, k) r[a][names[k]] = nil end,
            element = function(a, b, n) r[b] = r[a][n]; see(r[b]) end,
            -- Without holes: Lua leaves open how long a table with holes is.
            put = function(a, n, v)
              local new = value(v)
              if n <= #r[a] + 1 and (new ~= nil or n >= #r[a]) then r[a][n] = new end
            end,
            pairs = function(a) for k, v in pairs(r[a]) do see(k, v) end end,
            ipairs = function(a) for k, v in ipairs(r[a]) do see(k, v) end end,
            length = function(a) see(#r[a]) end,
            rawget = function(a, k) see(rawget(r[a], names[k])) end,
            rawset = function(a, k, v) rawset(r[a], names[k], value(v)) end,
            rawlen = function(a) see(rawlen(r[a])) end,
            insert = function(a, v) table.insert(r[a], value(v)) end,
            place = function(a, n, v) table.insert(r[a], n, value(v) or false) end,
            remove = function(a, n) see(table.remove(r[a], n > 6 and #r[a] or n)) end,
            concat = function(a) see(table.concat(r[a], ",")) end,
            sort = function(a) table.sort(r[a], function(x, y) return type(x) < type(y) end) end,
            unpack = function(a) see(table.unpack(r[a])) end,
            move = function(a, b, n) table.move(r[a], 1, #r[a], n % (#r[b] + 1) + 1, r[b]) end,
            meta = function(a)
              local function index(_, k) return type(k) == "string" and k or nil end
              setmetatable(r[a], { __index = index })
            end,
            unmeta = function(a) setmetatable(r[a], nil) end,
            getmeta = function(a) see(getmetatable(r[a])) end,
            array = function(a) r[a] = array(r[a]) end,
            emit = function(a) context.emit({ v = r[a] }) end,
            pass = function(a) if type(r[a]) == "table" then context.emit(r[a]) end end,
            same = function(a, b) see(r[a] == r[b], rawequal(r[a], r[b])) end,
            text = function(a) see(tostring(r[a]), string.format("%s", r[a]), type(r[a])) end,
            make = function(a, v) r[a] = value(v) end,
            headers = function(a) context.emit({}, { headers = r[a] }) end,
            options = function(a) context.emit({}, r[a]) end,
            gsub = function(a) see(string.gsub("a-c-f", "%a", r[a])) end,
            behind = function(a, k) see(setmetatable({}, { __index = r[a] })[names[k]]) end,
            throw = function(a, b) local _, thrown = pcall(error, r[a]); see(thrown == r[a]) end,
            time = function(a) see(os.time(r[a])) end,
            forget = function(a, v) event.data = value(v) end,
            copy = function(a, b)
              local made = {}
              for k, v in pairs(r[a]) do made[k] = v end
              r[b] = made
            end,
            again = function(a) r[a] = event.data end,
          }
          for name, a, b, c in event.headers.ops:gmatch("(%a+) (%d+) (%d+) (%d+);") do
            local ok, fault = pcall(ops[name], tonumber(a), tonumber(b), tonumber(c))
            if not ok then see(fault) end
          end
          see(select(2, pcall(context.emit, { r1 = r[1], r2 = r[2], r3 = r[3], r4 = r[4] })))
          return { seen = seen }
        end }
        """
    }

    /// Up to 12 random operations.
    static func operations(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<random.number(0...12) {
            let name = operations[random.number(0...operations.count - 1)]
            let first = random.once(in: 2) ? 1 : random.number(1...4)
            let second = random.number(1...4)
            let name3 = random.number(1...names.count)
            switch name {
            case "get": text += "get \(first) \(second) \(name3);"
            case "set", "rawset": text += "\(name) \(first) \(name3) \(random.number(1...16));"
            case "drop", "rawget", "behind": text += "\(name) \(first) \(name3) 0;"
            case "put", "place":
                text += "\(name) \(first) \(random.number(0...6)) \(random.number(1...16));"
            case "insert", "make", "forget": text += "\(name) \(first) \(random.number(1...16)) 0;"
            case "remove": text += "remove \(first) \(random.number(0...9)) 0;"
            default: text += "\(name) \(first) \(second) \(random.number(1...5));"
            }
        }
        return text
    }
}
