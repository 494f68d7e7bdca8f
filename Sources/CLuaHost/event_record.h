#ifndef MOONRAIL_EVENT_RECORD_H
#define MOONRAIL_EVENT_RECORD_H

#include "byte_buffer.h"
#include "byte_reader.h"

enum event_record_flag {
    EVENT_PAYLOAD_IS_JSON = 1,
    EVENT_HAS_KEY = 2,
    EVENT_ID_IS_DERIVED = 4,
};

enum {
    EVENT_ID_BYTES_MAX = 128,
    EVENT_KEY_BYTES_MAX = 1024,
    EVENT_TYPE_BYTES_MAX = 255,
    EVENT_HEADERS_BYTES_MAX = 16384,
    EVENT_HEADER_NAME_BYTES_MAX = 64,
    EVENT_DERIVED_ID_BYTES = 16,
};

// An event record (docs/formats.md); the spans point into the buffer it was read from.
struct event_record {
    uint8_t flags;
    int64_t time_microseconds;
    struct byte_span id;
    struct byte_span key;
    struct byte_span type;
    struct byte_span headers;
    struct byte_span payload;
};

// Reads the record at the reader's place. A record that contradicts itself breaks the reader.
struct event_record event_record_read(struct byte_reader *reader);

// Takes the next header out of a headers block; false when there is none left.
bool event_record_next_header(
    struct byte_reader *headers, struct byte_span *name, struct byte_span *value);

// Writes everything before the payload and returns where the record starts. The record has no
// origin. The payload is appended by the caller, who then calls event_record_finish.
size_t event_record_start(struct byte_buffer *buffer, const struct event_record *record);

// Fills in the length of the record that starts at `start`.
void event_record_finish(struct byte_buffer *buffer, size_t start);

#endif
