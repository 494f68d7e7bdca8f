#ifndef MOONRAIL_FUNCTION_STATE_H
#define MOONRAIL_FUNCTION_STATE_H

#include "byte_buffer.h"
#include "state_cache.h"
#include "timer_list.h"

#include <lua.h>

struct host;


// A function's state: one table for each key, which the handler finds as context.state and changes.
// What it became is told with the event's outcome, and kept here for the events that follow.

enum {
    // The longest key, as that of an event.
    STATE_KEY_BYTES_MAX = 1024,
    // What the values that are kept may take.
    STATE_CACHE_BYTES_MAX = 32 * 1024 * 1024,
    // In front of each value: the version of the state's shape, whose top bit says that the timers
    // of the key follow. Behind them is the JSON; none where the key has timers only.
    STATE_VERSION_BYTES = 4,
};

// The state key of one event of a prepared batch.
struct state_key {
    // Where it is in `keys`; or, where it has none, the message that says why.
    size_t start;
    uint32_t length;
    bool is_failure;
};

// All of a function's state that the host has, and the batch that was prepared.
struct function_state {
    bool is_declared;
    // The declared version of its shape.
    uint32_t version;
    bool has_migration;
    bool has_key_function;
    // The field of the payload that is the key; NULL where it is the event's own.
    char *key_path;
    // What a key without a value begins with, as JSON.
    struct byte_buffer initial;
    uint32_t value_bytes_max;
    struct state_cache cache;
    // Keys that may still come to have a value.
    uint64_t keys_left;

    // The body of the last PREPARE, with padding behind it.
    struct byte_buffer batch;
    size_t batch_length;
    struct byte_buffer keys;
    struct state_key *of_events;
    uint32_t event_count;
    uint32_t event_capacity;

    // Of the event that is handled.
    struct state_entry *entry;
    // The timers of its key, as the script has set them by now.
    struct timer_list timers;
    // What it is going to be when the event ends well; nothing where it has no value then.
    struct byte_buffer next;
    bool has_change;
    // What is told with the run's result.
    struct byte_buffer changes;
    uint32_t change_count;
};

// Where the top bit of a value's version is.
static const uint32_t STATE_HAS_TIMERS = UINT32_C(1) << 31;

// The timers that wait under the key of an entry that is known.
void state_entry_timers(const struct state_entry *entry, struct timer_list *list);

// Reads the field `state` of the function's table at `definition`. Raises when it is none.
void function_state_read(lua_State *lua, int definition);

// Keeps the events of a PREPARE, and appends to the result the keys whose values are not known
// here. Leaves the process (64) when the body is broken.
void function_state_prepare(struct host *host, struct byte_reader body);

// Takes the values that the worker gave for a prepared run. Leaves the process (64) when the body
// is broken.
void function_state_take(struct host *host, struct byte_reader *body);

// Raising: makes context.state the value of the event that begins.
void function_state_begin(lua_State *lua);

// Raising: works out what the handler, which has returned, made of it.
void function_state_end(lua_State *lua);

// Raising: the same for the timer that fires, and takes it from its key.
void function_state_begin_firing(lua_State *lua);

// Instead of function_state_end for a firing that failed: it leaves the state as it was, without
// the timer.
void function_state_end_failed_firing(struct host *host);

// Makes what the event or the firing did to it last, or forgets it.
void function_state_close(struct host *host, bool ended_well);

#endif
