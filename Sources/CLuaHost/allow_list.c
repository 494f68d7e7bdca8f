#include "allow_list.h"

#include "host.h"
#include "libraries.h"
#include "read_only.h"

#include <lualib.h>

// Standard functions that scripts get as they are.
static const char *const standard_globals[] = {
    "assert", "error", "ipairs", "select", "rawequal", "tonumber", "type",
};

static const luaL_Reg own_globals[] = {
    {"array", library_array},
    {"getmetatable", library_getmetatable},
    {"pairs", library_pairs},
    {"pcall", library_pcall},
    {"print", library_print},
    {"rawget", library_rawget},
    {"rawlen", library_rawlen},
    {"rawset", library_rawset},
    {"require", library_require},
    {"setmetatable", library_setmetatable},
    {"tostring", library_tostring},
    {NULL, NULL},
};

// Left out, each for its reason:
//   collectgarbage  shows and steers memory, which differs from run to run
//   coroutine       coroutine.close nested 20,000 deep overflows the C stack of Debian's 5.4.4
//   debug           reaches every upvalue, metatable and registry entry
//   dofile          reads files
//   io              reads and writes files
//   load            would compile text that no version covers, and take binary chunks
//   loadfile        reads files
//   next            walks in an order that differs from run to run; pairs is sorted
//   package         loads files; require has only the libraries that were sent along
//   warn            writes to the standard error stream
//   _VERSION        scripts are for one version
//   xpcall          its handler runs inside the hook that ends a script past its limit
//   _G              would let a script write globals past the read-only environment
//   math.random     and randomseed: seeded by address and clock; ours is seeded by the event
//   math.pow        cosh, frexp, ldexp, log10, sinh, tanh: what some builds keep of older versions
//   os.*            all but time and date, which tell the event's time: clock, files, environment
//   pcall           the standard one would catch the end of memory; ours does not
//   rawget, rawlen  the standard ones would find a frozen table empty; ours look into it
//   rawset          the standard one would write into frozen and into the host's own tables
//   getmetatable    the standard one reaches the metatables of strings and of the host
//   setmetatable    the standard one allows __gc, __close, __mode, and to alter what was set
//   pairs           the standard one walks in an order that differs from run to run; ours is sorted
//   print           writes to the standard output; ours to the function's log
//   string.dump     makes binary chunks
//   string.pack     unpack, packsize: native sizes and alignment, and no use beside event.bytes
//   tostring        the standard one shows addresses; ours does not
//   table.sort      the standard one is not stable; ours is

static int refuse_global(lua_State *lua) {
    const struct host *host = host_of(lua);
    if (lua_type(lua, 2) != LUA_TSTRING) return luaL_error(lua, "a global's name is a string");
    if (host->is_running) {
        return luaL_error(lua,
            "global '%s' is read-only while events run; use a local variable inside the handler: "
            READ_ONLY_ADVICE, lua_tostring(lua, 2));
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_GLOBALS);
    lua_replace(lua, 1);
    lua_rawset(lua, 1);
    return 0;
}

static void remove_fields(lua_State *lua, const char *const *names) {
    for (; *names != NULL; names++) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, *names);
    }
}

// Puts the library on top of the stack into the globals below it, read-only.
static void publish(lua_State *lua, int globals, const char *name) {
    read_only_wrap(lua, name);
    lua_setfield(lua, globals, name);
}

static void add_base(lua_State *lua, int globals) {
    luaL_requiref(lua, LUA_GNAME, luaopen_base, 0);
    for (size_t i = 0; i < sizeof standard_globals / sizeof *standard_globals; i++) {
        lua_getfield(lua, -1, standard_globals[i]);
        lua_setfield(lua, globals, standard_globals[i]);
    }
    lua_pop(lua, 1);
    lua_pushvalue(lua, globals);
    luaL_setfuncs(lua, own_globals, 0);
    lua_pop(lua, 1);
    lua_pushlightuserdata(lua, NULL);
    lua_setfield(lua, globals, "null");
}

static void add_libraries(lua_State *lua, int globals) {
    // The latter ones are no part of Lua 5.4: whether they are there is up to who built it.
    static const char *const removed_from_math[] = {"random", "randomseed", "cosh", "frexp",
        "ldexp", "log10", "pow", "sinh", "tanh", NULL};
    luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 0);
    library_string_restrict(lua);
    publish(lua, globals, LUA_STRLIBNAME);

    luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 0);
    lua_pushcfunction(lua, library_sort);
    lua_setfield(lua, -2, "sort");
    publish(lua, globals, LUA_TABLIBNAME);

    luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 0);
    remove_fields(lua, removed_from_math);
    lua_pushcfunction(lua, library_random);
    lua_setfield(lua, -2, "random");
    publish(lua, globals, LUA_MATHLIBNAME);

    luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 0);
    publish(lua, globals, LUA_UTF8LIBNAME);

    lua_newtable(lua);
    lua_pushcfunction(lua, library_time);
    lua_setfield(lua, -2, "time");
    lua_pushcfunction(lua, library_date);
    lua_setfield(lua, -2, "date");
    publish(lua, globals, LUA_OSLIBNAME);
}

// The environment is an empty stand-in, so that every write of a global passes refuse_global.
static void install_environment(lua_State *lua, int globals) {
    lua_newtable(lua);
    lua_createtable(lua, 0, 3);
    lua_pushvalue(lua, globals);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_global);
    lua_setfield(lua, -2, "__newindex");
    read_only_mark_metatable(lua);
    lua_setmetatable(lua, -2);
    lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

int allow_list_install(lua_State *lua) {
    struct host *host = host_of(lua);
    // For the array metatable, which is empty, its being there is the mark.
    lua_newtable(lua);
    read_only_mark_metatable(lua);
    host->array_metatable = lua_topointer(lua, -1);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_ARRAY_METATABLE);

    lua_newtable(lua);
    const int globals = lua_gettop(lua);
    lua_pushvalue(lua, globals);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_GLOBALS);
    add_base(lua, globals);
    add_libraries(lua, globals);
    install_environment(lua, globals);
    lua_newtable(lua);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_LIBRARIES_LOADED);
    return 0;
}
