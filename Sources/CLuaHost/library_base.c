#include "libraries.h"

#include "document_lazy.h"
#include "host.h"
#include "log_lines.h"
#include "read_only.h"

const char *library_push_text(lua_State *lua, int index, size_t *length) {
    if (luaL_callmeta(lua, index, "__tostring")) {
        if (!lua_isstring(lua, -1)) luaL_error(lua, "__tostring must return a string");
        return lua_tolstring(lua, -1, length);
    }
    switch (lua_type(lua, index)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING: return luaL_tolstring(lua, index, length);
    case LUA_TLIGHTUSERDATA:
        lua_pushstring(lua, lua_touserdata(lua, index) == NULL ? "null" : "rejection");
        break;
    default: lua_pushstring(lua, luaL_typename(lua, index)); break;
    }
    return lua_tolstring(lua, -1, length);
}

int library_tostring(lua_State *lua) {
    luaL_checkany(lua, 1);
    library_push_text(lua, 1, NULL);
    return 1;
}

int library_print(lua_State *lua) {
    log_lines_add(lua, LOG_INFO, false);
    return 0;
}

int library_array(lua_State *lua) {
    lua_settop(lua, 1);
    if (lua_isnil(lua, 1)) {
        lua_newtable(lua);
    } else {
        luaL_checktype(lua, 1, LUA_TTABLE);
        document_complete(lua, 1);
        lua_pushvalue(lua, 1);
        const bool is_frozen = read_only_open(lua, 2);
        if (lua_getmetatable(lua, 2)) {
            const bool is_array = lua_topointer(lua, -1) == host_of(lua)->array_metatable;
            if (!is_array) return luaL_error(lua, "array: the table has a metatable");
            lua_settop(lua, 1);
            return 1;
        }
        if (is_frozen) read_only_check_writable(lua, 1);
        lua_settop(lua, 1);
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_ARRAY_METATABLE);
    lua_setmetatable(lua, -2);
    return 1;
}

int library_rawget(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_checkany(lua, 2);
    lua_settop(lua, 2);
    document_complete(lua, 1);
    read_only_open(lua, 1);
    lua_rawget(lua, 1);
    return 1;
}

int library_rawlen(lua_State *lua) {
    const int type = lua_type(lua, 1);
    luaL_argexpected(lua, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
    lua_pushinteger(lua, read_only_length(lua, 1));
    return 1;
}

int library_pcall(lua_State *lua) {
    luaL_checkany(lua, 1);
    const int status = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0);
    // A script may catch its errors, but not the end of its memory.
    if (status == LUA_ERRMEM) limits_exceeded(LIMIT_MEMORY);
    lua_pushboolean(lua, status == LUA_OK);
    lua_insert(lua, 1);
    return lua_gettop(lua);
}
