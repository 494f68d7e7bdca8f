#ifndef MOONRAIL_DOCUMENT_LAZY_H
#define MOONRAIL_DOCUMENT_LAZY_H

#include "host.h"

// The document of the current event as tables. An object is a real table: at first empty, with a
// metatable of the host's that decodes a member when it is read and keeps it in the table. Once all
// members are there, the metatable goes. An array is made whole when it is read. C code that looks
// at a table raw completes it first.

// Makes the metatable: once per VM, in protected mode.
void document_lazy_install(lua_State *lua);

// Parses `bytes`, with padding behind them, and pushes the value as the current event's document.
// At most once per event. Raises as document_push does.
void document_lazy_open(lua_State *lua, struct byte_span bytes, const char *root);

// The same before the event's handler runs, if it is likely to ask for the document: then pushes it
// and returns true. Of a document that can't be opened nothing is said before it is asked for. Once
// for each event.
bool document_lazy_open_early(lua_State *lua, struct byte_span bytes);

// Ends the current event's document, if there is one: its tables may be collected.
void document_lazy_close(lua_State *lua);

// Pushes the object at `node`, with nothing decoded and room for `size` members.
void document_lazy_push(lua_State *lua, uint32_t node, uint32_t size);

// Assigns the value at the stack's third place to the key at the second of the table at the first,
// for a metamethod: a key that no table can have raises with the script's line.
void document_assign(lua_State *lua);

// Decodes what is missing of the table at `index`, if it is an object of the document.
void document_complete(lua_State *lua, int index);

// Decodes the members of the object at `node` that are not taken into the table on top of the
// stack; document_reader.c.
void document_push_members(lua_State *lua, uint32_t node);

#endif
