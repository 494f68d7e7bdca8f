#ifndef MOONRAIL_DOCUMENT_INDEX_H
#define MOONRAIL_DOCUMENT_INDEX_H

#include "CJSON.h"
#include "byte_buffer.h"
#include "byte_reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Which tables belong to the document of the current event, and where each of its values stands in
// the document's bytes. A value's *node* is its index on the parser's tape, from 1: its root is
// node 1, and 0 is none. An object's names are nodes as well. Tables are known by their addresses,
// so whoever adds one keeps it from being collected until the index is cleared.

enum {
    DOCUMENT_ROOT = 1,
    // Tables that the index has room for after a large document.
    DOCUMENT_SLOTS_KEPT = 16 * 1024,
    // And words of the tape.
    DOCUMENT_WORDS_KEPT = 512 * 1024,
};

// What has become of a node.
enum document_state {
    // Of a name: the member was read or assigned, so that its table alone tells its value.
    DOCUMENT_MEMBER_IS_TAKEN = 1,
    // Of a name: the same object has it again further on, and the last one counts.
    DOCUMENT_MEMBER_IS_HIDDEN = 2,
    // Of an object: all its members are taken, whatever their states say.
    DOCUMENT_OBJECT_IS_WHOLE = 4,
    // Of an object: it has hidden members.
    DOCUMENT_OBJECT_HIDES = 8,
};

struct document_slot {
    const void *table;
    uint32_t node;
    // Slots of an older document count as empty.
    uint32_t serial;
};

struct document_index {
    // The document's bytes as the producer sent them.
    struct byte_span source;
    moonrail_json_tape tape;
    uint32_t word_count;
    // A document_state for each word.
    unsigned char *states;
    // For each word its place's index in `places`, as far as they were asked for: up to the next
    // word and place.
    uint32_t *ranks;
    uint32_t next_word;
    uint32_t next_place;
    size_t word_capacity;
    // Names that were looked at to find members one by one.
    uint64_t names_searched;
    const uint32_t *places;
    size_t place_count;
    // The places, where the parser's own are not those of `source`.
    uint32_t *moved_places;
    size_t moved_capacity;

    struct document_slot *slots;
    // A power of two.
    uint32_t slot_capacity;
    uint32_t slot_shift;
    uint32_t table_count;
    uint32_t serial;
};

// Forgets the document and its tables. Large buffers are given back.
void document_index_clear(struct document_index *index);

// Makes the document that the parser holds the index's, which was clear. `parsed` are the bytes it
// was parsed from: those of `source`, or with ".0" behind some of its integers.
void document_index_start(struct document_index *index, const moonrail_json_parser *parser,
    struct byte_span source, struct byte_span parsed);

// Adds a table with its node.
void document_index_add(struct document_index *index, const void *table, uint32_t node);

static inline uint32_t document_index_slot(
    const struct document_index *index, const void *table) {
    return (uint32_t)(((uint64_t)(uintptr_t)table * 0x9E3779B97F4A7C15u) >> index->slot_shift);
}

// The node of a table, or 0 when the table is none of this document.
static inline uint32_t document_index_node(
    const struct document_index *index, const void *table) {
    if (index->table_count == 0) return 0;
    uint32_t at = document_index_slot(index, table);
    while (index->slots[at].serial == index->serial) {
        if (index->slots[at].table == table) return index->slots[at].node;
        at = (at + 1) & (index->slot_capacity - 1);
    }
    return 0;
}

static inline enum moonrail_json_mark document_index_mark(
    const struct document_index *index, uint32_t node) {
    return moonrail_json_mark_of(index->tape.words[node]);
}

static inline uint32_t document_index_after(const struct document_index *index, uint32_t node) {
    return (uint32_t)moonrail_json_word_after(index->tape, node);
}

// The text of a name or of a string.
static inline struct byte_span document_index_text(
    const struct document_index *index, uint32_t node) {
    uint32_t length;
    const char *text = moonrail_json_text_of(index->tape, index->tape.words[node], &length);
    return (struct byte_span){text, length};
}

// The first eight bytes of a text, with zeros behind a shorter one.
static inline uint64_t document_index_text_start(struct byte_span text) {
    // The parser's strings have room for a word behind their end.
    uint64_t start;
    memcpy(&start, text.bytes, sizeof start);
    return text.length < sizeof start ? start & (((uint64_t)1 << 8 * text.length) - 1) : start;
}

// Where a value or name starts in the source.
size_t document_index_start_of(struct document_index *index, uint32_t node);

// Where a value ends in the source, without the white space behind it.
size_t document_index_end_of(struct document_index *index, uint32_t node);

// Whether enough was searched that members of this object are better decoded all at once: together
// the searches stay within a bound that grows with the document, not with its square.
bool document_index_is_searched(const struct document_index *index);

// Takes the member of this name: returns the node of its last name, or 0 when the object has no
// such member or it is taken already. Others of this name become hidden.
uint32_t document_index_take(
    struct document_index *index, uint32_t object, const char *name, size_t length);

#endif
