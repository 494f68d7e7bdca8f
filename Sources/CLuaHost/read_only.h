#ifndef MOONRAIL_READ_ONLY_H
#define MOONRAIL_READ_ONLY_H

#include <lua.h>

#include <stdbool.h>

// Replaces the table on top of the stack by an empty stand-in that reads from it and refuses every
// write. `name` (static) is what messages call it.
void read_only_wrap(lua_State *lua, const char *name);

// True when the table at `index` has a metatable of the host's that scripts must not get around.
bool read_only_is_protected(lua_State *lua, int index);

// Marks the metatable on top of the stack as one of the host's.
void read_only_mark_metatable(lua_State *lua);

#endif
