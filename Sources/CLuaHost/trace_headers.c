#include "trace_headers.h"

#include "event_record.h"

static struct byte_reader reader_of(const void *bytes, size_t length) {
    const unsigned char *start = bytes;
    return (struct byte_reader){start, start + length, false};
}

static bool is_called(struct byte_span name, const char *text) {
    return name.length == strlen(text) && memcmp(name.bytes, text, name.length) == 0;
}

static bool is_trace(struct byte_span name) {
    return is_called(name, "traceparent") || is_called(name, "tracestate");
}

void trace_headers_add(struct byte_buffer *block, struct byte_span from) {
    if (from.length == 0) return;
    struct byte_span name;
    struct byte_span value;
    if (block->length > 0) {
        struct byte_reader own = reader_of(block->bytes, block->length);
        while (event_record_next_header(&own, &name, &value)) {
            if (is_trace(name)) return;
        }
    }
    struct byte_reader headers = reader_of(from.bytes, from.length);
    while (event_record_next_header(&headers, &name, &value)) {
        if (!is_trace(name)) continue;
        if (block->length + 3 + name.length + value.length > EVENT_HEADERS_BYTES_MAX) return;
        byte_buffer_append_u8(block, (uint8_t)name.length);
        byte_buffer_append_u16(block, (uint16_t)value.length);
        byte_buffer_append(block, name.bytes, name.length);
        byte_buffer_append(block, value.bytes, value.length);
    }
}
