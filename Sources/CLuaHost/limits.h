#ifndef MOONRAIL_LIMITS_H
#define MOONRAIL_LIMITS_H

#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

// Which limit was passed; the numbers are the protocol's.
enum limit_kind {
    LIMIT_NONE = -1,
    LIMIT_MEMORY = 0,
    LIMIT_CPU_TIME = 1,
    LIMIT_EMISSIONS = 2,
    LIMIT_OUTPUT_BYTES = 3,
    LIMIT_NESTING = 4,
};

enum { LIMIT_TICK_MILLISECONDS = 10 };

// Starts the CPU clock's ticks: once, before lockdown. While the process waits nothing ticks.
void limits_start_clock(void);

// Starts a unit (an event, or a load) with its CPU budget: nothing is exceeded yet.
void limits_begin(lua_State *lua, uint32_t cpu_milliseconds);

// Ends the unit: from now on no tick can reach the VM.
void limits_end(void);

// Says that the unit has passed a limit. That can't be undone: the next instruction of the script
// raises, and so does every one after it, whatever the script catches. The first kind stays.
// May be called from a signal handler and from the allocator.
void limits_exceeded(enum limit_kind kind);

// The limit that the running (or last) unit has passed, or LIMIT_NONE.
enum limit_kind limits_verdict(void);

// True when the message is that of the place which found a bound of the host's passed, rather than
// what the stopped script raised or left behind.
bool limits_raised_by_itself(const char *message);

// `file:line: ` of the place where the script was first stopped by a passed limit, or "".
const char *limits_place(void);

// CPU time that this process has used since the clock was started.
uint64_t limits_cpu_milliseconds(void);

// Raises when the unit has passed a limit: for loops in C that no hook interrupts.
void limits_check(lua_State *lua);

#endif
