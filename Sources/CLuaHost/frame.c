#include "frame.h"

#include "CJSON.h"
#include "exit_codes.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LENGTH_BYTES = 4,
    // Kind, flags, two zero bytes and the epoch.
    HEADER_BYTES = 8,
    // Room for a batch of 512 ordinary events.
    USUAL_BYTES = 256 * 1024,
    // What is read at least: a small frame in one call. Of what follows a large frame no more comes
    // along, for it has to be moved.
    READ_BYTES_MIN = 4 * 1024,
    // A buffer that one huge frame left behind is given back above this.
    KEPT_BYTES_MAX = 4 * 1024 * 1024,
};

// What was read and not yet consumed is bytes[start..<end]. Frames may arrive several at a time.
static struct {
    unsigned char *bytes;
    size_t capacity;
    size_t start;
    size_t end;
    size_t frame_bytes;
} input;

static void set_capacity(size_t capacity) {
    unsigned char *bytes = realloc(input.bytes, capacity + MOONRAIL_JSON_PADDING);
    if (bytes == NULL) _exit(EXIT_OUT_OF_MEMORY);
    if (input.bytes == NULL) memset(bytes, 0, capacity + MOONRAIL_JSON_PADDING);
    input.bytes = bytes;
    input.capacity = capacity;
}

static void drop_previous_frame(void) {
    input.start += input.frame_bytes;
    input.frame_bytes = 0;
    if (input.start < input.end) return;
    input.start = 0;
    input.end = 0;
    if (input.capacity > KEPT_BYTES_MAX) set_capacity(USUAL_BYTES);
}

// Reads until `wanted` bytes are there.
static void fill(size_t wanted) {
    if (input.capacity - input.start < wanted) {
        input.end -= input.start;
        if (input.end > 0) memmove(input.bytes, input.bytes + input.start, input.end);
        input.start = 0;
        if (input.capacity < wanted) set_capacity(wanted < USUAL_BYTES ? USUAL_BYTES : wanted);
    }
    while (input.end - input.start < wanted) {
        const size_t missing = wanted - (input.end - input.start);
        const size_t room = input.capacity - input.end;
        const size_t least = room < READ_BYTES_MIN ? room : READ_BYTES_MIN;
        const ssize_t count = read(
            FRAME_DESCRIPTOR, input.bytes + input.end, missing < least ? least : missing);
        if (count > 0) {
            input.end += (size_t)count;
        } else if (count == 0 || errno == ECONNRESET) {
            const bool between_frames = input.end == input.start;
            _exit(between_frames || count < 0 ? EXIT_SOCKET_CLOSED : EXIT_BROKEN_FRAME);
        } else if (errno != EINTR) {
            _exit(EXIT_BROKEN_FRAME);
        }
    }
}

struct frame frame_read(void) {
    drop_previous_frame();
    fill(LENGTH_BYTES);
    uint32_t length;
    memcpy(&length, input.bytes + input.start, sizeof length);
    if (length < HEADER_BYTES || length > FRAME_BYTES_MAX) _exit(EXIT_BROKEN_FRAME);
    fill(LENGTH_BYTES + (size_t)length);
    input.frame_bytes = LENGTH_BYTES + (size_t)length;

    const unsigned char *header = input.bytes + input.start + LENGTH_BYTES;
    struct frame frame = {.kind = header[0], .flags = header[1]};
    memcpy(&frame.epoch, header + 4, sizeof frame.epoch);
    frame.body.at = header + HEADER_BYTES;
    frame.body.end = header + length;
    return frame;
}

void frame_start(struct byte_buffer *buffer, enum frame_kind kind, uint32_t epoch) {
    buffer->length = 0;
    byte_buffer_append_u32(buffer, 0);
    byte_buffer_append_u32(buffer, (uint32_t)kind);
    byte_buffer_append_u32(buffer, epoch);
}

void frame_write(struct byte_buffer *buffer) {
    byte_buffer_patch_u32(buffer, 0, (uint32_t)(buffer->length - LENGTH_BYTES));
    size_t written = 0;
    while (written < buffer->length) {
        const ssize_t count =
            write(FRAME_DESCRIPTOR, buffer->bytes + written, buffer->length - written);
        if (count > 0) written += (size_t)count;
        else if (errno == EPIPE || errno == ECONNRESET) _exit(EXIT_SOCKET_CLOSED);
        else if (errno != EINTR) _exit(EXIT_BROKEN_FRAME);
    }
    if (buffer->capacity > KEPT_BYTES_MAX) byte_buffer_free(buffer);
}
