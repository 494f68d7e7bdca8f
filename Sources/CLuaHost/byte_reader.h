#ifndef MOONRAIL_BYTE_READER_H
#define MOONRAIL_BYTE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Bytes inside somebody else's buffer.
struct byte_span {
    const char *bytes;
    size_t length;
};

// Reads a frame's fields in order. Past the end it yields zeros and remembers that the frame is
// broken, so that callers check once, when they have read everything.
struct byte_reader {
    const unsigned char *at;
    const unsigned char *end;
    bool broken;
};

static inline const unsigned char *byte_reader_take(struct byte_reader *reader, size_t count) {
    if ((size_t)(reader->end - reader->at) < count) {
        reader->broken = true;
        reader->at = reader->end;
        return NULL;
    }
    const unsigned char *taken = reader->at;
    reader->at += count;
    return taken;
}

static inline uint32_t byte_reader_u32(struct byte_reader *reader) {
    uint32_t value = 0;
    const unsigned char *bytes = byte_reader_take(reader, sizeof value);
    if (bytes != NULL) memcpy(&value, bytes, sizeof value);
    return value;
}

static inline uint64_t byte_reader_u64(struct byte_reader *reader) {
    uint64_t value = 0;
    const unsigned char *bytes = byte_reader_take(reader, sizeof value);
    if (bytes != NULL) memcpy(&value, bytes, sizeof value);
    return value;
}

static inline struct byte_span byte_reader_text(struct byte_reader *reader) {
    const uint32_t length = byte_reader_u32(reader);
    const unsigned char *bytes = byte_reader_take(reader, length);
    if (bytes == NULL) return (struct byte_span){"", 0};
    return (struct byte_span){(const char *)bytes, length};
}

#endif
