#ifndef MOONRAIL_FAULT_H
#define MOONRAIL_FAULT_H

#include "host.h"

enum { FAULT_MESSAGE_BYTES_MAX = 4096, FAULT_TRACEBACK_BYTES_MAX = 4096 };

// The message handler of protected calls: leaves the message as a string and keeps the traceback in
// the host's buffer.
int fault_describe(lua_State *lua);

// Raises with a message that starts with the script's line that called the running function, or
// with the script's file where no script called it. The format is lua_pushfstring's.
int fault_raise(lua_State *lua, const char *format, ...);

// Appends the message on top of the stack and the kept traceback as two texts.
void fault_append(lua_State *lua, struct byte_buffer *out);

#endif
