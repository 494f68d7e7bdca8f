#include "source.h"

#include "limits.h"

#include <lauxlib.h>

// The compiler gets the source in pieces, since nothing else can interrupt it. Between two pieces
// even the worst source keeps it busy for a few milliseconds at most.
enum { PIECE_BYTES = 256 };

static const char *next_piece(lua_State *lua, void *context, size_t *length) {
    struct byte_span *left = context;
    limits_check(lua);
    const char *piece = left->bytes;
    *length = left->length < PIECE_BYTES ? left->length : PIECE_BYTES;
    left->bytes += *length;
    left->length -= *length;
    return piece;
}

void source_compile(lua_State *lua, struct byte_span source, const char *file) {
    if (source.length > SOURCE_BYTES_MAX) {
        luaL_error(lua, "%s: the source is larger than 128 KB", file);
    }
    if (source.length > 0 && source.bytes[0] == LUA_SIGNATURE[0]) {
        luaL_error(lua, "%s: is a binary chunk; functions are loaded from source", file);
    }
    lua_pushfstring(lua, "@%s", file);
    const int status = lua_load(lua, next_piece, &source, lua_tostring(lua, -1), "t");
    lua_remove(lua, -2);
    if (status == LUA_OK) return;
    // Where the compiler itself overflows, it names no place.
    const char *message = lua_tostring(lua, -1);
    const bool names_place = status == LUA_ERRMEM || strchr(message, ':') != NULL;
    if (!names_place) lua_pushfstring(lua, "%s: %s", file, message);
    lua_error(lua);
}
