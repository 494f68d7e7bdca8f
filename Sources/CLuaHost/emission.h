#ifndef MOONRAIL_EMISSION_H
#define MOONRAIL_EMISSION_H

#include "host.h"

// What a script may say about an emission; a span without bytes means that it said nothing.
struct emission_options {
    uint32_t output;
    bool has_key;
    struct byte_span key;
    struct byte_span id;
    struct byte_span type;
    // 0, or where on the stack a table of headers is.
    int headers_index;
};

// Appends the value at `index` to the result as one more emission of the current event. Raises when
// it can't be written, and passes a limit when the event has emitted too much.
void emission_add(lua_State *lua, int index, const struct emission_options *options);

#endif
