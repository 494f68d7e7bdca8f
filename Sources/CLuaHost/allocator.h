#ifndef MOONRAIL_ALLOCATOR_H
#define MOONRAIL_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ALLOCATOR_STEP_BYTES = 16,
    ALLOCATOR_SMALL_BYTES_MAX = 512,
    ALLOCATOR_CLASSES = ALLOCATOR_SMALL_BYTES_MAX / ALLOCATOR_STEP_BYTES,
};

// The memory of one Lua VM: small blocks come from slabs by size class, large ones from malloc, and
// everything counts against one limit.
struct allocator {
    size_t used_bytes;
    size_t limit_bytes;
    struct free_block *free_blocks[ALLOCATOR_CLASSES];
    struct slab *slabs;
    char *unused;
    size_t unused_bytes;
};

// Starts with no memory in use.
void allocator_start(struct allocator *allocator, size_t limit_bytes);

// Gives the slabs back. The VM must have been closed.
void allocator_finish(struct allocator *allocator);

// A lua_Alloc; `allocator` is a struct allocator. Lua answers a refusal with a full collection and
// asks again, so a refusal alone says nothing: only an error of kind LUA_ERRMEM passes the limit.
void *allocator_resize(void *allocator, void *block, size_t old_bytes, size_t new_bytes);

#endif
