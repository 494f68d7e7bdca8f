#ifndef MOONRAIL_ALLOW_LIST_H
#define MOONRAIL_ALLOW_LIST_H

#include <lua.h>

// Gives a new VM the globals that scripts may use, and nothing else: a lua_CFunction to be called
// protected. Afterwards every chunk that is compiled has them as its environment.
int allow_list_install(lua_State *lua);

#endif
