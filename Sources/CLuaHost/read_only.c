#include "read_only.h"

#include "fault.h"

// Its address is the key that marks the host's metatables.
static const char protected_key = 0;

static int refuse_write(lua_State *lua) {
    const char *name = lua_tostring(lua, lua_upvalueindex(1));
    return fault_raise(lua, "'%s' is read-only", name);
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
    lua_pushcclosure(lua, refuse_write, 1);
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
