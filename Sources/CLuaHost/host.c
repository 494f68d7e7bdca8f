#include "CLuaHost.h"

#include "exit_codes.h"
#include "frame.h"
#include "host.h"
#include "lockdown.h"
#include "run.h"
#include "script.h"

#include <malloc.h>
#include <unistd.h>

static void answer_load(struct host *host, struct frame frame) {
    script_unload(host);
    load_request_free(&host->load);
    // Another program's values, or those of another lane.
    state_cache_clear(&host->state.cache);
    load_request_read(&host->load, frame.body);
    frame_start(&host->result, FRAME_LOADED, frame.epoch);
    if (!script_load(host, &host->result)) {
        // The kind is the only byte in which the two answers' beginnings differ.
        host->result.bytes[4] = FRAME_LOAD_FAILED;
    }
    frame_write(&host->result);
}

static void run(struct host *host, struct frame frame) {
    run_events(host, frame);
    bool reloaded = true;
    if (limits_verdict() != LIMIT_NONE) {
        // Half-written globals may be left behind. The script loaded before, so it will again.
        struct byte_buffer discarded = {0};
        reloaded = script_load(host, &discarded);
        byte_buffer_free(&discarded);
    }
    frame_write(&host->result);
    if (!reloaded) _exit(EXIT_OUT_OF_MEMORY);
}

static void answer_run(struct host *host, struct frame frame) {
    if (host->lua == NULL || host->state.is_declared) _exit(EXIT_BROKEN_FRAME);
    run(host, frame);
}

static void answer_prepare(struct host *host, struct frame frame) {
    if (host->lua == NULL || !host->state.is_declared) _exit(EXIT_BROKEN_FRAME);
    frame_start(&host->result, FRAME_PREPARED, frame.epoch);
    function_state_prepare(host, frame.body);
    frame_write(&host->result);
}

static void answer_run_prepared(struct host *host, struct frame frame) {
    if (host->lua == NULL || !host->state.is_declared) _exit(EXIT_BROKEN_FRAME);
    function_state_take(host, &frame.body);
    if (host->timers.is_declared) function_timers_take(host, &frame.body);
    if (frame.body.at != frame.body.end) _exit(EXIT_BROKEN_FRAME);
    const unsigned char *bytes = host->state.batch.bytes;
    frame.body = (struct byte_reader){bytes, bytes + host->state.batch_length, false};
    run(host, frame);
}

static bool read_arguments(int count, char **arguments) {
    bool allows_missing_seccomp = false;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--allow-missing-seccomp") != 0) _exit(EXIT_LOCKDOWN_FAILED);
        allows_missing_seccomp = true;
    }
    return allows_missing_seccomp;
}

int moonrail_host_main(int argument_count, char **arguments) {
    static struct host host;
    const bool allows_missing_seccomp = read_arguments(argument_count, arguments);
    // The heap's top goes up and down with every batch: not by a system call each time.
    mallopt(M_TOP_PAD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
    limits_start_clock();
    frame_start(&host.result, FRAME_READY, 0);
    lockdown(&host.result, allows_missing_seccomp);
    frame_write(&host.result);
    for (;;) {
        const struct frame frame = frame_read();
        switch (frame.kind) {
        case FRAME_LOAD: answer_load(&host, frame); break;
        case FRAME_RUN: answer_run(&host, frame); break;
        case FRAME_PREPARE: answer_prepare(&host, frame); break;
        case FRAME_RUN_PREPARED: answer_run_prepared(&host, frame); break;
        default: return EXIT_BROKEN_FRAME;
        }
    }
}
