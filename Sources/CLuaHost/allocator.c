#include "allocator.h"

#include <stdlib.h>
#include <string.h>

enum { SLAB_BYTES = 32 * 1024 };

struct free_block {
    struct free_block *next;
};

struct slab {
    struct slab *next;
    _Alignas(ALLOCATOR_STEP_BYTES) char bytes[];
};

void allocator_start(struct allocator *allocator, size_t limit_bytes) {
    memset(allocator, 0, sizeof *allocator);
    allocator->limit_bytes = limit_bytes;
}

void allocator_finish(struct allocator *allocator) {
    while (allocator->slabs != NULL) {
        struct slab *next = allocator->slabs->next;
        free(allocator->slabs);
        allocator->slabs = next;
    }
}

static size_t class_of(size_t bytes) {
    return (bytes - 1) / ALLOCATOR_STEP_BYTES;
}

static void *take_from_slab(struct allocator *allocator, size_t class) {
    const size_t bytes = (class + 1) * ALLOCATOR_STEP_BYTES;
    if (allocator->unused_bytes < bytes) {
        // What is left of the old slab is lost, at most one small block in 32 KB.
        struct slab *slab = malloc(sizeof *slab + SLAB_BYTES);
        if (slab == NULL) return NULL;
        slab->next = allocator->slabs;
        allocator->slabs = slab;
        allocator->unused = slab->bytes;
        allocator->unused_bytes = SLAB_BYTES;
    }
    void *block = allocator->unused;
    allocator->unused += bytes;
    allocator->unused_bytes -= bytes;
    return block;
}

static inline void *take(struct allocator *allocator, size_t bytes) {
    if (bytes > ALLOCATOR_SMALL_BYTES_MAX) return malloc(bytes);
    const size_t class = class_of(bytes);
    struct free_block *block = allocator->free_blocks[class];
    if (block == NULL) return take_from_slab(allocator, class);
    allocator->free_blocks[class] = block->next;
    return block;
}

static inline void give_back(struct allocator *allocator, void *block, size_t bytes) {
    if (bytes > ALLOCATOR_SMALL_BYTES_MAX) {
        free(block);
        return;
    }
    struct free_block *freed = block;
    const size_t class = class_of(bytes);
    freed->next = allocator->free_blocks[class];
    allocator->free_blocks[class] = freed;
}

static void *move(
    struct allocator *allocator, void *block, size_t old_bytes, size_t new_bytes) {
    const bool small = new_bytes <= ALLOCATOR_SMALL_BYTES_MAX;
    const bool was_small = old_bytes <= ALLOCATOR_SMALL_BYTES_MAX;
    if (small && was_small && class_of(old_bytes) == class_of(new_bytes)) return block;
    if (!small && !was_small) return realloc(block, new_bytes);
    void *moved = take(allocator, new_bytes);
    if (moved == NULL) return NULL;
    memcpy(moved, block, old_bytes < new_bytes ? old_bytes : new_bytes);
    give_back(allocator, block, old_bytes);
    return moved;
}

void *allocator_resize(void *context, void *block, size_t old_bytes, size_t new_bytes) {
    struct allocator *allocator = context;
    // Without a block Lua passes a type where the old size would stand.
    if (block == NULL) old_bytes = 0;
    if (new_bytes == 0) {
        if (old_bytes > 0) give_back(allocator, block, old_bytes);
        allocator->used_bytes -= old_bytes;
        return NULL;
    }
    const size_t kept_bytes = allocator->used_bytes - old_bytes;
    const bool grows = new_bytes > old_bytes;
    if (grows && new_bytes > allocator->limit_bytes - kept_bytes) return NULL;
    void *result = old_bytes == 0 ? take(allocator, new_bytes)
                                  : move(allocator, block, old_bytes, new_bytes);
    // Lua takes for granted that shrinking works: the old block is larger than it needs.
    if (result == NULL) return grows ? NULL : block;
    allocator->used_bytes = kept_bytes + new_bytes;
    return result;
}
