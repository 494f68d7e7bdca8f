#include "byte_buffer.h"

#include "CJSON.h"
#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

void byte_buffer_grow(struct byte_buffer *buffer, size_t more) {
    size_t capacity = buffer->capacity < 4096 ? 4096 : buffer->capacity;
    while (capacity - buffer->length < more) {
        if (capacity > SIZE_MAX / 2) _exit(EXIT_OUT_OF_MEMORY);
        capacity *= 2;
    }
    unsigned char *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) _exit(EXIT_OUT_OF_MEMORY);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
}

void byte_buffer_free(struct byte_buffer *buffer) {
    free(buffer->bytes);
    *buffer = (struct byte_buffer){0};
}

void byte_buffer_append_script_text(
    struct byte_buffer *buffer, const char *text, size_t length, size_t length_max) {
    if (length > length_max) {
        length = length_max;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
    }
    const size_t start = buffer->length + sizeof(uint32_t);
    byte_buffer_append_text(buffer, text, length);
    if (moonrail_json_is_utf8(text, length)) return;
    for (size_t i = start; i < buffer->length; i++) {
        if (buffer->bytes[i] >= 0x80) buffer->bytes[i] = '?';
    }
}
