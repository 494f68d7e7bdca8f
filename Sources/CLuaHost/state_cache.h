#ifndef MOONRAIL_STATE_CACHE_H
#define MOONRAIL_STATE_CACHE_H

#include "byte_reader.h"

// Values of keys as the worker gave them or a handler left them, serialised and outside of the
// script's memory: what was not used for longest goes first when they become too many.

struct state_entry {
    struct state_entry *next_in_bucket;
    struct state_entry *older;
    struct state_entry *newer;
    uint64_t hash;
    // The turn in which it was used last.
    uint64_t turn;
    // False until the worker has said whether the key has a value.
    bool is_known;
    // Events of the key fail; the value is the reason.
    bool is_refused;
    // The turn for which the worker handed over timers of the key that nothing has changed yet.
    uint64_t untouched_turn;
    // The value; NULL where the key has none.
    unsigned char *value;
    uint32_t value_length;
    uint32_t key_length;
    char key[];
};

struct state_cache {
    struct state_entry **buckets;
    size_t bucket_count;
    size_t count;
    size_t bytes;
    struct state_entry *oldest;
    struct state_entry *newest;
    uint64_t turn;
};

// The entry of a key, made when it is not there yet, and used in this turn.
struct state_entry *state_cache_entry(struct state_cache *cache, struct byte_span key);

// Gives an entry its value; a `value` without bytes: the key has none.
void state_cache_set(struct state_cache *cache, struct state_entry *entry, struct byte_span value);

// Begins another turn, and forgets entries until they take `bytes_max` at most: only those that
// were used before this turn.
void state_cache_begin_turn(struct state_cache *cache, size_t bytes_max);

// Forgets all of it.
void state_cache_clear(struct state_cache *cache);

#endif
