#include "run_firings.h"

#include "exit_codes.h"
#include "outcome.h"
#include "script.h"

#include <unistd.h>

static size_t told_bytes(const struct host *host) {
    return host->timers.results.length + host->state.changes.length;
}

void run_firings_begin(struct run_firings *firings, struct host *host) {
    firings->left = host->timers.firings_max;
    if (firings->left == 0) return;
    function_timers_advance(host);
    firings->event = host->event;
    firings->bytes_before = told_bytes(host);
}

bool run_firings_start(struct run_firings *firings, struct host *host) {
    if (!firings->is_second_try && !function_timers_next(host)) {
        firings->left = 0;
        return false;
    }
    const struct function_timers *timers = &host->timers;
    host->event = (struct current_event){
        .record = {
            .flags = EVENT_HAS_KEY,
            .time_microseconds = timers->current.time,
            .key = {timers->entry->key, timers->entry->key_length},
        },
        .station = firings->event.station,
        .offset = firings->event.offset,
        .index_in_run = firings->event.index_in_run,
        .is_firing = true,
    };
    firings->log_bytes_before = host->log.length;
    firings->log_lines_before = host->log_line_count;
    outcome_start(host);
    host->is_running = true;
    limits_begin(host->lua, host->load.bounds.event_cpu_milliseconds);
    return true;
}

void run_firings_fire(lua_State *lua, struct run_firings *firings) {
    struct host *host = host_of(lua);
    if (!run_firings_start(firings, host)) return;
    if (function_timers_is_stopped(host, host->timers.firings_max - firings->left + 1)) {
        function_timers_touch(host, host->timers.entry);
        outcome_stopped(host);
        run_firings_end(firings, host, false, NULL);
        return;
    }
    function_state_begin_firing(lua);
    function_timers_call(lua);
    outcome_returned(lua);
    if (!host->event.rejected) function_state_end(lua);
    lua_settop(lua, 3);
    run_firings_end(firings, host, !host->event.rejected, NULL);
}

// Leaves nothing of the current firing, so that it can be tried again.
static void undo(const struct run_firings *firings, struct host *host) {
    host->result.length = host->event.outcome_start;
    host->log.length = firings->log_bytes_before;
    host->log_line_count = firings->log_lines_before;
}

void run_firings_end(
    struct run_firings *firings, struct host *host, bool ended_well, const char *message) {
    limits_end();
    host->is_running = false;
    if (limits_verdict() != LIMIT_NONE) {
        firings->must_reload = true;
        if (!firings->is_second_try) {
            firings->is_second_try = true;
            undo(firings, host);
            return;
        }
        outcome_over_limit(host, limits_raised_by_itself(message) ? message : NULL);
        ended_well = false;
    }
    firings->is_second_try = false;
    if (!ended_well) function_state_end_failed_firing(host);
    function_state_close(host, true);
    function_timers_tell(host);
    firings->left--;
    if (told_bytes(host) - firings->bytes_before >= FIRINGS_BYTES_MAX) firings->left = 0;
}

void run_firings_reload(struct run_firings *firings, struct host *host) {
    // The script loaded before, so it will again.
    struct byte_buffer discarded = {0};
    const bool is_loaded = script_load(host, &discarded);
    byte_buffer_free(&discarded);
    if (!is_loaded) _exit(EXIT_OUT_OF_MEMORY);
    firings->must_reload = false;
}
