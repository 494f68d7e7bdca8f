#include "fault.h"

#include "document.h"

#include <stdarg.h>

// The object's JSON form, or a sentence when it has none.
static void push_object_text(lua_State *lua) {
    struct host *host = host_of(lua);
    struct byte_buffer *scratch = &host->headers;
    scratch->length = 0;
    const size_t most = FAULT_MESSAGE_BYTES_MAX;
    const bool is_written = lua_type(lua, 1) == LUA_TTABLE &&
        document_write(lua, 1, scratch, most, "error", DOCUMENT_IS_DESCRIPTION);
    if (is_written) lua_pushlstring(lua, (const char *)scratch->bytes, scratch->length);
    else lua_pushfstring(lua, "error object is a %s", luaL_typename(lua, 1));
}

int fault_describe(lua_State *lua) {
    struct host *host = host_of(lua);
    host->traceback.length = 0;
    // First the traceback: what follows may fail when memory is short.
    luaL_traceback(lua, lua, NULL, 1);
    size_t length;
    const char *traceback = lua_tolstring(lua, -1, &length);
    byte_buffer_append(&host->traceback, traceback, length);
    lua_settop(lua, 1);
    if (lua_type(lua, 1) != LUA_TSTRING && lua_type(lua, 1) != LUA_TNUMBER) push_object_text(lua);
    else lua_tostring(lua, 1);
    return 1;
}

int fault_raise(lua_State *lua, const char *format, ...) {
    luaL_where(lua, 1);
    if (*lua_tostring(lua, -1) == 0) lua_pushfstring(lua, "%s: ", host_of(lua)->load.file_name);
    va_list arguments;
    va_start(arguments, format);
    lua_pushvfstring(lua, format, arguments);
    va_end(arguments);
    lua_concat(lua, 2);
    return lua_error(lua);
}

void fault_append(lua_State *lua, struct byte_buffer *out) {
    struct host *host = host_of(lua);
    size_t length = 0;
    const char *message = lua_tolstring(lua, -1, &length);
    if (message == NULL) message = "";
    byte_buffer_append_script_text(out, message, length, FAULT_MESSAGE_BYTES_MAX);
    byte_buffer_append_script_text(out, (const char *)host->traceback.bytes,
        host->traceback.length, FAULT_TRACEBACK_BYTES_MAX);
}
