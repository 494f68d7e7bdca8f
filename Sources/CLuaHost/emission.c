#include "emission.h"

#include "document.h"
#include "document_lazy.h"
#include "fault.h"
#include "member_keys.h"
#include "read_only.h"
#include "trace_headers.h"

#include <strings.h>

static struct byte_span span_at(lua_State *lua, int index) {
    struct byte_span span;
    span.bytes = lua_tolstring(lua, index, &span.length);
    return span;
}

static void check_header(lua_State *lua, struct byte_span name, struct byte_span value) {
    if (name.length == 0 || name.length > EVENT_HEADER_NAME_BYTES_MAX) {
        fault_raise(lua, "a header's name has 1 to 64 bytes, '%s' has not", name.bytes);
    }
    if (!moonrail_json_is_utf8(name.bytes, name.length) ||
        !moonrail_json_is_utf8(value.bytes, value.length)) {
        fault_raise(lua, "header '%s' is not UTF-8", name.bytes);
    }
}

// Fills the host's headers block from the table at `index`, in bytewise order of the names.
static void write_headers(lua_State *lua, struct host *host, int index) {
    struct byte_buffer *block = &host->headers;
    block->length = 0;
    if (index == 0) return;
    document_complete(lua, index);
    read_only_open(lua, index);
    size_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, index) != 0; lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING) {
            fault_raise(lua, "a header's name must be a string");
        }
        const struct byte_span name = span_at(lua, -2);
        member_keys_add(host, count++, name.bytes, name.length, 0);
    }
    member_keys_sort(host, 0, count);
    for (size_t i = 0; i < count; i++) {
        const struct member_key *name = &host->members[i];
        lua_pushlstring(lua, name->text, name->length);
        lua_rawget(lua, index);
        if (lua_type(lua, -1) != LUA_TSTRING) {
            fault_raise(lua, "header '%s' must be a string, not a %s", name->text,
                luaL_typename(lua, -1));
        }
        const struct byte_span value = span_at(lua, -1);
        check_header(lua, (struct byte_span){name->text, name->length}, value);
        if (block->length + 3 + name->length + value.length > EVENT_HEADERS_BYTES_MAX) {
            fault_raise(lua, "the headers of an event may have 16384 bytes in all");
        }
        byte_buffer_append_u8(block, (uint8_t)name->length);
        byte_buffer_append_u16(block, (uint16_t)value.length);
        byte_buffer_append(block, name->text, name->length);
        byte_buffer_append(block, value.bytes, value.length);
        lua_pop(lua, 1);
    }
}

static bool is_json_type(struct byte_span type) {
    return type.length >= 4 && strncasecmp(type.bytes + type.length - 4, "json", 4) == 0;
}

static void exceed(lua_State *lua, enum limit_kind kind, const char *message) {
    limits_exceeded(kind);
    fault_raise(lua, "%s", message);
}

static void check_output_bytes(lua_State *lua, const struct host *host, size_t payload_bytes) {
    if (payload_bytes > host->load.bounds.payload_bytes) {
        exceed(lua, LIMIT_OUTPUT_BYTES, "an emitted event is larger than this function may emit");
    }
    const size_t bytes = host->result.length - host->event.outcome_start;
    if (bytes > host->load.bounds.output_bytes_per_event) {
        exceed(lua, LIMIT_OUTPUT_BYTES, "this event has emitted more bytes than it may");
    }
}

static void write_payload(lua_State *lua, struct host *host, int index, bool is_raw) {
    if (is_raw) {
        const struct byte_span bytes = span_at(lua, index);
        // Checked before the bytes are copied: a script's string may be as large as its memory.
        check_output_bytes(lua, host, bytes.length);
        byte_buffer_append(&host->result, bytes.bytes, bytes.length);
        return;
    }
    const size_t bytes_max = host->load.bounds.payload_bytes;
    if (!document_write(lua, index, &host->result, bytes_max, "data", DOCUMENT_IS_PAYLOAD)) {
        fault_raise(lua, "%s", host->document_error);
    }
}

void emission_add(lua_State *lua, int index, const struct emission_options *options) {
    struct host *host = host_of(lua);
    if (host->output_count == 0) {
        fault_raise(lua, "an event was emitted but no output is declared; add to = \"a.station\"");
    }
    if (host->event.emission_count >= host->load.bounds.emissions_per_event) {
        exceed(lua, LIMIT_EMISSIONS, "this event has emitted more events than it may");
    }
    const bool is_raw = lua_type(lua, index) == LUA_TSTRING && options->type.length > 0 &&
        !is_json_type(options->type);
    write_headers(lua, host, options->headers_index);
    const struct event_record *input = &host->event.record;
    trace_headers_add(&host->headers, input->headers);
    struct event_record record = {
        .time_microseconds = input->time_microseconds,
        .id = options->id,
        .key = options->has_key ? options->key : input->key,
        .type = options->type,
        .headers = {(const char *)host->headers.bytes, host->headers.length},
    };
    if (!is_raw) record.flags |= EVENT_PAYLOAD_IS_JSON;
    if (options->has_key || (input->flags & EVENT_HAS_KEY)) record.flags |= EVENT_HAS_KEY;

    // Starts behind the last whole emission: one that failed half-way is written over.
    host->result.length = host->event.emissions_end;
    byte_buffer_append_u32(&host->result, options->output);
    const size_t record_start = event_record_start(&host->result, &record);
    const size_t payload_start = host->result.length;
    write_payload(lua, host, index, is_raw);
    event_record_finish(&host->result, record_start);
    check_output_bytes(lua, host, host->result.length - payload_start);
    host->event.emissions_end = host->result.length;
    host->event.emission_count++;
}
