#include "document.h"

#include <errno.h>
#include <stdlib.h>

// Integers beyond 64 bits, for functions that declare numbers = "double". The parser refuses them,
// so they are given a fraction and parsed once more: a slow path that few documents take.

enum {
    // Fewer digits always fit.
    DIGITS_MIN = 19,
    // The digits of 2^64 - 1: a longer number never fits.
    DIGITS_MAX = 20,
};

static size_t string_length(const char *start, const char *end) {
    const char *at = start + 1;
    while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
    return at < end ? (size_t)(at - start) + 1 : (size_t)(end - start);
}

static size_t number_length(const char *start, const char *end) {
    const char *at = start;
    while (at < end && *at != 0 && strchr("+-.eE0123456789", *at) != NULL) at++;
    return (size_t)(at - start);
}

static bool is_beyond_64_bits(const char *number, size_t length) {
    const bool is_negative = *number == '-';
    const char *digits = number + is_negative;
    const size_t count = length - is_negative;
    for (size_t i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9') return false;
    }
    if (count < DIGITS_MIN) return false;
    if (count > DIGITS_MAX) return true;
    char text[DIGITS_MAX + 2];
    memcpy(text, number, length);
    text[length] = 0;
    errno = 0;
    if (is_negative) strtoll(text, NULL, 10);
    else strtoull(text, NULL, 10);
    return errno == ERANGE;
}

void document_widen_integers(struct byte_span bytes, struct byte_buffer *out) {
    const char *at = bytes.bytes;
    const char *end = at + bytes.length;
    out->length = 0;
    while (at < end) {
        size_t length = 1;
        bool is_beyond = false;
        if (*at == '"') {
            length = string_length(at, end);
        } else if (*at == '-' || (*at >= '0' && *at <= '9')) {
            length = number_length(at, end);
            is_beyond = is_beyond_64_bits(at, length);
        }
        byte_buffer_append(out, at, length);
        if (is_beyond) byte_buffer_append(out, ".0", 2);
        at += length;
    }
}
