#ifndef MOONRAIL_UPVALUE_ASSIGNMENTS_H
#define MOONRAIL_UPVALUE_ASSIGNMENTS_H

#include "byte_buffer.h"

#include <lua.h>

#include <stdint.h>

// An assignment to a variable that outlives the call that makes it.
struct upvalue_assignment {
    // As lua_getupvalue counts; 0 = there is no such assignment.
    int upvalue;
    uint32_t line;
};

// Finds the first line in which the Lua function on top of the stack, or a function that it makes,
// assigns to one of the function's upvalues. Variables that live within one call don't count.
// `scratch` is used for the function's compiled form. Raises when that has an unknown format.
struct upvalue_assignment upvalue_assignment_find(lua_State *lua, struct byte_buffer *scratch);

#endif
