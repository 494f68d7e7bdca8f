#include "libraries.h"

#include "host.h"
#include "read_only.h"
#include "source.h"

#include <stdio.h>

// `require` of the libraries that came with the LOAD: compiled at first use, once per VM.

static const struct load_library *find_library(
    const struct host *host, const char *name, size_t length) {
    for (uint32_t i = 0; i < host->load.library_count; i++) {
        const struct load_library *library = &host->load.libraries[i];
        if (library->name.length != length) continue;
        if (memcmp(library->name.bytes, name, length) == 0) return library;
    }
    return NULL;
}

// `functions/lib/units.lua` for `lib.units`, beside the script's own file.
static void push_file_name(lua_State *lua, const char *name) {
    const char *file = host_of(lua)->load.file_name;
    const char *slash = strrchr(file, '/');
    const int folder_length = slash == NULL ? 0 : (int)(slash - file) + 1;
    char folder[256];
    snprintf(folder, sizeof folder, "%.*s", folder_length, file);
    const char *path = luaL_gsub(lua, name, ".", "/");
    lua_pushfstring(lua, "%s%s.lua", folder, path);
    lua_remove(lua, -2);
}

int library_require(lua_State *lua) {
    size_t length;
    const char *name = luaL_checklstring(lua, 1, &length);
    lua_settop(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_LIBRARIES_LOADED);
    lua_pushvalue(lua, 1);
    const int found = lua_rawget(lua, 2);
    // A light userdata stands for a library whose file is still running.
    if (found == LUA_TLIGHTUSERDATA && lua_touserdata(lua, -1) == lua) {
        return luaL_error(lua, "require: '%s' requires itself, directly or in a circle", name);
    }
    if (found != LUA_TNIL) return 1;
    const struct load_library *library = find_library(host_of(lua), name, length);
    if (library == NULL) {
        return luaL_error(lua,
            "require: there is no library '%s'; libraries are files in functions/lib/, such as "
            "functions/lib/units.lua for require \"lib.units\"", name);
    }
    if (host_of(lua)->is_running) {
        return luaL_error(lua,
            "require: '%s' was not loaded with the file; require it at the file's top: "
            READ_ONLY_ADVICE, name);
    }
    lua_pushvalue(lua, 1);
    lua_pushlightuserdata(lua, lua);
    lua_rawset(lua, 2);
    push_file_name(lua, name);
    source_compile(lua, library->source, lua_tostring(lua, -1));
    lua_call(lua, 0, 1);
    // As the standard require has it: a library that returns nothing counts as loaded.
    if (lua_isnil(lua, -1)) {
        lua_pushboolean(lua, 1);
        lua_replace(lua, -2);
    }
    lua_pushvalue(lua, 1);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 2);
    return 1;
}
