#include "log_lines.h"

#include "document.h"
#include "libraries.h"

static void append(struct host *host, enum log_level level, const char *text, size_t length) {
    const struct byte_buffer *fields = &host->log_fields;
    byte_buffer_append_u32(&host->log, host->event.index_in_run);
    byte_buffer_append_u8(&host->log, (uint8_t)level);
    byte_buffer_append_script_text(&host->log, text, length, length);
    byte_buffer_append_text(&host->log, (const char *)fields->bytes, fields->length);
    host->log_line_count++;
}

static void drop(struct host *host) {
    static const char notice[] = "further log lines of this event were dropped";
    if (host->event.log_lines_dropped) return;
    host->event.log_lines_dropped = true;
    host->log_fields.length = 0;
    append(host, LOG_WARN, notice, sizeof notice - 1);
}

static bool is_over(const struct host *host) {
    return host->event.log_lines_dropped ||
        host->event.log_lines >= host->load.bounds.log_lines_per_event;
}

// Pushes the first `count` arguments as one text.
static const char *push_line(lua_State *lua, int count, size_t *length) {
    luaL_Buffer line;
    luaL_buffinit(lua, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&line, '\t');
        library_push_text(lua, i, NULL);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    return lua_tolstring(lua, -1, length);
}

// Fills the host's log_fields from the table at `index`. What JSON can't hold is the script's
// error.
static void write_fields(lua_State *lua, int index) {
    struct host *host = host_of(lua);
    const size_t bytes_max = host->load.bounds.payload_bytes;
    host->log_fields.length = 0;
    if (!document_write(
            lua, index, &host->log_fields, bytes_max, "fields", DOCUMENT_IS_DESCRIPTION)) {
        luaL_error(lua, "context.log: %s", host->document_error);
    }
    if (host->log_fields.length > 0 && host->log_fields.bytes[0] == '{') return;
    luaL_error(lua, "context.log: fields must have names, as in { customer = 17 }");
}

void log_lines_add(lua_State *lua, enum log_level level, bool takes_fields) {
    struct host *host = host_of(lua);
    if (!host->is_running) return;
    if (is_over(host)) {
        drop(host);
        return;
    }
    const int count = lua_gettop(lua);
    const bool has_fields = takes_fields && count > 1 && lua_istable(lua, count);
    size_t length;
    const char *text = push_line(lua, has_fields ? count - 1 : count, &length);
    // A __tostring may have logged lines of its own meanwhile.
    host->log_fields.length = 0;
    if (has_fields) write_fields(lua, count);
    struct current_event *event = &host->event;
    const size_t left = host->load.bounds.log_bytes_per_event - event->log_bytes;
    const size_t fields_length = host->log_fields.length;
    if (is_over(host) || length > left || fields_length > left - length) {
        drop(host);
        return;
    }
    event->log_lines++;
    event->log_bytes += (uint32_t)(length + fields_length);
    append(host, level, text, length);
}
