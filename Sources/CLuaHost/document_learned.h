#ifndef MOONRAIL_DOCUMENT_LEARNED_H
#define MOONRAIL_DOCUMENT_LEARNED_H

#include <stdbool.h>
#include <stdint.h>

// What the host learns about how a function uses its documents. It only makes the function faster:
// what scripts see and emit is the same whatever was learned.

enum {
    // Members of the root that are decoded before the script asks for them.
    DOCUMENT_LEARNED_NAMES_MAX = 4,
    DOCUMENT_LEARNED_NAME_BYTES_MAX = 64,
    // Longer texts wait until they are asked for.
    DOCUMENT_LEARNED_TEXT_BYTES_MAX = 64,
};

// How documents are decoded.
enum document_way {
    DOCUMENT_WAY_IS_LEARNED,
    // The others are for tests, which compare them.
    DOCUMENT_WAY_IS_LAZY,
    DOCUMENT_WAY_IS_WHOLE,
};

// The process's way. The product never sets it.
extern enum document_way document_way;

// A name, whose text Lua keeps alive.
struct document_learned_name {
    const char *text;
    uint32_t length;
};

struct document_learned {
    struct document_learned_name names[DOCUMENT_LEARNED_NAMES_MAX];
    uint32_t name_count;
    // Of the current document: members that were decoded one by one, and names that were added to
    // its root.
    uint32_t members_read;
    uint32_t names_added;
    // Members for which a root's table has room from the start.
    uint32_t root_size;
    // Documents to be decoded at once, because the last lazy one was decoded nearly whole.
    uint32_t whole_left;
};

// Notes how the current document of `word_count` words was used, once its event has ended.
void document_learned_note(struct document_learned *learned, uint32_t word_count);

// Whether the next document, of `word_count` words, is to be decoded at once.
bool document_learned_is_whole(const struct document_learned *learned, uint32_t word_count);

#endif
