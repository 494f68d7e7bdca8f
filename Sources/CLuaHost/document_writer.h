#ifndef MOONRAIL_DOCUMENT_WRITER_H
#define MOONRAIL_DOCUMENT_WRITER_H

#include "document.h"

// What the files share that write documents: document_writer.c (values), document_containers.c
// (arrays and objects) and document_splice.c (what is left of the event's document).

struct writer {
    lua_State *lua;
    struct host *host;
    struct byte_buffer *out;
    size_t length_max;
    size_t next_check;
    const char *root;
    // Where on the Lua stack the document is.
    int root_index;
    uint32_t depth;
    size_t member_count;
    enum document_purpose purpose;
    // Inside a value of the current event's document: up to where its source was copied.
    size_t copied;
    // The value may be too deep where it stands now: nothing is copied that was not looked at.
    bool is_thorough;
};

// Each of these returns false when the document can't be written; document_error then says why.

// Writes the value at `index`, wherever it comes from.
bool document_write_value(struct writer *writer, int index);

// Writes the table at `table`, in whatever place; document_splice.c.
bool document_write_table(struct writer *writer, int table);

// Writes the table at `table` as the document's array or object at `node`, whose source was copied
// up to its start; or, where that is 0, as one that the script made. document_containers.c.
bool document_write_container(struct writer *writer, int table, uint32_t node);

// Writes a member's name with what stands before it (0 for nothing) and the colon.
bool document_write_name(struct writer *writer, char before, const struct member_key *key);

// Appends bytes as they are.
bool document_write_bytes(struct writer *writer, const char *bytes, size_t length);

static inline void document_write_character(struct writer *writer, char character) {
    *byte_buffer_reserve(writer->out, 1) = character;
    writer->out->length++;
}

// Says of the value at the writer's path why it can't be written, and returns false.
bool document_write_fail(struct writer *writer, const char *format, ...);

#endif
