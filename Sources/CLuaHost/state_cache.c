#include "state_cache.h"

#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

enum { BUCKETS_MIN = 256 };

static void *allocate(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (memory == NULL) _exit(EXIT_OUT_OF_MEMORY);
    return memory;
}

// FNV-1a, 64 bits (Fowler, Noll, Vo). Who chooses keys that collide slows down only himself.
static uint64_t hash_of(struct byte_span key) {
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < key.length; i++) {
        hash = (hash ^ (unsigned char)key.bytes[i]) * 1099511628211U;
    }
    return hash;
}

static struct state_entry **bucket_of(struct state_cache *cache, uint64_t hash) {
    return &cache->buckets[(hash ^ hash >> 32) & (cache->bucket_count - 1)];
}

static void grow(struct state_cache *cache) {
    struct state_entry **old = cache->buckets;
    const size_t old_count = cache->bucket_count;
    cache->bucket_count = old_count == 0 ? BUCKETS_MIN : old_count * 2;
    cache->buckets = allocate(cache->bucket_count * sizeof *cache->buckets);
    for (size_t i = 0; i < old_count; i++) {
        for (struct state_entry *entry = old[i], *next; entry != NULL; entry = next) {
            next = entry->next_in_bucket;
            struct state_entry **bucket = bucket_of(cache, entry->hash);
            entry->next_in_bucket = *bucket;
            *bucket = entry;
        }
    }
    free(old);
}

static size_t bytes_of(const struct state_entry *entry) {
    return sizeof *entry + entry->key_length + entry->value_length;
}

static void unlink_from_order(struct state_cache *cache, struct state_entry *entry) {
    if (entry->older != NULL) entry->older->newer = entry->newer;
    else cache->oldest = entry->newer;
    if (entry->newer != NULL) entry->newer->older = entry->older;
    else cache->newest = entry->older;
}

static void link_as_newest(struct state_cache *cache, struct state_entry *entry) {
    entry->newer = NULL;
    entry->older = cache->newest;
    if (cache->newest != NULL) cache->newest->newer = entry;
    else cache->oldest = entry;
    cache->newest = entry;
}

static struct state_entry *find(
    struct state_cache *cache, struct byte_span key, uint64_t hash) {
    if (cache->bucket_count == 0) return NULL;
    struct state_entry *entry = *bucket_of(cache, hash);
    while (entry != NULL) {
        if (entry->hash == hash && entry->key_length == key.length &&
            memcmp(entry->key, key.bytes, key.length) == 0) {
            return entry;
        }
        entry = entry->next_in_bucket;
    }
    return NULL;
}

struct state_entry *state_cache_entry(struct state_cache *cache, struct byte_span key) {
    const uint64_t hash = hash_of(key);
    struct state_entry *entry = find(cache, key, hash);
    if (entry != NULL) {
        unlink_from_order(cache, entry);
    } else {
        if (cache->count >= cache->bucket_count) grow(cache);
        entry = allocate(sizeof *entry + key.length);
        entry->hash = hash;
        entry->key_length = (uint32_t)key.length;
        memcpy(entry->key, key.bytes, key.length);
        struct state_entry **bucket = bucket_of(cache, hash);
        entry->next_in_bucket = *bucket;
        *bucket = entry;
        cache->count++;
        cache->bytes += bytes_of(entry);
    }
    entry->turn = cache->turn;
    link_as_newest(cache, entry);
    return entry;
}

void state_cache_set(struct state_cache *cache, struct state_entry *entry, struct byte_span value) {
    cache->bytes -= entry->value_length;
    free(entry->value);
    entry->value = NULL;
    entry->value_length = (uint32_t)value.length;
    entry->is_known = true;
    entry->is_refused = false;
    if (value.length == 0) return;
    entry->value = allocate(value.length);
    memcpy(entry->value, value.bytes, value.length);
    cache->bytes += value.length;
}

static void forget(struct state_cache *cache, struct state_entry *entry) {
    struct state_entry **at = bucket_of(cache, entry->hash);
    while (*at != entry) at = &(*at)->next_in_bucket;
    *at = entry->next_in_bucket;
    unlink_from_order(cache, entry);
    cache->bytes -= bytes_of(entry);
    cache->count--;
    free(entry->value);
    free(entry);
}

void state_cache_begin_turn(struct state_cache *cache, size_t bytes_max) {
    cache->turn++;
    while (cache->bytes > bytes_max && cache->oldest != NULL) forget(cache, cache->oldest);
}

void state_cache_clear(struct state_cache *cache) {
    while (cache->oldest != NULL) forget(cache, cache->oldest);
    free(cache->buckets);
    *cache = (struct state_cache){0};
}
