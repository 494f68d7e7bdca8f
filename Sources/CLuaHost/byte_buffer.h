#ifndef MOONRAIL_BYTE_BUFFER_H
#define MOONRAIL_BYTE_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A growing buffer that is kept from one use to the next, so that no event costs a malloc. When
// memory is short the process leaves: what the host itself needs is outside the script's limit.
struct byte_buffer {
    unsigned char *bytes;
    size_t length;
    size_t capacity;
};

// Makes room for `more` bytes behind the present ones.
void byte_buffer_grow(struct byte_buffer *buffer, size_t more);

// Gives the memory back; the buffer is empty afterwards and may be used again.
void byte_buffer_free(struct byte_buffer *buffer);

// Returns where `more` bytes may be written; `length` is the caller's to advance.
static inline char *byte_buffer_reserve(struct byte_buffer *buffer, size_t more) {
    if (buffer->capacity - buffer->length < more) byte_buffer_grow(buffer, more);
    return (char *)buffer->bytes + buffer->length;
}

static inline void byte_buffer_append(struct byte_buffer *buffer, const void *bytes, size_t count) {
    char *at = byte_buffer_reserve(buffer, count);
    if (count > 0) memcpy(at, bytes, count);
    buffer->length += count;
}

static inline void byte_buffer_append_u8(struct byte_buffer *buffer, uint8_t value) {
    byte_buffer_append(buffer, &value, sizeof value);
}

static inline void byte_buffer_append_u16(struct byte_buffer *buffer, uint16_t value) {
    byte_buffer_append(buffer, &value, sizeof value);
}

static inline void byte_buffer_append_u32(struct byte_buffer *buffer, uint32_t value) {
    byte_buffer_append(buffer, &value, sizeof value);
}

// Overwrites four bytes written earlier, for counts and lengths that are known only afterwards.
static inline void byte_buffer_patch_u32(struct byte_buffer *buffer, size_t at, uint32_t value) {
    memcpy(buffer->bytes + at, &value, sizeof value);
}

// A `text` of the frame protocol: u32 length and the bytes.
static inline void byte_buffer_append_text(
    struct byte_buffer *buffer, const char *text, size_t length) {
    byte_buffer_append_u32(buffer, (uint32_t)length);
    byte_buffer_append(buffer, text, length);
}

// The same for text that a script made: every byte that is not part of an ASCII character becomes
// `?` when the text is not UTF-8, and at most `length_max` bytes are kept.
void byte_buffer_append_script_text(
    struct byte_buffer *buffer, const char *text, size_t length, size_t length_max);

#endif
