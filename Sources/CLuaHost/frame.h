#ifndef MOONRAIL_FRAME_H
#define MOONRAIL_FRAME_H

#include "byte_buffer.h"
#include "byte_reader.h"

enum frame_kind {
    FRAME_LOAD = 1,
    FRAME_RUN = 2,
    FRAME_PREPARE = 3,
    FRAME_RUN_PREPARED = 4,
    FRAME_READY = 128,
    FRAME_LOADED = 129,
    FRAME_LOAD_FAILED = 130,
    FRAME_RESULT = 131,
    FRAME_PREPARED = 132,
};

enum {
    FRAME_DESCRIPTOR = 3,
    // Bound of the protocol, for both directions.
    FRAME_BYTES_MAX = 64 * 1024 * 1024,
    // Flag of a RUN: the time of each event is to be told.
    FRAME_FLAG_TIMED = 1,
};

// A frame as it lies in the input buffer; valid until the next frame_read. At least
// MOONRAIL_JSON_PADDING readable bytes follow its body.
struct frame {
    uint8_t kind;
    uint8_t flags;
    uint32_t epoch;
    struct byte_reader body;
};

// Waits for the next frame. Leaves the process when the worker closed the socket (0) or sent
// something that is no frame (64).
struct frame frame_read(void);

// Empties the buffer and starts a frame of this kind in it; the body is appended by the caller.
void frame_start(struct byte_buffer *buffer, enum frame_kind kind, uint32_t epoch);

// Fills in the length and writes the frame out, waiting as long as the worker does not read.
// The buffer is empty or about to be started anew afterwards.
void frame_write(struct byte_buffer *buffer);

#endif
