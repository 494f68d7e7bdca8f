#ifndef MOONRAIL_LOG_LINES_H
#define MOONRAIL_LOG_LINES_H

#include "host.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

// Logs the arguments of the running C function as one line, joined by tabs like print's; with
// `takes_fields` a table behind them holds the line's fields and is written as JSON. Past the
// event's bounds it writes one warning and drops the rest. Outside of events it does nothing.
void log_lines_add(lua_State *lua, enum log_level level, bool takes_fields);

#endif
