#include "outputs.h"

#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

enum { OUTPUTS_MAX = 4096 };

static void add(lua_State *lua, struct host *host, int index) {
    if (lua_type(lua, index) != LUA_TSTRING) {
        luaL_error(lua, "%s: to must be a station's name or a list of names; it holds a %s",
            host->load.file_name, luaL_typename(lua, index));
    }
    size_t length;
    const char *name = lua_tolstring(lua, index, &length);
    byte_buffer_append_text(&host->output_texts, name, length);
    host->output_count++;
}

// Spans into the texts, once these no longer move.
static void make_spans(struct host *host) {
    struct byte_reader reader = {host->output_texts.bytes,
        host->output_texts.bytes + host->output_texts.length, false};
    free(host->outputs);
    host->outputs = calloc(host->output_count + 1, sizeof *host->outputs);
    if (host->outputs == NULL) _exit(EXIT_OUT_OF_MEMORY);
    for (uint32_t i = 0; i < host->output_count; i++) host->outputs[i] = byte_reader_text(&reader);
}

void outputs_collect(lua_State *lua, int definition) {
    struct host *host = host_of(lua);
    host->output_count = 0;
    host->output_texts.length = 0;
    for (uint32_t i = 0; i < host->load.output_count; i++) {
        const struct byte_span output = host->load.outputs[i];
        byte_buffer_append_text(&host->output_texts, output.bytes, output.length);
        host->output_count++;
    }
    if (host->output_count == 0) {
        lua_pushstring(lua, "to");
        const int type = lua_rawget(lua, definition);
        const int to = lua_gettop(lua);
        if (type == LUA_TTABLE) {
            const lua_Unsigned count = lua_rawlen(lua, to);
            if (count > OUTPUTS_MAX) {
                luaL_error(lua, "%s: to lists too many stations", host->load.file_name);
            }
            for (lua_Unsigned i = 1; i <= count; i++) {
                lua_rawgeti(lua, to, (lua_Integer)i);
                add(lua, host, -1);
                lua_pop(lua, 1);
            }
        } else if (type != LUA_TNIL) {
            add(lua, host, to);
        }
        lua_pop(lua, 1);
    }
    make_spans(host);
}
