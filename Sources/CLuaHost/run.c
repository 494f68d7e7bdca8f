#include "run.h"

#include "context_object.h"
#include "document_lazy.h"
#include "event_clock.h"
#include "event_object.h"
#include "exit_codes.h"
#include "fault.h"
#include "outcome.h"
#include "script.h"

#include <stdlib.h>
#include <unistd.h>

// A result this large is sent at once; the worker asks again for the rest.
enum { RESULT_BYTES_MAX = 8 * 1024 * 1024 };

// What is left of the RUN, and what bounds it.
struct run {
    struct host *host;
    struct byte_reader events;
    struct byte_span *stations;
    uint32_t station_count;
    uint32_t event_count;
    uint32_t outcome_count;
    uint64_t cpu_milliseconds_max;
    // When the current event began, if the worker wants to know how long each takes.
    uint64_t began;
    bool is_timed;
    bool must_stop;
};

static void read_event(struct run *run) {
    struct current_event *event = &run->host->event;
    memset(event, 0, sizeof *event);
    const uint32_t station = byte_reader_u32(&run->events);
    byte_reader_u32(&run->events);
    event->offset = byte_reader_u64(&run->events);
    event->record = event_record_read(&run->events);
    if (run->events.broken || station >= run->station_count) _exit(EXIT_BROKEN_FRAME);
    event->station = run->stations[station];
    event->index_in_run = run->outcome_count;
}

static void start_event(struct run *run) {
    struct host *host = run->host;
    read_event(run);
    outcome_start(host);
    host->is_running = true;
    if (run->is_timed) run->began = event_clock_now();
    limits_begin(host->lua, host->load.bounds.event_cpu_milliseconds);
}

// Ends the event whose outcome is now complete, unless a limit overrules it. `message` is what was
// raised, if anything was.
static void end_event(struct run *run, const char *message) {
    struct host *host = run->host;
    limits_end();
    if (run->is_timed) {
        const uint64_t took = event_clock_since(run->began);
        byte_buffer_append(&host->times, &took, sizeof took);
    }
    host->is_running = false;
    if (limits_verdict() != LIMIT_NONE) {
        outcome_over_limit(host, limits_raised_by_itself(message) ? message : NULL);
        run->must_stop = true;
    }
    run->outcome_count++;
    if (limits_cpu_milliseconds() >= run->cpu_milliseconds_max) run->must_stop = true;
    if (host->result.length + host->log.length > RESULT_BYTES_MAX) run->must_stop = true;
}

// Protected: runs one event after the other. An error leaves it in the middle of an event.
static int run_until_error(lua_State *lua) {
    struct run *run = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_HANDLER);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT);
    while (run->outcome_count < run->event_count && !run->must_stop) {
        document_lazy_close(lua);
        start_event(run);
        lua_pushvalue(lua, 2);
        event_object_push(lua);
        lua_pushvalue(lua, 3);
        lua_call(lua, 2, 2);
        outcome_returned(lua);
        lua_settop(lua, 3);
        end_event(run, NULL);
    }
    return 0;
}

static void run_all(struct run *run) {
    struct host *host = run->host;
    lua_State *lua = host->lua;
    while (run->outcome_count < run->event_count && !run->must_stop) {
        lua_settop(lua, 0);
        lua_pushcfunction(lua, fault_describe);
        lua_pushcfunction(lua, run_until_error);
        lua_pushlightuserdata(lua, run);
        host->traceback.length = 0;
        const int status = lua_pcall(lua, 1, 0, 1);
        if (status == LUA_OK) return;
        // Memory so short that not even the next handler could be called counts for its event.
        if (!host->is_running) start_event(run);
        if (status == LUA_ERRMEM) limits_exceeded(LIMIT_MEMORY);
        outcome_raised(host);
        end_event(run, lua_tostring(lua, -1));
    }
}

static void read_stations(struct run *run) {
    run->station_count = byte_reader_u32(&run->events);
    const size_t left = (size_t)(run->events.end - run->events.at);
    if (run->station_count > left / 4) _exit(EXIT_BROKEN_FRAME);
    run->stations = calloc(run->station_count + 1, sizeof *run->stations);
    if (run->stations == NULL) _exit(EXIT_OUT_OF_MEMORY);
    for (uint32_t i = 0; i < run->station_count; i++) {
        run->stations[i] = byte_reader_text(&run->events);
    }
    run->event_count = byte_reader_u32(&run->events);
    if (run->events.broken) _exit(EXIT_BROKEN_FRAME);
}

void run_events(struct host *host, struct frame frame) {
    struct run run = {
        .host = host,
        .events = frame.body,
        .is_timed = (frame.flags & FRAME_FLAG_TIMED) != 0,
    };
    read_stations(&run);
    run.cpu_milliseconds_max = limits_cpu_milliseconds() + host->load.bounds.run_cpu_milliseconds;
    host->log.length = 0;
    host->log_line_count = 0;
    host->times.length = 0;
    frame_start(&host->result, FRAME_RESULT, frame.epoch);
    const size_t count_at = host->result.length;
    byte_buffer_append_u32(&host->result, 0);
    run_all(&run);
    const bool is_whole = run.outcome_count == run.event_count;
    if (is_whole && run.events.at != run.events.end) _exit(EXIT_BROKEN_FRAME);
    byte_buffer_patch_u32(&host->result, count_at, run.outcome_count);
    byte_buffer_append_u32(&host->result, host->log_line_count);
    byte_buffer_append(&host->result, host->log.bytes, host->log.length);
    byte_buffer_append(&host->result, host->times.bytes, host->times.length);
    free(run.stations);
}
