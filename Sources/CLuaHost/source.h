#ifndef MOONRAIL_SOURCE_H
#define MOONRAIL_SOURCE_H

#include "byte_reader.h"

#include <lua.h>

// What compiling costs can grow with the square of the length.
enum { SOURCE_BYTES_MAX = 128 * 1024 };

// Compiles a script or library and pushes its main function. `file` names it in messages. Raises
// when it is no valid source, larger than the bound, or past the limits of the load.
void source_compile(lua_State *lua, struct byte_span source, const char *file);

#endif
