#include "libraries.h"

#include "host.h"
#include "read_only.h"

// table.sort, stable: a bottom-up merge sort that moves values between two Lua tables.

enum place { PLACE_TABLE = 1, PLACE_LESS, PLACE_FROM, PLACE_INTO };

// Whether the value at the top belongs strictly before the one below it. Leaves both.
static bool top_is_less(lua_State *lua) {
    if (lua_isnil(lua, PLACE_LESS)) return lua_compare(lua, -1, -2, LUA_OPLT);
    lua_pushvalue(lua, PLACE_LESS);
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, -4);
    lua_call(lua, 2, 1);
    const bool is_less = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return is_less;
}

// Merges from[first..<middle] and from[middle..<end] into the same places of `into`.
static void merge(
    lua_State *lua, lua_Integer first, lua_Integer middle, lua_Integer end) {
    lua_Integer left = first;
    lua_Integer right = middle;
    for (lua_Integer out = first; out < end; out++) {
        bool take_right = left >= middle;
        if (left < middle && right < end) {
            lua_rawgeti(lua, PLACE_FROM, left);
            lua_rawgeti(lua, PLACE_FROM, right);
            take_right = top_is_less(lua);
            lua_pop(lua, 2);
        }
        lua_rawgeti(lua, PLACE_FROM, take_right ? right++ : left++);
        lua_rawseti(lua, PLACE_INTO, out);
    }
}

int library_sort(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (!lua_isnoneornil(lua, 2)) luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_settop(lua, 2);
    read_only_check_writable(lua, 1);
    const lua_Unsigned length = lua_rawlen(lua, 1);
    luaL_argcheck(lua, length < 1 << 24, 1, "array too big");
    const lua_Integer end = (lua_Integer)length + 1;
    lua_createtable(lua, (int)length, 0);
    lua_createtable(lua, (int)length, 0);
    for (lua_Integer i = 1; i < end; i++) {
        lua_rawgeti(lua, PLACE_TABLE, i);
        lua_rawseti(lua, PLACE_FROM, i);
    }
    for (lua_Integer width = 1; width < end - 1; width *= 2) {
        for (lua_Integer first = 1; first < end; first += 2 * width) {
            const lua_Integer middle = first + width < end ? first + width : end;
            const lua_Integer last = middle + width < end ? middle + width : end;
            merge(lua, first, middle, last);
            limits_check(lua);
        }
        lua_insert(lua, PLACE_FROM);
    }
    for (lua_Integer i = 1; i < end; i++) {
        lua_rawgeti(lua, PLACE_FROM, i);
        lua_rawseti(lua, PLACE_TABLE, i);
    }
    return 0;
}
