#include "outcome.h"

#include "context_object.h"
#include "emission.h"
#include "fault.h"

#include <inttypes.h>
#include <stdio.h>

enum outcome_kind {
    OUTCOME_DONE,
    OUTCOME_REJECTED,
    OUTCOME_RAISED,
    OUTCOME_OVER_LIMIT,
    OUTCOME_STOPPED,
};

void outcome_start(struct host *host) {
    host->event.outcome_start = host->result.length;
    byte_buffer_append_u8(&host->result, OUTCOME_DONE);
    byte_buffer_append_u32(&host->result, 0);
    host->event.emissions_end = host->result.length;
}

static void replace(struct host *host, enum outcome_kind kind) {
    host->result.length = host->event.outcome_start;
    byte_buffer_append_u8(&host->result, (uint8_t)kind);
}

static const char *name_of_called(lua_State *lua) {
    return host_of(lua)->event.is_firing ? "on_timer" : "handler";
}

static void emit_returned(lua_State *lua) {
    struct emission_options options = {0};
    if (!lua_isnil(lua, -1)) {
        if (!lua_istable(lua, -1)) {
            fault_raise(lua, "%s returned a %s as headers; the second value must be a table",
                name_of_called(lua), luaL_typename(lua, -1));
        }
        options.headers_index = lua_gettop(lua);
    }
    emission_add(lua, -2, &options);
}

static void raise_unknown(lua_State *lua) {
    const bool is_null = lua_type(lua, -2) == LUA_TLIGHTUSERDATA;
    fault_raise(lua,
        "%s returned %s%s; return a table (one event), nil (drop the event), or call "
        "context.emit", name_of_called(lua), is_null ? "" : "a ",
        is_null ? "null" : luaL_typename(lua, -2));
}

void outcome_returned(lua_State *lua) {
    struct host *host = host_of(lua);
    if (lua_istable(lua, -2)) {
        if (!host->event.rejected) emit_returned(lua);
    } else if (!lua_isnil(lua, -2) && !context_object_is_rejection(lua, -2)) {
        raise_unknown(lua);
    }
    if (host->event.rejected) {
        replace(host, OUTCOME_REJECTED);
        byte_buffer_append(&host->result, host->reject_reason.bytes, host->reject_reason.length);
        return;
    }
    host->result.length = host->event.emissions_end;
    const size_t count_at = host->event.outcome_start + 1;
    byte_buffer_patch_u32(&host->result, count_at, host->event.emission_count);
}

void outcome_raised(struct host *host) {
    replace(host, OUTCOME_RAISED);
    fault_append(host->lua, &host->result);
}

void outcome_stopped(struct host *host) {
    replace(host, OUTCOME_STOPPED);
}

// What the limit was, for a limit that came without a message of its own.
static void describe_limit(
    const struct load_bounds *bounds, enum limit_kind kind, char *what, size_t what_bytes) {
    switch (kind) {
    case LIMIT_MEMORY:
        snprintf(what, what_bytes, "used more than %" PRIu64 " bytes of memory",
            bounds->memory_bytes);
        break;
    case LIMIT_CPU_TIME:
        snprintf(what, what_bytes, "used more than %" PRIu32 " ms of CPU time",
            bounds->event_cpu_milliseconds);
        break;
    case LIMIT_EMISSIONS:
        snprintf(what, what_bytes, "emitted more than %" PRIu32 " events",
            bounds->emissions_per_event);
        break;
    case LIMIT_OUTPUT_BYTES:
        snprintf(what, what_bytes,
            "emitted more than %" PRIu32 " bytes in one event or %" PRIu32 " in all",
            bounds->payload_bytes, bounds->output_bytes_per_event);
        break;
    case LIMIT_NESTING:
        snprintf(what, what_bytes, "a document is nested deeper than %" PRIu32 " levels",
            bounds->depth);
        break;
    case LIMIT_NONE: *what = 0; break;
    }
}

void outcome_over_limit(struct host *host, const char *message) {
    char what[128];
    char composed[512];
    const enum limit_kind kind = limits_verdict();
    if (message == NULL) {
        const bool has_place = *limits_place() != 0;
        describe_limit(&host->load.bounds, kind, what, sizeof what);
        snprintf(composed, sizeof composed, "%s%s%s",
            has_place ? limits_place() : host->load.file_name, has_place ? "" : ": ", what);
        message = composed;
    }
    const size_t most = FAULT_MESSAGE_BYTES_MAX;
    replace(host, OUTCOME_OVER_LIMIT);
    byte_buffer_append_u8(&host->result, (uint8_t)kind);
    byte_buffer_append_script_text(&host->result, message, strlen(message), most);
}
