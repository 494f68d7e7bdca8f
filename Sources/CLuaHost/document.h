#ifndef MOONRAIL_DOCUMENT_H
#define MOONRAIL_DOCUMENT_H

#include "host.h"

// JSON to Lua and back. JSON null is the light userdata NULL, the global `null`. A table is an
// array when it carries the array metatable or has elements 1 to n and nothing else.

// What messages about integers beyond 64 bits end with.
#define DOCUMENT_INTEGER_ADVICE "numbers = \"double\" in the function's table reads it as a double"

// Parses `bytes` (with MOONRAIL_JSON_PADDING behind them when `padded`) and pushes the value.
// Raises with a message that starts with `root`, the document's name; passes the nesting limit when
// the document is too deep.
void document_push(lua_State *lua, struct byte_span bytes, bool padded, const char *root);

// Parses a document and keeps it in the host's parser; raises as document_push does. `is_widened`
// says that the host's `widened` is what was parsed, because integers were too large.
void document_parse(
    lua_State *lua, struct byte_span bytes, bool padded, const char *root, bool *is_widened);

// For a document in which the parser met a number that it could not take: raises with the number's
// path, or returns when no such number can be found.
void document_number_error(lua_State *lua, struct byte_span bytes, const char *root);

// Empties `out` and copies a document to it, with `.0` behind each integer beyond 64 bits.
void document_widen_integers(struct byte_span bytes, struct byte_buffer *out);

enum document_purpose {
    // Going beyond depth or size passes a limit; a table that contains itself is only an error.
    DOCUMENT_IS_PAYLOAD,
    // Something is told about a value: a function is written as "<function>", no limit is passed.
    DOCUMENT_IS_DESCRIPTION,
};

// Appends the value at `index` as JSON with object keys in bytewise order, at most `bytes_max`. On
// false the host's document_error says why (the path starts with `root`), and what was appended is
// to be cut off. Runs no Lua code and raises only when memory is short.
bool document_write(lua_State *lua, int index, struct byte_buffer *out, size_t bytes_max,
    const char *root, enum document_purpose purpose);

// Whether the host's path, followed from the table at `root`, meets a table twice within its first
// `depth` steps; these become the steps up to the second time.
bool document_find_cycle(lua_State *lua, int root, uint32_t *depth);

// Writes `root` and the first `depth` steps of the host's path, cut to fit.
void document_path_text(
    const struct host *host, const char *root, uint32_t depth, char *text, size_t text_bytes);

#endif
