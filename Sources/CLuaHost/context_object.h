#ifndef MOONRAIL_CONTEXT_OBJECT_H
#define MOONRAIL_CONTEXT_OBJECT_H

#include "host.h"

// The `context` that a handler gets: emit, reject, log and inputs. One per VM.

// Makes it, in protected mode; raises when the inputs are no JSON object.
void context_object_install(lua_State *lua);

// True when the value at `index` is what context.reject returns.
bool context_object_is_rejection(lua_State *lua, int index);

#endif
