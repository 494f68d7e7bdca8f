#include "load_request.h"

#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    // Below what the process may map, with room for frames and the parser.
    MEMORY_BYTES_MAX = 2000 * 1024 * 1024,
    // Together these keep a RESULT of 8 MiB and one event more inside a frame.
    OUTPUT_BYTES_MAX = 48 * 1024 * 1024,
    LOG_BYTES_MAX = 4 * 1024 * 1024,
    LOG_LINES_MAX = 100 * 1000,
    STATE_VALUE_BYTES_MAX = 4 * 1024 * 1024,
};

static uint32_t at_most(uint32_t value, uint32_t most) {
    return value < most ? value : most;
}

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL) _exit(EXIT_OUT_OF_MEMORY);
    return memory;
}

static struct load_bounds read_bounds(struct byte_reader *reader) {
    struct load_bounds bounds;
    bounds.memory_bytes = byte_reader_u64(reader);
    if (bounds.memory_bytes > MEMORY_BYTES_MAX) bounds.memory_bytes = MEMORY_BYTES_MAX;
    bounds.event_cpu_milliseconds = byte_reader_u32(reader);
    bounds.load_cpu_milliseconds = byte_reader_u32(reader);
    bounds.run_cpu_milliseconds = byte_reader_u32(reader);
    bounds.emissions_per_event = byte_reader_u32(reader);
    bounds.payload_bytes = at_most(byte_reader_u32(reader), OUTPUT_BYTES_MAX);
    bounds.output_bytes_per_event = at_most(byte_reader_u32(reader), OUTPUT_BYTES_MAX);
    bounds.depth = at_most(byte_reader_u32(reader), LOAD_DEPTH_MAX);
    bounds.log_lines_per_event = at_most(byte_reader_u32(reader), LOG_LINES_MAX);
    bounds.log_bytes_per_event = at_most(byte_reader_u32(reader), LOG_BYTES_MAX);
    bounds.state_value_bytes = at_most(byte_reader_u32(reader), STATE_VALUE_BYTES_MAX);
    return bounds;
}

// A count of things of at least `bytes_each`, checked before memory is taken for them.
static uint32_t read_count(struct byte_reader *reader, size_t bytes_each) {
    const uint32_t count = byte_reader_u32(reader);
    if (count > (size_t)(reader->end - reader->at) / bytes_each) reader->broken = true;
    return reader->broken ? 0 : count;
}

void load_request_read(struct load_request *request, struct byte_reader body) {
    const size_t length = (size_t)(body.end - body.at);
    memset(request, 0, sizeof *request);
    request->bytes = allocate(length, 1);
    memcpy(request->bytes, body.at, length);
    struct byte_reader reader = {request->bytes, request->bytes + length, false};

    request->bounds = read_bounds(&reader);
    request->partition = byte_reader_u32(&reader);
    request->function_name = byte_reader_text(&reader);
    const struct byte_span file_name = byte_reader_text(&reader);
    request->file_name = allocate(file_name.length + 1, 1);
    memcpy(request->file_name, file_name.bytes, file_name.length);
    request->source = byte_reader_text(&reader);
    request->inputs = byte_reader_text(&reader);

    request->output_count = read_count(&reader, 4);
    request->outputs = allocate(request->output_count, sizeof *request->outputs);
    for (uint32_t i = 0; i < request->output_count; i++) {
        request->outputs[i] = byte_reader_text(&reader);
    }
    request->library_count = read_count(&reader, 8);
    request->libraries = allocate(request->library_count, sizeof *request->libraries);
    for (uint32_t i = 0; i < request->library_count; i++) {
        request->libraries[i].name = byte_reader_text(&reader);
        request->libraries[i].source = byte_reader_text(&reader);
    }
    if (reader.broken || reader.at != reader.end) _exit(EXIT_BROKEN_FRAME);
}

void load_request_free(struct load_request *request) {
    free(request->bytes);
    free(request->file_name);
    free(request->outputs);
    free(request->libraries);
    memset(request, 0, sizeof *request);
}
