#ifndef MOONRAIL_LOAD_REQUEST_H
#define MOONRAIL_LOAD_REQUEST_H

#include "byte_reader.h"

// Reading and writing a document recurses on the C stack: no LOAD gets more.
enum { LOAD_DEPTH_MAX = 1000 };

// The bounds that a LOAD gives its script. Values above what the host itself can bear are lowered.
struct load_bounds {
    uint64_t memory_bytes;
    uint32_t event_cpu_milliseconds;
    uint32_t load_cpu_milliseconds;
    uint32_t run_cpu_milliseconds;
    uint32_t emissions_per_event;
    uint32_t payload_bytes;
    uint32_t output_bytes_per_event;
    uint32_t depth;
    uint32_t log_lines_per_event;
    uint32_t log_bytes_per_event;
    uint32_t state_value_bytes;
};

struct load_library {
    struct byte_span name;
    struct byte_span source;
};

// A LOAD frame's body, with a copy of its bytes: a script is loaded again after each limit.
struct load_request {
    struct load_bounds bounds;
    uint32_t partition;
    struct byte_span function_name;
    // As it was sent, and as a C string for messages.
    char *file_name;
    struct byte_span source;
    struct byte_span inputs;
    struct byte_span *outputs;
    uint32_t output_count;
    struct load_library *libraries;
    uint32_t library_count;
    unsigned char *bytes;
};

// Copies and reads a LOAD's body. Leaves the process (64) when it is broken.
void load_request_read(struct load_request *request, struct byte_reader body);

// Frees what load_request_read allocated.
void load_request_free(struct load_request *request);

#endif
