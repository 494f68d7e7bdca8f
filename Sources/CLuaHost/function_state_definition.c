#include "document.h"
#include "exit_codes.h"
#include "host.h"

#include <stdlib.h>
#include <unistd.h>

enum { INITIAL_BYTES_MAX = 64 * 1024, KEY_PATH_BYTES_MAX = 1024 };

static void get(lua_State *lua, int table, const char *name) {
    lua_pushstring(lua, name);
    lua_rawget(lua, table);
}

static void read_key(lua_State *lua, struct host *host, int state) {
    struct function_state *declared = &host->state;
    free(declared->key_path);
    declared->key_path = NULL;
    get(lua, state, "key");
    declared->has_key_function = lua_isfunction(lua, -1);
    if (declared->has_key_function) {
        lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_STATE_KEY);
        return;
    }
    if (!lua_isnil(lua, -1)) {
        size_t length = 0;
        const char *path = lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &length) : "";
        if (length == 0 || length > KEY_PATH_BYTES_MAX || strlen(path) != length) {
            luaL_error(lua, "%s: state.key must name a field of the payload, such as "
                            "\"customer.id\", or be a function of the event", host->load.file_name);
        }
        declared->key_path = malloc(length + 1);
        if (declared->key_path == NULL) _exit(EXIT_OUT_OF_MEMORY);
        memcpy(declared->key_path, path, length + 1);
    }
    lua_pop(lua, 1);
}

static void read_initial(lua_State *lua, struct host *host, int state) {
    struct byte_buffer *initial = &host->state.initial;
    initial->length = 0;
    get(lua, state, "initial");
    if (lua_isnil(lua, -1)) lua_newtable(lua);
    if (!lua_istable(lua, -1)) {
        luaL_error(lua, "%s: state.initial must be a table, such as { count = 0 }",
            host->load.file_name);
    }
    const bool is_written = document_write(lua, lua_gettop(lua), initial, INITIAL_BYTES_MAX,
        "state.initial", DOCUMENT_IS_DESCRIPTION);
    if (!is_written) luaL_error(lua, "%s: %s", host->load.file_name, host->document_error);
    lua_pop(lua, 1);
}

static void read_version(lua_State *lua, struct host *host, int state) {
    get(lua, state, "version");
    int is_integer = 1;
    const lua_Integer version = lua_isnil(lua, -1) ? 1 : lua_tointegerx(lua, -1, &is_integer);
    if (!is_integer || version < 1 || version > INT32_MAX) {
        luaL_error(lua, "%s: state.version must be a whole number from 1 on", host->load.file_name);
    }
    host->state.version = (uint32_t)version;
    lua_pop(lua, 1);
    get(lua, state, "migrate");
    host->state.has_migration = lua_isfunction(lua, -1);
    if (!host->state.has_migration && !lua_isnil(lua, -1)) {
        luaL_error(lua, "%s: state.migrate must be a function of the old state and its version",
            host->load.file_name);
    }
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_STATE_MIGRATE);
}

void function_state_read(lua_State *lua, int definition) {
    struct host *host = host_of(lua);
    host->state.is_declared = false;
    host->state.value_bytes_max = host->load.bounds.state_value_bytes;
    get(lua, definition, "state");
    if (lua_isnil(lua, -1)) {
        lua_pop(lua, 1);
        return;
    }
    if (!lua_istable(lua, -1)) {
        luaL_error(lua, "%s: state must be a table, such as { key = \"customer\", initial = { "
                        "count = 0 } }", host->load.file_name);
    }
    const int state = lua_gettop(lua);
    read_key(lua, host, state);
    read_initial(lua, host, state);
    read_version(lua, host, state);
    host->state.is_declared = true;
    lua_settop(lua, state - 1);
}
