#include "function_state.h"

#include "document.h"
#include "exit_codes.h"
#include "fault.h"
#include "host.h"

#include <stdio.h>
#include <unistd.h>

// What the worker says of a key that it was asked for.
enum { ANSWER_NONE, ANSWER_VALUE, ANSWER_REFUSED };

void function_state_take(struct host *host, struct byte_reader *body) {
    struct function_state *state = &host->state;
    state->keys_left = byte_reader_u64(body);
    const uint32_t count = byte_reader_u32(body);
    for (uint32_t i = 0; i < count && !body->broken; i++) {
        const struct byte_span key = byte_reader_text(body);
        const unsigned char *answer = byte_reader_take(body, 1);
        const struct byte_span value = byte_reader_text(body);
        const bool is_value = !body->broken && *answer == ANSWER_VALUE;
        if (body->broken || *answer > ANSWER_REFUSED) _exit(EXIT_BROKEN_FRAME);
        if ((*answer == ANSWER_NONE) != (value.length == 0)) _exit(EXIT_BROKEN_FRAME);
        if (is_value && value.length <= STATE_VERSION_BYTES) _exit(EXIT_BROKEN_FRAME);
        struct state_entry *entry = state_cache_entry(&state->cache, key);
        state_cache_set(&state->cache, entry, value);
        entry->is_refused = *answer == ANSWER_REFUSED;
    }
    if (body->broken) _exit(EXIT_BROKEN_FRAME);
}

// What a value consists of beside its timers; of no value, nothing.
struct value_parts {
    uint32_t version;
    struct byte_span json;
};

static struct value_parts take_apart(const struct state_entry *entry, struct timer_list *timers) {
    struct value_parts parts = {0, {"", 0}};
    timers->count = 0;
    if (entry->value == NULL) return parts;
    memcpy(&parts.version, entry->value, sizeof parts.version);
    size_t start = STATE_VERSION_BYTES;
    if (parts.version & STATE_HAS_TIMERS) {
        const size_t length =
            timer_list_read(timers, entry->value + start, entry->value_length - start);
        if (length == 0) _exit(EXIT_BROKEN_FRAME);
        start += length;
        parts.version &= ~STATE_HAS_TIMERS;
    }
    parts.json =
        (struct byte_span){(const char *)entry->value + start, entry->value_length - start};
    return parts;
}

void state_entry_timers(const struct state_entry *entry, struct timer_list *list) {
    take_apart(entry, list);
}

// Pushes the table that JSON stands for.
static void push_table(lua_State *lua, struct byte_span json) {
    document_push(lua, json, false, "context.state");
    if (!lua_istable(lua, -1)) luaL_error(lua, "context.state is no table");
}

static struct byte_span initial_of(const struct function_state *state) {
    return (struct byte_span){(const char *)state->initial.bytes, state->initial.length};
}

// Pushes what a value of another shape becomes.
static void push_migrated(lua_State *lua, struct byte_span json, uint32_t version) {
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_STATE_MIGRATE);
    push_table(lua, json);
    lua_pushinteger(lua, version);
    lua_call(lua, 2, 1);
    if (lua_istable(lua, -1)) return;
    luaL_error(lua, "state.migrate returned a %s; return the new state, a table",
        luaL_typename(lua, -1));
}

// Pushes the state of the entry, and takes over the timers of its key.
static void push_value(lua_State *lua, struct function_state *state) {
    const struct value_parts parts = take_apart(state->entry, &state->timers);
    if (parts.json.length == 0) {
        push_table(lua, initial_of(state));
    } else if (parts.version != state->version && state->has_migration) {
        push_migrated(lua, parts.json, parts.version);
    } else {
        push_table(lua, parts.json);
    }
}

// Sets context.state to the value on top of the stack, which it takes.
static void set_context(lua_State *lua) {
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT_FIELDS);
    lua_insert(lua, -2);
    lua_setfield(lua, -2, "state");
    lua_pop(lua, 1);
}

static void fail_with(lua_State *lua, const char *message, size_t length) {
    lua_pushlstring(lua, message, length);
    luaL_error(lua, "%s: %s", host_of(lua)->load.file_name, lua_tostring(lua, -1));
}

static void begin(lua_State *lua, struct state_entry *entry) {
    struct host *host = host_of(lua);
    host->state.has_change = false;
    host->state.entry = entry;
    if (host->timers.is_declared) function_timers_touch(host, entry);
    push_value(lua, &host->state);
    set_context(lua);
}

void function_state_begin(lua_State *lua) {
    struct host *host = host_of(lua);
    struct function_state *state = &host->state;
    state->has_change = false;
    state->entry = NULL;
    // The run's events are those that were prepared, in their order.
    if (host->event.index_in_run >= state->event_count) _exit(EXIT_BROKEN_FRAME);
    const struct state_key *key = &state->of_events[host->event.index_in_run];
    const char *text = (const char *)state->keys.bytes + key->start;
    if (key->is_failure) fail_with(lua, text, key->length);
    struct state_entry *entry =
        state_cache_entry(&state->cache, (struct byte_span){text, key->length});
    if (!entry->is_known) _exit(EXIT_BROKEN_FRAME);
    if (entry->is_refused) fail_with(lua, (const char *)entry->value, entry->value_length);
    begin(lua, entry);
}

static struct byte_span name_of(const struct timer *timer) {
    return (struct byte_span){timer->name, timer->name_length};
}

void function_state_begin_firing(lua_State *lua) {
    struct host *host = host_of(lua);
    begin(lua, host->timers.entry);
    timer_list_remove(&host->state.timers, name_of(&host->timers.current));
}

// Begins the key's next value with all that is in front of the JSON.
static void begin_next(struct function_state *state, uint32_t version) {
    const bool has_timers = state->timers.count > 0;
    state->next.length = 0;
    byte_buffer_append_u32(&state->next, version | (has_timers ? STATE_HAS_TIMERS : 0));
    if (has_timers) timer_list_append(&state->timers, &state->next);
}

// Whether this JSON is as good as none: an emptied table, or the initial one where there is none.
static bool is_no_state(
    const struct function_state *state, const unsigned char *json, size_t length) {
    if (length == 2) return true;
    struct timer_list timers;
    return take_apart(state->entry, &timers).json.length == 0 &&
        length == state->initial.length &&
        memcmp(json, state->initial.bytes, length) == 0;
}

// Ends the key's next value, whose JSON begins at `start`.
static void finish_next(struct function_state *state, size_t start) {
    const unsigned char *json = state->next.bytes + start;
    if (is_no_state(state, json, state->next.length - start)) state->next.length = start;
    // Neither state nor timers: the key's next event finds the initial one.
    const bool has_timers = state->timers.count > 0;
    if (!has_timers && state->next.length == STATE_VERSION_BYTES) state->next.length = 0;
    const struct state_entry *entry = state->entry;
    const size_t length = entry->value == NULL ? 0 : entry->value_length;
    state->has_change = state->next.length != length ||
        (length > 0 && memcmp(state->next.bytes, entry->value, length) != 0);
}

// Writes what the handler left of context.state. Returns where it begins.
static size_t write_json(lua_State *lua, struct host *host) {
    struct function_state *state = &host->state;
    const size_t start = state->next.length;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT_FIELDS);
    lua_getfield(lua, -1, "state");
    // A value that is too large has a message of its own; one that is far too large is given up.
    const size_t most = (size_t)state->value_bytes_max * 2;
    const bool is_written = document_write(
        lua, lua_gettop(lua), &state->next, most, "context.state", DOCUMENT_IS_DESCRIPTION);
    if (!is_written) luaL_error(lua, "%s: %s", host->load.file_name, host->document_error);
    lua_pop(lua, 2);
    if (state->next.length - start > state->value_bytes_max) {
        luaL_error(lua, "%s: the state of key '%s' has %d bytes; %d is the most",
            host->load.file_name, lua_pushlstring(lua, state->entry->key, state->entry->key_length),
            (int)(state->next.length - start), (int)state->value_bytes_max);
    }
    return start;
}

void function_state_end(lua_State *lua) {
    struct host *host = host_of(lua);
    struct function_state *state = &host->state;
    begin_next(state, state->version);
    finish_next(state, write_json(lua, host));
    if (!state->has_change || state->entry->value != NULL || state->keys_left > 0) return;
    state->has_change = false;
    luaL_error(lua, "%s: this function keeps state for as many keys as it may; empty the state "
                    "of keys that are done, or raise limits.state_keys", host->load.file_name);
}

void function_state_end_failed_firing(struct host *host) {
    struct function_state *state = &host->state;
    state->entry = host->timers.entry;
    const struct value_parts before = take_apart(state->entry, &state->timers);
    timer_list_remove(&state->timers, name_of(&host->timers.current));
    begin_next(state, before.version);
    const size_t start = state->next.length;
    byte_buffer_append(&state->next, before.json.bytes, before.json.length);
    finish_next(state, start);
}

static void tell(struct host *host, const struct timer_list *timers_before) {
    struct function_state *state = &host->state;
    struct byte_buffer *changes = &state->changes;
    byte_buffer_append_u32(changes, host->event.index_in_run);
    if (host->timers.is_declared) {
        byte_buffer_append_u32(changes, host->event.is_firing ? host->timers.count + 1 : 0);
    }
    byte_buffer_append_text(changes, state->entry->key, state->entry->key_length);
    byte_buffer_append_u8(changes, state->entry->value != NULL);
    byte_buffer_append_text(changes, (const char *)state->next.bytes, state->next.length);
    if (host->timers.is_declared) timer_list_append(timers_before, changes);
    state->change_count++;
}

void function_state_close(struct host *host, bool ended_well) {
    struct function_state *state = &host->state;
    if (!ended_well || !state->has_change) return;
    struct timer_list before;
    state_entry_timers(state->entry, &before);
    tell(host, &before);
    if (host->timers.is_declared) {
        function_timers_changed(host, state->entry, &before, &state->timers);
    }
    if (state->entry->value == NULL) state->keys_left--;
    else if (state->next.length == 0 && state->keys_left < UINT64_MAX) state->keys_left++;
    const struct byte_span value = {(const char *)state->next.bytes, state->next.length};
    state_cache_set(&state->cache, state->entry, value);
    state->has_change = false;
}
