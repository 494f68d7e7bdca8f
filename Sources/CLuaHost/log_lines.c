#include "log_lines.h"

#include "libraries.h"

static void append(struct host *host, enum log_level level, const char *text, size_t length) {
    byte_buffer_append_u32(&host->log, host->event.index_in_run);
    byte_buffer_append_u8(&host->log, (uint8_t)level);
    byte_buffer_append_script_text(&host->log, text, length, length);
    host->log_line_count++;
}

static void drop(struct host *host) {
    static const char notice[] = "further log lines of this event were dropped";
    if (host->event.log_lines_dropped) return;
    host->event.log_lines_dropped = true;
    append(host, LOG_WARNING, notice, sizeof notice - 1);
}

void log_lines_add(lua_State *lua, enum log_level level) {
    struct host *host = host_of(lua);
    if (!host->is_running) return;
    struct current_event *event = &host->event;
    const struct load_bounds *bounds = &host->load.bounds;
    if (event->log_lines_dropped || event->log_lines >= bounds->log_lines_per_event) {
        drop(host);
        return;
    }
    const int count = lua_gettop(lua);
    luaL_Buffer line;
    luaL_buffinit(lua, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&line, '\t');
        library_push_text(lua, i, NULL);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    size_t length;
    const char *text = lua_tolstring(lua, -1, &length);
    // A __tostring may have logged lines of its own meanwhile.
    const bool is_over =
        event->log_lines_dropped || event->log_lines >= bounds->log_lines_per_event;
    if (is_over || length > bounds->log_bytes_per_event - event->log_bytes) {
        drop(host);
        return;
    }
    event->log_lines++;
    event->log_bytes += (uint32_t)length;
    append(host, level, text, length);
}
