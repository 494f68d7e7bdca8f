#include "read_only.h"

#include "fault.h"

// Its address is the key that marks the host's metatables. The value is the contents where the
// table is frozen, and true elsewhere.
static const char protected_key = 0;

// Where the metatable of a frozen table keeps the table's length.
enum { METATABLE_LENGTH = 1 };

static int refuse_host_write(lua_State *lua) {
    const char *name = lua_tostring(lua, lua_upvalueindex(1));
    return fault_raise(lua, "'%s' is read-only", name);
}

static int refuse_frozen_write(lua_State *lua) {
    if (lua_type(lua, 2) != LUA_TSTRING) {
        return fault_raise(lua,
            "a table made when the file was loaded is read-only; " READ_ONLY_ADVICE);
    }
    return fault_raise(lua,
        "'%s' can't be assigned: its table was made when the file was loaded and is read-only; "
        READ_ONLY_ADVICE, lua_tostring(lua, 2));
}

static int frozen_length(lua_State *lua) {
    lua_getmetatable(lua, 1);
    lua_rawgeti(lua, -1, METATABLE_LENGTH);
    return 1;
}

void read_only_mark_metatable(lua_State *lua) {
    lua_pushboolean(lua, 1);
    lua_rawsetp(lua, -2, &protected_key);
}

void read_only_wrap(lua_State *lua, const char *name) {
    lua_newtable(lua);
    lua_createtable(lua, 0, 3);
    lua_rotate(lua, -3, -1);
    lua_setfield(lua, -2, "__index");
    lua_pushstring(lua, name);
    lua_pushcclosure(lua, refuse_host_write, 1);
    lua_setfield(lua, -2, "__newindex");
    read_only_mark_metatable(lua);
    lua_setmetatable(lua, -2);
}

bool read_only_is_protected(lua_State *lua, int index) {
    if (!lua_getmetatable(lua, index)) return false;
    lua_rawgetp(lua, -1, &protected_key);
    const bool is_protected = lua_toboolean(lua, -1);
    lua_pop(lua, 2);
    return is_protected;
}

void read_only_freeze(lua_State *lua, int stand_in, int contents) {
    // Functions without upvalues and no more than four fields: a large table of small ones is
    // frozen for 200 bytes each.
    lua_createtable(lua, 1, 4);
    // Of an array with holes Lua finds one length or another, depending on what was read before:
    // that would be something that lasts.
    lua_pushinteger(lua, (lua_Integer)lua_rawlen(lua, contents));
    lua_rawseti(lua, -2, METATABLE_LENGTH);
    lua_pushvalue(lua, contents);
    lua_rawsetp(lua, -2, &protected_key);
    lua_pushvalue(lua, contents);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_frozen_write);
    lua_setfield(lua, -2, "__newindex");
    lua_pushcfunction(lua, frozen_length);
    lua_setfield(lua, -2, "__len");
    lua_setmetatable(lua, stand_in);
}

bool read_only_open(lua_State *lua, int index) {
    index = lua_absindex(lua, index);
    if (!lua_istable(lua, index) || !lua_getmetatable(lua, index)) return false;
    const bool is_frozen = lua_rawgetp(lua, -1, &protected_key) == LUA_TTABLE;
    if (is_frozen) lua_copy(lua, -1, index);
    lua_pop(lua, 2);
    return is_frozen;
}

lua_Integer read_only_length(lua_State *lua, int index) {
    lua_pushvalue(lua, index);
    const bool is_frozen = read_only_open(lua, -1);
    lua_pop(lua, 1);
    if (!is_frozen) return (lua_Integer)lua_rawlen(lua, index);
    lua_getmetatable(lua, index);
    lua_rawgeti(lua, -1, METATABLE_LENGTH);
    const lua_Integer length = lua_tointeger(lua, -1);
    lua_pop(lua, 2);
    return length;
}

void read_only_check_writable(lua_State *lua, int index) {
    lua_pushvalue(lua, index);
    if (read_only_open(lua, -1)) {
        fault_raise(
            lua, "a table made when the file was loaded is read-only; " READ_ONLY_ADVICE);
    }
    lua_pop(lua, 1);
}
