#ifndef MOONRAIL_FUNCTION_TIMERS_H
#define MOONRAIL_FUNCTION_TIMERS_H

#include "timer_list.h"
#include "timer_queue.h"

#include <lua.h>

struct host;
struct state_entry;

// A function's timers: on_timer is called when event time has come so far. They are part of the
// state of their key (function_state.h); here is what a run knows of them beside it.

enum {
    // What the firings after one event may tell before the rest waits for the next event: emissions
    // and state, so that a result keeps within a frame.
    FIRINGS_BYTES_MAX = 4 * 1024 * 1024,
};

struct function_timers {
    // The script has an on_timer.
    bool is_declared;

    // How far event time has come, and how far it stays behind the latest event; microseconds.
    int64_t watermark;
    int64_t delay;
    // Firings that one event may be followed by; 0 when nothing fires in this run.
    uint32_t firings_max;
    // More timers may be due in this run than the worker handed over; and of how many keys those
    // are that it did and that nothing has touched yet.
    bool is_cut;
    uint32_t keys_untouched;
    struct timer_queue queue;

    // The run's only event was handled in an earlier run, and the clock has moved time since.
    bool is_tick;
    // Timers that are not to be called, as the worker listed them; in its frame, so that they are
    // there as long as the run is.
    struct byte_reader stopped;
    uint32_t stopped_count;

    // The timer that fires, and the key it belongs to.
    struct timer current;
    struct state_entry *entry;

    // What is told of the run's firings with its result.
    struct byte_buffer results;
    uint32_t count;
};

// Reads the field `on_timer` of the function's table at `definition`, after its state. Raises when
// it is none.
void function_timers_read(lua_State *lua, int definition);

// Takes what the worker says of timers for a prepared run, after the values. Leaves the process
// (64) when the body is broken.
void function_timers_take(struct host *host, struct byte_reader *body);

// Whether the current timer, which is number `firing` after its event, counted from 1, is to be
// told as one that was stopped.
bool function_timers_is_stopped(const struct host *host, uint32_t firing);

// Lets event time come as far as the event that has ended says.
void function_timers_advance(struct host *host);

// Whether all timers that are due after one more event are known here.
bool function_timers_suffice(const struct host *host);

// Takes the next timer that is due, and makes it the current one. False when none is.
bool function_timers_next(struct host *host);

// Takes note that a key's timers may change.
void function_timers_touch(struct host *host, struct state_entry *entry);

// Raising: calls on_timer with the current timer; its results stay on the stack.
void function_timers_call(lua_State *lua);

// Tells of the firing whose outcome is the last thing in the result, and takes that out of it.
void function_timers_tell(struct host *host);

// Notes that a value is going to be another: those timers that it had before, and those it has.
void function_timers_changed(
    struct host *host, const struct state_entry *entry, const struct timer_list *before,
    const struct timer_list *after);

// The function context.timer.
int function_timers_set(lua_State *lua);

#endif
