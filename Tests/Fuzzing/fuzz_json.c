// Feeds one function any bytes as an event's payload. What comes out, when it is an event, is fed
// again: from the second time on it must come out as it went in, whether the script passed the
// document on, read all of it, or built it anew.
#include "process_stand_in.h"

#include "run.h"
#include "script.h"

#include <stdio.h>

// Three handlers in two scripts; the payload's first byte says which one.
static const char functions[] =
    "local function read(value)\n"
    "  if type(value) == 'table' then for _, member in pairs(value) do read(member) end end\n"
    "end\n"
    "local function copy(value)\n"
    "  if type(value) ~= 'table' then return value end\n"
    "  local result = {}\n"
    "  for key, member in pairs(value) do result[key] = copy(member) end\n"
    "  return #value > 0 and array(result) or result\n"
    "end\n"
    "local function handler(event, context)\n"
    "  if event.type == 'read' then read(event.data) end\n"
    "  context.emit(event.type == 'copy' and copy(event.data) or event.data)\n"
    "end\n";
static const char *const definitions[] = {
    "return { from = 'a', to = 'b', handler = handler }\n",
    "return { from = 'a', to = 'b', numbers = 'double', handler = handler }\n",
};

enum { INPUT_BYTES_MAX = 64 * 1024, RECORD_BYTES = 24 };

enum { HOSTS = sizeof definitions / sizeof *definitions };
static struct host hosts[HOSTS];

static void append_load(struct byte_buffer *body, const char *definition) {
    struct byte_buffer script = {0};
    byte_buffer_append(&script, functions, sizeof functions - 1);
    byte_buffer_append(&script, definition, strlen(definition));
    const uint64_t memory = 32 * 1024 * 1024;
    // CPU of an event, a load and a run; emissions; bytes of one and of all; depth; log lines and
    // bytes; partition.
    const uint32_t bounds[] = {1000, 1000, 1000, 10, 1 << 20, 1 << 22, 128, 10, 1000, 0};
    byte_buffer_append(body, &memory, sizeof memory);
    byte_buffer_append(body, bounds, sizeof bounds);
    byte_buffer_append_text(body, "fuzzed", 6);
    byte_buffer_append_text(body, "functions/fuzzed.lua", 20);
    byte_buffer_append_text(body, (const char *)script.bytes, script.length);
    byte_buffer_free(&script);
    byte_buffer_append_text(body, "{}", 2);
    byte_buffer_append_u32(body, 0);
    byte_buffer_append_u32(body, 0);
}

static void append_run(
    struct byte_buffer *body, const char *type, const uint8_t *payload, size_t length) {
    const size_t type_length = strlen(type);
    byte_buffer_append_u32(body, 1);
    byte_buffer_append_text(body, "a", 1);
    byte_buffer_append_u32(body, 1);
    const uint64_t zeros[2] = {0, 0};
    byte_buffer_append(body, zeros, sizeof zeros);
    struct event_record record = {.flags = EVENT_PAYLOAD_IS_JSON, .type = {type, type_length}};
    const size_t start = event_record_start(body, &record);
    byte_buffer_append(body, payload, length);
    event_record_finish(body, start);
}

static void give_up(const char *what) {
    fprintf(stderr, "%s\n", what);
    abort();
}

// Runs the payload and appends what was emitted to `out`; false when nothing was.
static bool pass(struct host *host, const char *type, const uint8_t *payload, size_t length,
    struct byte_buffer *out) {
    struct byte_buffer body = {0};
    append_run(&body, type, payload, length);
    // In a block of its own, so that a read past the frame's padding is seen.
    unsigned char *bytes = malloc(body.length + MOONRAIL_JSON_PADDING);
    memcpy(bytes, body.bytes, body.length);
    memset(bytes + body.length, 0, MOONRAIL_JSON_PADDING);
    const struct frame frame = {
        .kind = FRAME_RUN, .epoch = 1, .body = {bytes, bytes + body.length, false}};
    byte_buffer_free(&body);
    if (host->lua == NULL) give_up("no script is loaded");
    run_events(host, frame);
    free(bytes);

    // Header, count of outcomes, then the outcome.
    struct byte_reader reader = {
        host->result.bytes + 12, host->result.bytes + host->result.length, false};
    if (byte_reader_u32(&reader) != 1) give_up("the event has no outcome");
    const unsigned char *kind = byte_reader_take(&reader, 1);
    const bool is_done = kind != NULL && *kind == 0 && byte_reader_u32(&reader) == 1;
    if (is_done) {
        byte_reader_u32(&reader);
        const struct event_record record = event_record_read(&reader);
        if (reader.broken) give_up("the emitted record is broken");
        byte_buffer_append(out, record.payload.bytes, record.payload.length);
    }
    if (limits_verdict() != LIMIT_NONE) {
        struct byte_buffer discarded = {0};
        if (!script_load(host, &discarded)) give_up("the script does not load again");
        byte_buffer_free(&discarded);
    }
    return is_done;
}

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    limits_start_clock();
    for (int i = 0; i < HOSTS; i++) {
        struct byte_buffer body = {0};
        struct byte_buffer answer = {0};
        append_load(&body, definitions[i]);
        const struct byte_reader whole = {body.bytes, body.bytes + body.length, false};
        load_request_read(&hosts[i].load, whole);
        if (!script_load(&hosts[i], &answer)) {
            fwrite(answer.bytes, 1, answer.length, stderr);
            give_up(": the script does not load");
        }
        byte_buffer_free(&body);
        byte_buffer_free(&answer);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const types[] = {"pass", "read", "copy"};
    if (size < 1 || size > INPUT_BYTES_MAX) return -1;
    if (setjmp(stand_in_left) != 0) give_up("the host left its process");
    const char *type = types[data[0] % 3];
    struct host *host = &hosts[data[0] / 3 % HOSTS];
    struct byte_buffer first = {0};
    struct byte_buffer second = {0};
    if (pass(host, type, data + 1, size - 1, &first)) {
        const bool is_accepted = pass(host, type, first.bytes, first.length, &second);
        if (!is_accepted) give_up("its own output is refused");
        const bool is_same = first.length == second.length &&
            memcmp(first.bytes, second.bytes, first.length) == 0;
        if (!is_same) give_up("the second round differs from the first");
    }
    byte_buffer_free(&first);
    byte_buffer_free(&second);
    return 0;
}
