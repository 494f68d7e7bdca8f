#ifndef MOONRAIL_LIBRARIES_H
#define MOONRAIL_LIBRARIES_H

#include <lua.h>

#include <stdbool.h>
#include <stddef.h>

// Lua functions of our own, where the standard ones would break determinism or the sandbox. Each is
// a lua_CFunction unless said otherwise.

// library_base.c
int library_tostring(lua_State *lua);
int library_print(lua_State *lua);
int library_array(lua_State *lua);
int library_pcall(lua_State *lua);
int library_rawget(lua_State *lua);
int library_rawlen(lua_State *lua);
// Pushes the text of the value at `index` without addresses.
const char *library_push_text(lua_State *lua, int index, size_t *length);

// library_metatable.c
int library_rawset(lua_State *lua);
int library_setmetatable(lua_State *lua);
int library_getmetatable(lua_State *lua);

// library_pairs.c
int library_pairs(lua_State *lua);
// True when the value at `index` is the iterator of a loop over pairs.
bool library_pairs_is_iterator(lua_State *lua, int index);

// library_sort.c
int library_sort(lua_State *lua);

// library_string.c: changes the standard string library, which is on top of the stack.
void library_string_restrict(lua_State *lua);

// library_random.c
int library_random(lua_State *lua);

// library_time.c
int library_time(lua_State *lua);
int library_date(lua_State *lua);

// library_require.c
int library_require(lua_State *lua);

#endif
