#include "libraries.h"

#include <lauxlib.h>
#include <string.h>

// Patterns longer than this are no patterns people write, and matching backtracks.
enum { PATTERN_BYTES_MAX = 1024 };

// Goes on as the standard function that is the closure's upvalue, in the same call: its messages
// then name the script's line.
static int continue_as_standard(lua_State *lua) {
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

// Repeating nothing would loop in C as often as asked.
static int repeat(lua_State *lua) {
    size_t length;
    size_t separator_length;
    luaL_checklstring(lua, 1, &length);
    luaL_optlstring(lua, 3, "", &separator_length);
    if (length == 0 && separator_length == 0) {
        lua_pushliteral(lua, "");
        return 1;
    }
    return continue_as_standard(lua);
}

// Whether a format has %p, which shows an address.
static bool shows_addresses(const char *format, size_t length) {
    const char *end = format + length;
    while (format < end) {
        if (*format++ != '%') continue;
        if (format < end && *format == '%') {
            format++;
            continue;
        }
        while (format < end && strchr("-+ #0123456789.", *format) != NULL && *format != 0) format++;
        if (format < end && *format == 'p') return true;
    }
    return false;
}

static int format_text(lua_State *lua) {
    size_t length;
    const char *format = luaL_checklstring(lua, 1, &length);
    if (shows_addresses(format, length)) {
        return luaL_error(lua, "string.format: %%p is not available to functions");
    }
    const int count = lua_gettop(lua);
    for (int i = 2; i <= count; i++) {
        const int type = lua_type(lua, i);
        const bool is_plain = type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER ||
            type == LUA_TSTRING;
        if (is_plain) continue;
        library_push_text(lua, i, NULL);
        lua_replace(lua, i);
    }
    return continue_as_standard(lua);
}

static int match_pattern(lua_State *lua) {
    size_t length;
    luaL_checkstring(lua, 1);
    luaL_checklstring(lua, 2, &length);
    luaL_argcheck(lua, length <= PATTERN_BYTES_MAX || lua_toboolean(lua, 4), 2,
        "a pattern may have 1024 bytes");
    return continue_as_standard(lua);
}

static void wrap(lua_State *lua, const char *name, lua_CFunction function) {
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, function, 1);
    lua_setfield(lua, -2, name);
}

void library_string_restrict(lua_State *lua) {
    static const char *const removed[] = {"dump", "pack", "packsize", "unpack"};
    for (size_t i = 0; i < sizeof removed / sizeof *removed; i++) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, removed[i]);
    }
    wrap(lua, "rep", repeat);
    wrap(lua, "format", format_text);
    wrap(lua, "find", match_pattern);
    wrap(lua, "match", match_pattern);
    wrap(lua, "gmatch", match_pattern);
    wrap(lua, "gsub", match_pattern);
}
