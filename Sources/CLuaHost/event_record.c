#include "event_record.h"

enum { FIXED_BYTES = 24, LENGTH_BYTES = 4 };

// The bytes before the variable part, as they lie in the record: nothing is padded.
struct fixed_part {
    uint32_t length;
    uint8_t flags;
    uint8_t type_length;
    uint16_t key_length;
    int64_t time_microseconds;
    uint16_t headers_length;
    uint16_t origin_length;
    uint16_t id_length;
    uint16_t zero;
};

_Static_assert(sizeof(struct fixed_part) == FIXED_BYTES, "the record's layout has no padding");

static struct byte_span take_span(struct byte_reader *reader, size_t length) {
    const unsigned char *bytes = byte_reader_take(reader, length);
    if (bytes == NULL) return (struct byte_span){"", 0};
    return (struct byte_span){(const char *)bytes, length};
}

static struct byte_span next_span(const char **at, size_t length) {
    const struct byte_span span = {*at, length};
    *at += length;
    return span;
}

struct event_record event_record_read(struct byte_reader *reader) {
    struct event_record record = {0};
    struct fixed_part fixed;
    const unsigned char *bytes = byte_reader_take(reader, FIXED_BYTES);
    if (bytes == NULL) return record;
    memcpy(&fixed, bytes, sizeof fixed);
    if (fixed.length < FIXED_BYTES - LENGTH_BYTES) reader->broken = true;
    if ((fixed.flags & EVENT_ID_IS_DERIVED) && fixed.id_length != EVENT_DERIVED_ID_BYTES) {
        reader->broken = true;
    }
    if (reader->broken) return record;

    const size_t rest_length = fixed.length - (FIXED_BYTES - LENGTH_BYTES);
    const size_t before_payload = (size_t)fixed.id_length + fixed.key_length + fixed.type_length +
        fixed.headers_length + fixed.origin_length;
    const struct byte_span rest = take_span(reader, rest_length);
    if (before_payload > rest_length) reader->broken = true;
    if (reader->broken) return record;
    const char *at = rest.bytes;
    record.flags = fixed.flags;
    record.time_microseconds = fixed.time_microseconds;
    record.id = next_span(&at, fixed.id_length);
    record.key = next_span(&at, fixed.key_length);
    record.type = next_span(&at, fixed.type_length);
    record.headers = next_span(&at, fixed.headers_length);
    next_span(&at, fixed.origin_length);
    record.payload = next_span(&at, rest_length - before_payload);
    return record;
}

bool event_record_next_header(
    struct byte_reader *headers, struct byte_span *name, struct byte_span *value) {
    const unsigned char *lengths = byte_reader_take(headers, 3);
    if (lengths == NULL) return false;
    *name = take_span(headers, lengths[0]);
    *value = take_span(headers, (size_t)lengths[1] | (size_t)lengths[2] << 8);
    return !headers->broken;
}

size_t event_record_start(struct byte_buffer *buffer, const struct event_record *record) {
    const size_t start = buffer->length;
    const struct fixed_part fixed = {
        .flags = record->flags,
        .type_length = (uint8_t)record->type.length,
        .key_length = (uint16_t)record->key.length,
        .time_microseconds = record->time_microseconds,
        .headers_length = (uint16_t)record->headers.length,
        .id_length = (uint16_t)record->id.length,
    };
    byte_buffer_append(buffer, &fixed, sizeof fixed);
    byte_buffer_append(buffer, record->id.bytes, record->id.length);
    byte_buffer_append(buffer, record->key.bytes, record->key.length);
    byte_buffer_append(buffer, record->type.bytes, record->type.length);
    byte_buffer_append(buffer, record->headers.bytes, record->headers.length);
    return start;
}

void event_record_finish(struct byte_buffer *buffer, size_t start) {
    const size_t following = buffer->length - start - LENGTH_BYTES;
    byte_buffer_patch_u32(buffer, start, (uint32_t)following);
}
