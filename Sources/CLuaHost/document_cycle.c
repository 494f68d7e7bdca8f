#include "document.h"

#include "read_only.h"

// Looked for only once a document is too deep: keeping the tables on the way in mind would cost
// every document something.

// Replaces the table on top of the stack by what the step leads to.
static void follow(lua_State *lua, const struct path_step *step) {
    if (step->name == NULL) lua_pushinteger(lua, step->element);
    else lua_pushlstring(lua, step->name, step->name_length);
    lua_rawget(lua, -2);
    lua_replace(lua, -2);
}

bool document_find_cycle(lua_State *lua, int root, uint32_t *depth) {
    const struct host *host = host_of(lua);
    const void *tables[LOAD_DEPTH_MAX + 1];
    const int top = lua_gettop(lua);
    lua_pushvalue(lua, root);
    for (uint32_t i = 0; i <= *depth; i++) {
        if (i > 0) follow(lua, &host->path[i - 1]);
        read_only_open(lua, -1);
        tables[i] = lua_topointer(lua, -1);
        for (uint32_t before = 0; before < i; before++) {
            if (tables[before] != tables[i]) continue;
            *depth = i;
            lua_settop(lua, top);
            return true;
        }
    }
    lua_settop(lua, top);
    return false;
}
