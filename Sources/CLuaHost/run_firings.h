#ifndef MOONRAIL_RUN_FIRINGS_H
#define MOONRAIL_RUN_FIRINGS_H

#include "host.h"

// The timers that fire after one event of a run, before the next event is handled.
struct run_firings {
    // The event that they follow.
    struct current_event event;
    // As many may still follow it; 0 when no other one is due.
    uint32_t left;
    // What was told of the run before the first of them.
    size_t bytes_before;
    // What was logged before the current one.
    size_t log_bytes_before;
    uint32_t log_lines_before;
    // The current one went over a limit, and fires once more in a new VM: another one's garbage, or
    // a machine under load, may have been to blame.
    bool is_second_try;
    // Half-written globals may be left behind by a limit.
    bool must_reload;
};

// Begins with what is due after the event that has ended.
void run_firings_begin(struct run_firings *firings, struct host *host);

// Starts the next firing; false when there is none left.
bool run_firings_start(struct run_firings *firings, struct host *host);

// Raising: the next firing as a whole, if there is one left. The stack keeps three values.
void run_firings_fire(lua_State *lua, struct run_firings *firings);

// Ends the firing whose outcome is now complete, unless a limit overrules it. `message` is what was
// raised, if anything was.
void run_firings_end(
    struct run_firings *firings, struct host *host, bool ended_well, const char *message);

// Loads the script again. Not inside a protected call.
void run_firings_reload(struct run_firings *firings, struct host *host);

#endif
