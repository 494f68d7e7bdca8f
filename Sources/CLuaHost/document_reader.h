#ifndef MOONRAIL_DOCUMENT_READER_H
#define MOONRAIL_DOCUMENT_READER_H

#include "host.h"

// How a value of the parsed document becomes Lua's.
enum document_tables {
    // Tables of their own, which the index does not know.
    DOCUMENT_TABLES_ARE_PLAIN,
    // Tables that the index knows, with everything in them.
    DOCUMENT_TABLES_ARE_WHOLE,
    // Tables that the index knows. All but small objects are empty at first: a member is decoded
    // when it is read.
    DOCUMENT_TABLES_ARE_LAZY,
};

// Pushes the value at `node` of the tape. Only plain tables are checked: raises as document_push
// does, with the path from `root`.
void document_push_node(
    lua_State *lua, uint32_t node, enum document_tables tables, const char *root);

// Adds the table on top of the stack to the index with its node, and keeps it from being collected
// until document_forget_tables.
void document_remember_table(lua_State *lua, uint32_t node);

#endif
