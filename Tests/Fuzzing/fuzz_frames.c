// Feeds the host any bytes as what its worker sends: frames, LOAD, RUN, PREPARE, RUN PREPARED,
// event records and whatever scripts are in them. It must answer or leave in order, and never read
// or write beside its memory.
#include "../../Sources/CLuaHost/frame.c"
#include "../../Sources/CLuaHost/host.c"

#include "process_stand_in.h"

enum {
    INPUT_BYTES_MAX = 64 * 1024,
    MEMORY_BYTES_MAX = 4 * 1024 * 1024,
    CPU_MILLISECONDS_MAX = 20,
    // What the first four fields of a LOAD take.
    LOWERED_BYTES = 20,
};

// Lowers the memory and the three CPU limits of a LOAD's body: a fuzzer has no time to lose.
static void lower_limits(uint8_t *body) {
    uint64_t memory;
    memcpy(&memory, body, sizeof memory);
    if (memory > MEMORY_BYTES_MAX) memory = MEMORY_BYTES_MAX;
    memcpy(body, &memory, sizeof memory);
    for (size_t i = 0; i < 3; i++) {
        uint32_t milliseconds;
        memcpy(&milliseconds, body + 8 + 4 * i, sizeof milliseconds);
        if (milliseconds > CPU_MILLISECONDS_MAX) milliseconds = CPU_MILLISECONDS_MAX;
        memcpy(body + 8 + 4 * i, &milliseconds, sizeof milliseconds);
    }
}

static void lower_limits_of_all(uint8_t *bytes, size_t length) {
    size_t at = 0;
    while (length - at >= LENGTH_BYTES + HEADER_BYTES + LOWERED_BYTES) {
        uint32_t following;
        memcpy(&following, bytes + at, sizeof following);
        uint8_t *body = bytes + at + LENGTH_BYTES + HEADER_BYTES;
        if (bytes[at + LENGTH_BYTES] == FRAME_LOAD) lower_limits(body);
        if (following > length - at - LENGTH_BYTES) return;
        at += LENGTH_BYTES + (size_t)following;
    }
}

static void serve(struct host *host) {
    for (;;) {
        const struct frame frame = frame_read();
        switch (frame.kind) {
        case FRAME_LOAD: answer_load(host, frame); break;
        case FRAME_RUN: answer_run(host, frame); break;
        case FRAME_PREPARE: answer_prepare(host, frame); break;
        case FRAME_RUN_PREPARED: answer_run_prepared(host, frame); break;
        default: return;
        }
    }
}

static void forget_state(struct host *host) {
    state_cache_clear(&host->state.cache);
    free(host->state.key_path);
    free(host->state.of_events);
    byte_buffer_free(&host->state.initial);
    byte_buffer_free(&host->state.batch);
    byte_buffer_free(&host->state.keys);
    byte_buffer_free(&host->state.next);
    byte_buffer_free(&host->state.changes);
    free(host->timers.queue.heap);
    byte_buffer_free(&host->timers.queue.texts);
    byte_buffer_free(&host->timers.results);
}

static void forget(struct host *host) {
    forget_state(host);
    limits_end();
    script_unload(host);
    load_request_free(&host->load);
    moonrail_json_parser_destroy(host->parser);
    byte_buffer_free(&host->output_texts);
    byte_buffer_free(&host->description);
    byte_buffer_free(&host->result);
    byte_buffer_free(&host->log);
    byte_buffer_free(&host->reject_reason);
    byte_buffer_free(&host->traceback);
    byte_buffer_free(&host->headers);
    free(host->outputs);
    free(host->path);
    free(host->members);
    memset(host, 0, sizeof *host);
    memset(&input, 0, sizeof input);
}

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    limits_start_clock();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct host host;
    if (size > INPUT_BYTES_MAX) return -1;
    uint8_t *bytes = malloc(size + 1);
    memcpy(bytes, data, size);
    lower_limits_of_all(bytes, size);
    stand_in_start(bytes, size);
    if (setjmp(stand_in_left) == 0) serve(&host);
    unsigned char *buffer = input.bytes;
    forget(&host);
    stand_in_finish();
    free(buffer);
    free(bytes);
    return 0;
}
