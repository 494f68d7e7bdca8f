#ifndef MOONRAIL_DOCUMENT_LEARNED_H
#define MOONRAIL_DOCUMENT_LEARNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the host learns about how a function uses its documents. It only makes the function faster:
// what scripts see and emit is the same whatever was learned.

enum {
    // Members of the root that are decoded before the script asks for them.
    DOCUMENT_LEARNED_READ_MAX = 4,
    // And names that it assigns without having read them.
    DOCUMENT_LEARNED_ADDED_MAX = 4,
    DOCUMENT_LEARNED_NAMES_MAX = DOCUMENT_LEARNED_READ_MAX + DOCUMENT_LEARNED_ADDED_MAX,
    // Up to this length Lua has each text once, so that its address tells it.
    DOCUMENT_LEARNED_NAME_BYTES_MAX = 40,
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
    // Its first eight bytes, with zeros behind a shorter one.
    uint64_t start;
    bool is_read;
    // In the current document's root: where it stands, or 0; whether it stands there again; whether
    // the root's table may have it.
    uint32_t node;
    bool is_repeated;
    bool is_taken;
};

struct document_learned {
    struct document_learned_name names[DOCUMENT_LEARNED_NAMES_MAX];
    uint32_t name_count;
    uint32_t read_count;
    // A bit for each length that a name has.
    uint64_t lengths;
    // Of the current document: names that were looked up when it was opened, members that were
    // decoded one by one, names that were added to its root, whether other names than the known
    // ones were used there, and whether any table got keys that are no names.
    uint32_t names_known;
    uint32_t members_read;
    uint32_t names_added;
    bool has_unknown_names;
    bool has_other_keys;
    // Members for which a root's table has room from the start.
    uint32_t root_size;
    // There is a root's table, empty, to be used again.
    bool has_root;
    // Documents to be decoded at once, because the last lazy one was decoded nearly whole.
    uint32_t whole_left;
    // The current event's document was asked for after its handler had begun, and how often that
    // was so in a row.
    bool is_asked_for;
    uint32_t asked_in_row;
    // Events whose documents are opened before their handlers run.
    uint32_t early_left;
};

// Adds a name of the root that was read, or only assigned. Returns where, or -1 when it is there
// already or there is no room for it; the caller sees to it that Lua keeps the text.
int document_learned_add(
    struct document_learned *learned, const char *text, size_t length, bool is_read);

// The name of the current document's root that has this address, if it was looked up.
static inline struct document_learned_name *document_learned_find(
    struct document_learned *learned, const char *text) {
    for (uint32_t i = 0; i < learned->names_known; i++) {
        if (learned->names[i].text == text) return &learned->names[i];
    }
    return NULL;
}

// Notes how the current document of `word_count` words was used, once its event has ended.
void document_learned_note(struct document_learned *learned, uint32_t word_count);

// Whether the next document, of `word_count` words, is to be decoded at once.
bool document_learned_is_whole(const struct document_learned *learned, uint32_t word_count);

// Whether the document of the event that begins is to be opened before its handler asks for it.
// Once for each event.
bool document_learned_is_early(struct document_learned *learned);

#endif
