#define _GNU_SOURCE
#include "limits.h"

#include "exit_codes.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

// Ticks past the limit that a script gets to come back from a C function: 50 ms.
enum { TICKS_TO_LEAVE_C = 5 };

// Shared with the tick, which interrupts the same thread: volatile is enough, there is no other.
static lua_State *volatile unit_lua;
static volatile uint32_t unit_ticks;
static volatile uint32_t unit_ticks_max;
static volatile int unit_verdict = LIMIT_NONE;
static volatile uint64_t ticks;
static char unit_place[128];
static const char stopped[] = "over a limit";

static void raise_in_script(lua_State *lua, lua_Debug *debug) {
    (void)debug;
    if (unit_place[0] == 0) {
        luaL_where(lua, 0);
        snprintf(unit_place, sizeof unit_place, "%s", lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
    lua_pushstring(lua, stopped);
    lua_error(lua);
}

void limits_exceeded(enum limit_kind kind) {
    if (unit_lua == NULL) return;
    if (unit_verdict == LIMIT_NONE) unit_verdict = kind;
    lua_sethook(unit_lua, raise_in_script, LUA_MASKCOUNT, 1);
}

static void tick(int signal) {
    (void)signal;
    ticks++;
    if (unit_lua == NULL) return;
    unit_ticks++;
    if (unit_ticks <= unit_ticks_max) return;
    if (unit_ticks > unit_ticks_max + TICKS_TO_LEAVE_C) _exit(EXIT_STUCK_IN_C);
    limits_exceeded(LIMIT_CPU_TIME);
}

void limits_start_clock(void) {
    // A mask that was inherited could keep the ticks away.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    sigaction(SIGPROF, &action, NULL);
    const struct timeval interval = {.tv_usec = LIMIT_TICK_MILLISECONDS * 1000};
    const struct itimerval timer = {.it_interval = interval, .it_value = interval};
    setitimer(ITIMER_PROF, &timer, NULL);
}

void limits_begin(lua_State *lua, uint32_t cpu_milliseconds) {
    unit_place[0] = 0;
    unit_verdict = LIMIT_NONE;
    // The first tick may come at once: counting one more than the budget never cuts it short.
    unit_ticks_max = cpu_milliseconds / LIMIT_TICK_MILLISECONDS;
    unit_ticks_max += cpu_milliseconds % LIMIT_TICK_MILLISECONDS > 0;
    unit_ticks = 0;
    atomic_signal_fence(memory_order_seq_cst);
    unit_lua = lua;
}

void limits_end(void) {
    lua_State *lua = unit_lua;
    unit_lua = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    // A hook left behind would stop the next event.
    if (unit_verdict != LIMIT_NONE && lua != NULL) lua_sethook(lua, NULL, 0, 0);
}

enum limit_kind limits_verdict(void) {
    return (enum limit_kind)unit_verdict;
}

bool limits_raised_by_itself(const char *message) {
    // Lua finds its own end of memory, and the clock has no words: only the others explain.
    const bool explains = unit_verdict >= LIMIT_EMISSIONS;
    return explains && message != NULL && strstr(message, stopped) == NULL;
}

const char *limits_place(void) {
    return unit_place;
}

uint64_t limits_cpu_milliseconds(void) {
    return ticks * LIMIT_TICK_MILLISECONDS;
}

void limits_check(lua_State *lua) {
    if (unit_verdict != LIMIT_NONE) luaL_error(lua, "%s", stopped);
}
