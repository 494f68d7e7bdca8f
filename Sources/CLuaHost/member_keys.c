#include "member_keys.h"

#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

// Up to this many keys, moving each to its place is faster than merging.
enum { INSERTION_COUNT_MAX = 24 };

static uint64_t prefix_of(const char *text, size_t length) {
    uint64_t prefix = 0;
    memcpy(&prefix, text, length < sizeof prefix ? length : sizeof prefix);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    prefix = __builtin_bswap64(prefix);
#endif
    return prefix;
}

static inline bool comes_before(const struct member_key *left, const struct member_key *right) {
    if (left->prefix != right->prefix) return left->prefix < right->prefix;
    const size_t shorter = left->length < right->length ? left->length : right->length;
    const int order = memcmp(left->text, right->text, shorter);
    return order != 0 ? order < 0 : left->length < right->length;
}

void member_keys_add(
    struct host *host, size_t count, const char *text, size_t length, int value_index) {
    if (count == host->member_capacity) {
        host->member_capacity = count < 64 ? 128 : count * 2;
        const size_t bytes = host->member_capacity * sizeof *host->members;
        host->members = realloc(host->members, bytes);
        if (host->members == NULL) _exit(EXIT_OUT_OF_MEMORY);
    }
    host->members[count] =
        (struct member_key){prefix_of(text, length), text, (uint32_t)length, value_index, 0, false};
}

static void sort_by_insertion(struct member_key *keys, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const struct member_key moved = keys[i];
        size_t at = i;
        while (at > 0 && comes_before(&moved, &keys[at - 1])) {
            keys[at] = keys[at - 1];
            at--;
        }
        keys[at] = moved;
    }
}

static void merge_sort(struct member_key *keys, struct member_key *scratch, size_t count) {
    if (count <= INSERTION_COUNT_MAX) {
        sort_by_insertion(keys, count);
        return;
    }
    const size_t half = count / 2;
    merge_sort(keys, scratch, half);
    merge_sort(keys + half, scratch, count - half);
    memcpy(scratch, keys, half * sizeof *keys);
    size_t left = 0;
    size_t right = half;
    for (size_t out = 0; left < half; out++) {
        const bool take_right = right < count && comes_before(&keys[right], &scratch[left]);
        keys[out] = take_right ? keys[right++] : scratch[left++];
    }
}

void member_keys_sort(struct host *host, size_t first, size_t count) {
    struct member_key *keys = host->members + first;
    if (count <= INSERTION_COUNT_MAX) {
        sort_by_insertion(keys, count);
        return;
    }
    struct member_key *scratch = malloc((count / 2) * sizeof *scratch);
    if (scratch == NULL) _exit(EXIT_OUT_OF_MEMORY);
    merge_sort(keys, scratch, count);
    free(scratch);
}

struct member_key *member_keys_find(
    struct host *host, size_t first, size_t count, const char *text, size_t length) {
    const struct member_key wanted = {prefix_of(text, length), text, (uint32_t)length, 0, 0, false};
    struct member_key *low = host->members + first;
    struct member_key *end = low + count;
    while (count > 0) {
        const size_t half = count / 2;
        if (comes_before(&low[half], &wanted)) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low < end && !comes_before(&wanted, low) ? low : NULL;
}
