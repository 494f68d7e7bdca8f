#ifndef MOONRAIL_READ_ONLY_H
#define MOONRAIL_READ_ONLY_H

#include <lua.h>

#include <stdbool.h>

// Tables that scripts can read but not change. What a script holds is an empty stand-in whose
// metatable reads from the contents and refuses writes; the contents themselves are never shown to
// a script. C code opens a stand-in before it reads the table raw.

// The end of each message that refuses a write: what to do instead.
#define READ_ONLY_ADVICE "a script carries nothing from one event to the next but context.state"

// Replaces the table on top of the stack by a stand-in for it, as one of the host's own tables.
// `name` (static) is what messages call it.
void read_only_wrap(lua_State *lua, const char *name);

// Marks the metatable on top of the stack as one of the host's.
void read_only_mark_metatable(lua_State *lua);

// True when the table at `index` has a metatable of the host's that scripts must not get around;
// frozen tables and arrays count.
bool read_only_is_protected(lua_State *lua, int index);

// Makes the empty table at `stand_in` the stand-in of the table at `contents`, which was made when
// the file was loaded.
void read_only_freeze(lua_State *lua, int stand_in, int contents);

// Where the value at `index` is the stand-in of a frozen table, puts its contents there instead.
// Returns whether it was one.
bool read_only_open(lua_State *lua, int index);

// The raw length of the table or string at `index`; of a frozen table what it was when it was
// frozen.
lua_Integer read_only_length(lua_State *lua, int index);

// Raises the message that refuses to change a frozen table, if the table at `index` is one.
void read_only_check_writable(lua_State *lua, int index);

#endif
