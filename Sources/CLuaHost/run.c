#include "run.h"

#include "context_object.h"
#include "document_lazy.h"
#include "event_clock.h"
#include "event_object.h"
#include "exit_codes.h"
#include "fault.h"
#include "outcome.h"
#include "run_events.h"
#include "run_firings.h"

#include <unistd.h>

// A result this large is sent at once; the worker asks again for the rest.
enum { RESULT_BYTES_MAX = 8 * 1024 * 1024 };

// What is left of the RUN, and what bounds it.
struct run {
    struct host *host;
    struct run_events events;
    // Events that have an outcome.
    uint32_t outcome_count;
    uint64_t cpu_milliseconds_max;
    // When the current event began, if the worker wants to know how long each takes.
    uint64_t began;
    bool is_timed;
    bool must_stop;
    struct run_firings firings;
};

static bool goes_on(const struct run *run) {
    if (run->firings.must_reload) return false;
    if (run->firings.left > 0) return true;
    if (run->outcome_count == run->events.count || run->must_stop) return false;
    return run->outcome_count == 0 || function_timers_suffice(run->host);
}

static void start_event(struct run *run) {
    struct host *host = run->host;
    run_events_next(&run->events, &host->event);
    outcome_start(host);
    host->is_running = true;
    if (run->is_timed) run->began = event_clock_now();
    limits_begin(host->lua, host->load.bounds.event_cpu_milliseconds);
}

// Ends the event whose outcome is now complete, unless a limit overrules it. `message` is what was
// raised, if anything was.
static void end_event(struct run *run, bool ended_well, const char *message) {
    struct host *host = run->host;
    limits_end();
    if (run->is_timed) {
        const uint64_t took = event_clock_since(run->began);
        byte_buffer_append(&host->times, &took, sizeof took);
    }
    host->is_running = false;
    const bool is_over_limit = limits_verdict() != LIMIT_NONE;
    if (is_over_limit) {
        outcome_over_limit(host, limits_raised_by_itself(message) ? message : NULL);
        run->must_stop = true;
        ended_well = false;
    }
    if (host->state.is_declared) {
        function_state_close(host, ended_well);
        if (host->state.changes.length > RESULT_BYTES_MAX) run->must_stop = true;
    }
    run->outcome_count++;
    if (limits_cpu_milliseconds() >= run->cpu_milliseconds_max) run->must_stop = true;
    if (host->result.length + host->log.length > RESULT_BYTES_MAX) run->must_stop = true;
    // What the machine ended did not happen, as far as event time is concerned.
    if (host->timers.is_declared && !is_over_limit) run_firings_begin(&run->firings, host);
}

// Takes the event of a tick, which was handled before, so that what is due since fires after it.
static void pass_over_event(struct run *run) {
    struct host *host = run->host;
    if (run->events.count != 1) _exit(EXIT_BROKEN_FRAME);
    run_events_next(&run->events, &host->event);
    outcome_start(host);
    if (run->is_timed) byte_buffer_append(&host->times, &(uint64_t){0}, sizeof(uint64_t));
    run->outcome_count++;
    run_firings_begin(&run->firings, host);
}

static void handle_event(lua_State *lua, struct run *run) {
    const bool has_state = run->host->state.is_declared;
    start_event(run);
    if (has_state) function_state_begin(lua);
    lua_pushvalue(lua, 2);
    event_object_push(lua);
    lua_pushvalue(lua, 3);
    lua_call(lua, 2, 2);
    outcome_returned(lua);
    if (has_state && !run->host->event.rejected) function_state_end(lua);
    lua_settop(lua, 3);
    end_event(run, !run->host->event.rejected, NULL);
}

// Protected: runs one event after the other, each with the timers that are due then. An error
// leaves it in the middle of an event or a firing.
static int run_until_error(lua_State *lua) {
    struct run *run = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_HANDLER);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT);
    while (goes_on(run)) {
        document_lazy_close(lua);
        if (run->firings.left > 0) run_firings_fire(lua, &run->firings);
        else handle_event(lua, run);
    }
    return 0;
}

// Starts what an error has hit that came before anything had begun. False when nothing is left.
static bool start_next(struct run *run) {
    if (run->firings.left > 0 && run_firings_start(&run->firings, run->host)) return true;
    if (!goes_on(run)) return false;
    start_event(run);
    return true;
}

static void run_all(struct run *run) {
    struct host *host = run->host;
    while (goes_on(run) || run->firings.must_reload) {
        if (run->firings.must_reload) run_firings_reload(&run->firings, host);
        lua_State *lua = host->lua;
        lua_settop(lua, 0);
        lua_pushcfunction(lua, fault_describe);
        lua_pushcfunction(lua, run_until_error);
        lua_pushlightuserdata(lua, run);
        host->traceback.length = 0;
        const int status = lua_pcall(lua, 1, 0, 1);
        if (status == LUA_OK) continue;
        // Memory so short that not even the next handler could be called counts for its event.
        if (!host->is_running && !start_next(run)) return;
        if (status == LUA_ERRMEM) limits_exceeded(LIMIT_MEMORY);
        outcome_raised(host);
        const char *message = lua_tostring(lua, -1);
        if (host->event.is_firing) run_firings_end(&run->firings, host, false, message);
        else end_event(run, false, message);
    }
}

static void append_logs(struct host *host) {
    byte_buffer_append_u32(&host->result, host->log_line_count);
    byte_buffer_append(&host->result, host->log.bytes, host->log.length);
}

static void append_firings(struct host *host) {
    const struct byte_buffer *results = &host->timers.results;
    byte_buffer_append_u32(&host->result, host->timers.count);
    byte_buffer_append(&host->result, results->bytes, results->length);
}

static void append_state_changes(struct host *host) {
    const struct function_state *state = &host->state;
    byte_buffer_append_u32(&host->result, state->change_count);
    byte_buffer_append(&host->result, state->changes.bytes, state->changes.length);
}

void run_events(struct host *host, struct frame frame) {
    struct run run = {
        .host = host,
        .events = run_events_read(frame.body),
        .is_timed = (frame.flags & FRAME_FLAG_TIMED) != 0,
    };
    run.cpu_milliseconds_max = limits_cpu_milliseconds() + host->load.bounds.run_cpu_milliseconds;
    host->log.length = 0;
    host->log_line_count = 0;
    host->times.length = 0;
    host->state.changes.length = 0;
    host->state.change_count = 0;
    frame_start(&host->result, FRAME_RESULT, frame.epoch);
    const size_t count_at = host->result.length;
    byte_buffer_append_u32(&host->result, 0);
    if (host->timers.is_declared && host->timers.is_tick) pass_over_event(&run);
    run_all(&run);
    byte_buffer_patch_u32(&host->result, count_at, run.outcome_count);
    append_logs(host);
    append_state_changes(host);
    if (host->timers.is_declared) append_firings(host);
    byte_buffer_append(&host->result, host->times.bytes, host->times.length);
    run_events_free(&run.events);
}
