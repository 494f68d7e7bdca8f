#define MOONRAIL_FUZZING_REAL_PROCESS
#include "process_stand_in.h"

#include "exit_codes.h"
#include "lockdown.h"

#include <string.h>

enum { BLOCKS_MAX = 256 };

jmp_buf stand_in_left;
static const uint8_t *unread;
static size_t unread_bytes;
static void *blocks[BLOCKS_MAX];
static size_t block_count;

void stand_in_start(const uint8_t *bytes, size_t length) {
    unread = bytes;
    unread_bytes = length;
    block_count = 0;
}

void stand_in_finish(void) {
    while (block_count > 0) free(blocks[--block_count]);
}

void stand_in_exit(int code) {
    // That comes from the tick, in the middle of anything: nothing can go on from there.
    if (code == EXIT_STUCK_IN_C) _exit(code);
    longjmp(stand_in_left, code + 1);
}

ssize_t stand_in_read(int descriptor, void *bytes, size_t count) {
    (void)descriptor;
    if (count > unread_bytes) count = unread_bytes;
    if (count > 0) memcpy(bytes, unread, count);
    unread += count;
    unread_bytes -= count;
    return (ssize_t)count;
}

ssize_t stand_in_write(int descriptor, const void *bytes, size_t count) {
    (void)descriptor;
    // Touches every byte, so that a sanitizer sees one that was never written.
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < count; i++) sum ^= ((const uint8_t *)bytes)[i];
    return (ssize_t)count;
}

void *stand_in_calloc(size_t count, size_t size) {
    void *block = calloc(count, size);
    if (block != NULL && block_count < BLOCKS_MAX) blocks[block_count++] = block;
    return block;
}

void stand_in_free(void *block) {
    for (size_t i = block_count; i > 0; i--) {
        if (blocks[i - 1] != block) continue;
        blocks[i - 1] = blocks[--block_count];
        break;
    }
    free(block);
}

// A fuzzer needs its system calls.
void lockdown(struct byte_buffer *layers, bool allows_missing_seccomp) {
    (void)layers;
    (void)allows_missing_seccomp;
}
