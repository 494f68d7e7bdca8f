#ifndef MOONRAIL_EVENT_OBJECT_H
#define MOONRAIL_EVENT_OBJECT_H

#include "host.h"

// The `event` that a handler gets: a table whose fields are made when they are first read. A field
// that was read or assigned is an ordinary member from then on.

// Makes the metatable of all events: once per VM, in protected mode.
void event_object_install(lua_State *lua);

// Pushes the table of the host's current event and makes it the one whose fields can be read.
void event_object_push(lua_State *lua);

// Reads all fields that the table at `index` lacks, if it is the current event's; for pairs.
void event_object_complete(lua_State *lua, int index);

#endif
