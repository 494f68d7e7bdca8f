#ifndef MOONRAIL_LOAD_FREEZE_H
#define MOONRAIL_LOAD_FREEZE_H

#include <lua.h>

// Makes sure that nothing which the file made when it was loaded can change from one event to the
// next: a lua_CFunction to be called protected, with the script's table as its argument.
//
// It walks everything that the handler can reach: the script's table, globals, libraries, inputs,
// and the variables of each function on the way. Each table gets a read-only stand-in, which takes
// its place everywhere. A function that assigns one of those variables, and an iterator (which
// remembers how far it came), are errors that name the place.
int load_freeze(lua_State *lua);

#endif
