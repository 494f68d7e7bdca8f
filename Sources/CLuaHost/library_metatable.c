#include "libraries.h"

#include "document_lazy.h"
#include "host.h"
#include "read_only.h"

// A script's metatable is copied when it is set, so that nothing can be added to it later; the copy
// keeps the original under this key's address, for getmetatable.
static const char original_key = 0;
// Under its address the metatable of a frozen table keeps the copy that was made of that table.
static const char copy_key = 0;

static bool is_array(lua_State *lua, int index) {
    if (!lua_getmetatable(lua, index)) return false;
    const bool is_array = lua_topointer(lua, -1) == host_of(lua)->array_metatable;
    lua_pop(lua, 1);
    return is_array;
}

int library_rawset(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_checkany(lua, 2);
    luaL_checkany(lua, 3);
    lua_settop(lua, 3);
    document_complete(lua, 1);
    read_only_check_writable(lua, 1);
    if (read_only_is_protected(lua, 1) && !is_array(lua, 1)) {
        return luaL_error(lua, "rawset: this table belongs to the host");
    }
    lua_rawset(lua, 1);
    return 1;
}

// Pushes what the host sets instead of the metatable whose fields are at `fields`.
static void copy_metatable(lua_State *lua, int original, int fields) {
    static const char *const refused[] = {"__gc", "__close", "__mode", "__metatable"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        lua_pushstring(lua, refused[i]);
        if (lua_rawget(lua, fields) != LUA_TNIL) {
            luaL_error(lua, "setmetatable: %s is not available to functions", refused[i]);
        }
        lua_pop(lua, 1);
    }
    lua_newtable(lua);
    for (lua_pushnil(lua); lua_next(lua, fields) != 0; lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING) continue;
        if (strncmp(lua_tostring(lua, -2), "__", 2) != 0) continue;
        lua_pushvalue(lua, -2);
        lua_pushvalue(lua, -2);
        lua_rawset(lua, -5);
    }
    lua_pushvalue(lua, original);
    lua_rawsetp(lua, -2, &original_key);
}

// A class that was made when the file was loaded is the metatable of many objects, and can't change
// any more: its copy is made once, and reads the class's contents without its stand-in.
static void push_copy(lua_State *lua, int original) {
    lua_pushvalue(lua, original);
    const int fields = lua_gettop(lua);
    if (!read_only_open(lua, fields)) {
        copy_metatable(lua, original, fields);
        return;
    }
    lua_getmetatable(lua, original);
    if (lua_rawgetp(lua, -1, &copy_key) == LUA_TTABLE) return;
    lua_pop(lua, 1);
    copy_metatable(lua, original, fields);
    lua_getfield(lua, -1, "__index");
    if (lua_istable(lua, -1) && lua_getmetatable(lua, -1)) {
        lua_getfield(lua, -1, "__index");
        const bool is_frozen = read_only_open(lua, -3);
        if (is_frozen && lua_istable(lua, -1)) lua_setfield(lua, -4, "__index");
    }
    lua_settop(lua, fields + 2);
    lua_pushvalue(lua, -1);
    lua_rawsetp(lua, -3, &copy_key);
}

int library_setmetatable(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    const int type = lua_type(lua, 2);
    luaL_argexpected(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    lua_settop(lua, 2);
    document_complete(lua, 1);
    document_complete(lua, 2);
    read_only_check_writable(lua, 1);
    if (read_only_is_protected(lua, 1)) {
        return luaL_error(lua, "setmetatable: this table has a metatable of the host's");
    }
    if (type == LUA_TTABLE) push_copy(lua, 2);
    lua_setmetatable(lua, 1);
    lua_settop(lua, 1);
    return 1;
}

int library_getmetatable(lua_State *lua) {
    luaL_checkany(lua, 1);
    if (!lua_istable(lua, 1) || !lua_getmetatable(lua, 1)) {
        lua_pushnil(lua);
        return 1;
    }
    lua_rawgetp(lua, -1, &original_key);
    return 1;
}
