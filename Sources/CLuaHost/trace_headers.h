#ifndef MOONRAIL_TRACE_HEADERS_H
#define MOONRAIL_TRACE_HEADERS_H

#include "byte_buffer.h"
#include "byte_reader.h"

// Adds the trace that an event belongs to (https://www.w3.org/TR/trace-context/) to the headers
// block of what it emits: `from` is the event's block. A block that names a trace by itself, or has
// no room, is left as it is.
void trace_headers_add(struct byte_buffer *block, struct byte_span from);

#endif
