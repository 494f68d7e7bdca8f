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
    if (body->broken || body->at != body->end) _exit(EXIT_BROKEN_FRAME);
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

static void push_value(lua_State *lua, struct function_state *state) {
    const struct state_entry *entry = state->entry;
    if (entry->value == NULL) {
        push_table(lua, initial_of(state));
        return;
    }
    uint32_t version;
    memcpy(&version, entry->value, sizeof version);
    const struct byte_span json = {(const char *)entry->value + STATE_VERSION_BYTES,
        entry->value_length - STATE_VERSION_BYTES};
    state->is_new_shape = version != state->version;
    if (state->is_new_shape && state->has_migration) push_migrated(lua, json, version);
    else push_table(lua, json);
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

void function_state_begin(lua_State *lua) {
    struct host *host = host_of(lua);
    struct function_state *state = &host->state;
    state->has_change = false;
    state->is_new_shape = false;
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
    state->entry = entry;
    push_value(lua, state);
    set_context(lua);
}

static bool is_empty_table(const struct byte_buffer *json) {
    return json->length == STATE_VERSION_BYTES + 2;
}

// Writes what the handler left of context.state behind the version of its shape.
static void write_next(lua_State *lua, struct host *host) {
    struct function_state *state = &host->state;
    state->next.length = 0;
    byte_buffer_append_u32(&state->next, state->version);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT_FIELDS);
    lua_getfield(lua, -1, "state");
    // A value that is too large has a message of its own; one that is far too large is given up.
    const size_t most = (size_t)state->value_bytes_max * 2;
    const bool is_written = document_write(
        lua, lua_gettop(lua), &state->next, most, "context.state", DOCUMENT_IS_DESCRIPTION);
    if (!is_written) luaL_error(lua, "%s: %s", host->load.file_name, host->document_error);
    lua_pop(lua, 2);
    if (state->next.length - STATE_VERSION_BYTES > state->value_bytes_max) {
        luaL_error(lua, "%s: the state of key '%s' has %d bytes; %d is the most",
            host->load.file_name, lua_pushlstring(lua, state->entry->key, state->entry->key_length),
            (int)(state->next.length - STATE_VERSION_BYTES), (int)state->value_bytes_max);
    }
}

void function_state_end(lua_State *lua) {
    struct host *host = host_of(lua);
    struct function_state *state = &host->state;
    write_next(lua, host);
    const struct state_entry *entry = state->entry;
    const unsigned char *json = state->next.bytes + STATE_VERSION_BYTES;
    const size_t length = state->next.length - STATE_VERSION_BYTES;
    if (entry->value == NULL) {
        const bool is_initial =
            length == state->initial.length && memcmp(json, state->initial.bytes, length) == 0;
        state->has_change = !is_initial && !is_empty_table(&state->next);
        if (!state->has_change) return;
        if (state->keys_left > 0) return;
        luaL_error(lua, "%s: this function keeps state for as many keys as it may; empty the state "
                        "of keys that are done, or raise limits.state_keys", host->load.file_name);
    }
    state->has_change = state->next.length != entry->value_length ||
        memcmp(state->next.bytes, entry->value, entry->value_length) != 0;
    // An empty table is no state: the key's next event finds the initial one.
    if (state->has_change && is_empty_table(&state->next)) state->next.length = 0;
}

static void tell(struct host *host) {
    struct function_state *state = &host->state;
    byte_buffer_append_u32(&state->changes, host->event.index_in_run);
    byte_buffer_append_text(&state->changes, state->entry->key, state->entry->key_length);
    byte_buffer_append_u8(&state->changes, state->entry->value != NULL);
    byte_buffer_append_text(
        &state->changes, (const char *)state->next.bytes, state->next.length);
    state->change_count++;
}

void function_state_close(struct host *host, bool ended_well) {
    struct function_state *state = &host->state;
    if (!ended_well || !state->has_change) return;
    tell(host);
    if (state->entry->value == NULL) state->keys_left--;
    else if (state->next.length == 0) state->keys_left++;
    const struct byte_span value = {(const char *)state->next.bytes, state->next.length};
    state_cache_set(&state->cache, state->entry, value);
    state->has_change = false;
}
