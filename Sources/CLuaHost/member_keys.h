#ifndef MOONRAIL_MEMBER_KEYS_H
#define MOONRAIL_MEMBER_KEYS_H

#include "host.h"

// Appends a key to the host's stack of member keys, which holds `count` of them.
void member_keys_add(
    struct host *host, size_t count, const char *text, size_t length, int value_index);

// Sorts the keys first to first + count - 1 bytewise.
void member_keys_sort(struct host *host, size_t first, size_t count);

// The key of this text among the sorted keys first to first + count - 1, or NULL. Valid until the
// next key is added.
struct member_key *member_keys_find(
    struct host *host, size_t first, size_t count, const char *text, size_t length);

#endif
