#include "document.h"
#include "document_lazy.h"
#include "event_object.h"
#include "exit_codes.h"
#include "fault.h"
#include "function_state.h"
#include "host.h"
#include "run_events.h"
#include "script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct state_key *add_key(struct function_state *state) {
    if (state->event_count == state->event_capacity) {
        state->event_capacity = state->event_capacity == 0 ? 512 : state->event_capacity * 2;
        state->of_events =
            realloc(state->of_events, state->event_capacity * sizeof *state->of_events);
        if (state->of_events == NULL) _exit(EXIT_OUT_OF_MEMORY);
    }
    struct state_key *key = &state->of_events[state->event_count++];
    *key = (struct state_key){.start = state->keys.length};
    return key;
}

static void finish_key(struct function_state *state, struct byte_span text, bool is_failure) {
    struct state_key *key = add_key(state);
    byte_buffer_append(&state->keys, text.bytes, text.length);
    key->length = (uint32_t)text.length;
    key->is_failure = is_failure;
}

static void fail_key(struct function_state *state, const char *message) {
    size_t length = strlen(message);
    if (length > FAULT_MESSAGE_BYTES_MAX) length = FAULT_MESSAGE_BYTES_MAX;
    finish_key(state, (struct byte_span){message, length}, true);
}

// A key must be text that an event could have as its key.
static void check_and_add(struct host *host, struct byte_span text) {
    char message[256];
    if (text.length == 0 || text.length > STATE_KEY_BYTES_MAX) {
        snprintf(message, sizeof message, "the state key has %zu bytes; it may have 1 to %d",
            text.length, STATE_KEY_BYTES_MAX);
        fail_key(&host->state, message);
    } else if (!moonrail_json_is_utf8(text.bytes, text.length)) {
        fail_key(&host->state, "the state key is not UTF-8");
    } else {
        finish_key(&host->state, text, false);
    }
}

static void add_own_key(struct host *host) {
    const struct event_record *record = &host->event.record;
    if (record->flags & EVENT_HAS_KEY) {
        check_and_add(host, record->key);
    } else {
        fail_key(&host->state, "the event has no key, and state is kept by key; produce with keys, "
                               "or say state = { key = \"a.field\" }");
    }
}

// Protected: the field of the payload.
static int push_field(lua_State *lua) {
    struct host *host = host_of(lua);
    bool is_widened;
    document_parse(lua, host->event.record.payload, true, "event.data", &is_widened);
    const char *path = host->state.key_path;
    const moonrail_json_value value = moonrail_json_find(host->parser, path, strlen(path));
    switch (value.kind) {
    case MOONRAIL_JSON_STRING: lua_pushlstring(lua, value.text, value.text_length); return 1;
    case MOONRAIL_JSON_INT64: lua_pushfstring(lua, "%I", (LUAI_UACINT)value.int64); return 1;
    case MOONRAIL_JSON_MISSING:
        return luaL_error(lua, "state.key: event.data.%s is missing", path);
    default:
        return luaL_error(lua, "state.key: event.data.%s is neither a text nor a whole number",
            path);
    }
}

// Protected: what the script's function makes of the event.
static int call_function(lua_State *lua) {
    document_lazy_close(lua);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_STATE_KEY);
    event_object_push(lua);
    lua_call(lua, 1, 1);
    const int type = lua_type(lua, -1);
    if (type != LUA_TSTRING && !lua_isinteger(lua, -1)) {
        return luaL_error(lua, "state.key returned a %s; return a text or a whole number",
            lua_typename(lua, type));
    }
    lua_tostring(lua, -1);
    return 1;
}

static void add_called_key(struct host *host, lua_CFunction function) {
    lua_State *lua = host->lua;
    lua_settop(lua, 0);
    host->is_running = true;
    limits_begin(lua, host->load.bounds.event_cpu_milliseconds);
    lua_pushcfunction(lua, fault_describe);
    lua_pushcfunction(lua, function);
    const int status = lua_pcall(lua, 0, 1, 1);
    limits_end();
    host->is_running = false;
    if (status == LUA_ERRMEM || limits_verdict() != LIMIT_NONE) {
        fail_key(&host->state, "state.key went over a limit of the function");
    } else if (status == LUA_OK) {
        size_t length;
        const char *text = lua_tolstring(lua, -1, &length);
        check_and_add(host, (struct byte_span){text, length});
    } else {
        const char *message = lua_tostring(lua, -1);
        fail_key(&host->state, message == NULL ? "state.key failed" : message);
    }
}

// Adds the current event's key. Returns false when the script has to be loaded again.
static bool add_key_of_event(struct host *host) {
    if (host->state.key_path == NULL && !host->state.has_key_function) {
        add_own_key(host);
        return true;
    }
    add_called_key(host, host->state.has_key_function ? call_function : push_field);
    return limits_verdict() == LIMIT_NONE;
}

static void keep_batch(struct function_state *state, struct byte_reader body) {
    state->batch_length = (size_t)(body.end - body.at);
    state->batch.length = 0;
    byte_buffer_append(&state->batch, body.at, state->batch_length);
    memset(byte_buffer_reserve(&state->batch, MOONRAIL_JSON_PADDING), 0, MOONRAIL_JSON_PADDING);
    state->keys.length = 0;
    state->event_count = 0;
}

// Appends the keys whose values have to be asked for, each once.
static void append_unknown(struct host *host, struct byte_buffer *out) {
    struct function_state *state = &host->state;
    state_cache_begin_turn(&state->cache, STATE_CACHE_BYTES_MAX);
    const size_t count_at = out->length;
    uint32_t count = 0;
    byte_buffer_append_u32(out, 0);
    for (uint32_t i = 0; i < state->event_count; i++) {
        const struct state_key *key = &state->of_events[i];
        if (key->is_failure) continue;
        const char *bytes = (const char *)state->keys.bytes + key->start;
        const size_t known = state->cache.count;
        struct state_entry *entry =
            state_cache_entry(&state->cache, (struct byte_span){bytes, key->length});
        // One that is there and not known was asked for already.
        if (entry->is_known || state->cache.count == known) continue;
        byte_buffer_append_text(out, bytes, key->length);
        count++;
    }
    byte_buffer_patch_u32(out, count_at, count);
}

void function_state_prepare(struct host *host, struct byte_reader body) {
    keep_batch(&host->state, body);
    const unsigned char *bytes = host->state.batch.bytes;
    struct run_events events =
        run_events_read((struct byte_reader){bytes, bytes + host->state.batch_length, false});
    while (run_events_next(&events, &host->event)) {
        if (add_key_of_event(host)) continue;
        // Half-written globals may be left behind. The script loaded before, so it will again.
        struct byte_buffer discarded = {0};
        const bool is_loaded = script_load(host, &discarded);
        byte_buffer_free(&discarded);
        if (!is_loaded) _exit(EXIT_OUT_OF_MEMORY);
    }
    run_events_free(&events);
    append_unknown(host, &host->result);
}
