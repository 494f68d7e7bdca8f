#ifndef MOONRAIL_DOCUMENT_SPLICE_H
#define MOONRAIL_DOCUMENT_SPLICE_H

#include "document_writer.h"

// What is written of an array or object that came from the event's document is its own bytes with
// what the script changed put in: `copied` goes through the source, and whatever was not changed is
// copied by and by, with the white space around it. A table that the script made is the same with
// no bytes to copy, so that all its members are new ones.

// An array or object that is being written.
struct splice {
    struct writer *writer;
    struct document_index *index;
    int table;
    // 0 when it is none of the document's.
    uint32_t node;
    // The last value that was written in its own place.
    uint32_t last;
    bool has_members;
    // What is written next does not follow in the source what was written last.
    bool is_open;
};

// Starts writing the table at `table` as the document's `node`, or with `bracket` where that is 0.
struct splice splice_start(struct writer *writer, int table, uint32_t node, char bracket);

// The node that the table at `table` is to be written as, or 0. An object that the script has made
// an array is a table of the script's.
uint32_t splice_node_of(struct writer *writer, int table);

// Whether the table at `table` has the mark of an array.
bool splice_is_marked_array(struct writer *writer, int table);

// Whether the value on the stack is the document's value at `node`: the same number of the same
// kind, the same text, or the very table that was made of it.
bool splice_holds(struct splice *splice, int at, uint32_t node);

// Goes back to the source, which was left, at a member or element that starts at `first`.
void splice_resume(struct splice *splice, uint32_t first);

// Goes on in the source at a member, or element, that starts at `first` and has this value.
static inline void splice_keep(struct splice *splice, uint32_t first, uint32_t value) {
    if (splice->is_open) splice_resume(splice, first);
    splice->has_members = true;
    splice->last = value;
}

// Writes the value on the stack where the document has the one at `node`, which was kept.
bool splice_put(struct splice *splice, int at, uint32_t node);

// Leaves the source behind the last value that stands in its own place.
bool splice_open(struct splice *splice);

// Ends the table: with `bracket`, or with the rest of its source.
void splice_close(struct splice *splice, char bracket);

#endif
