#ifndef MOONRAIL_OUTPUTS_H
#define MOONRAIL_OUTPUTS_H

#include "host.h"

// Sets the stations that the handler may emit to: those of the LOAD or, when it named none, the
// `to` of the script's table at `definition`. Raises when that is neither a name nor a list.
void outputs_collect(lua_State *lua, int definition);

#endif
