#include "function_timers.h"

#include "exit_codes.h"
#include "fault.h"
#include "host.h"

#include <unistd.h>

enum { MICROSECONDS_PER_MILLISECOND = 1000 };

void function_timers_read(lua_State *lua, int definition) {
    struct host *host = host_of(lua);
    lua_pushstring(lua, "on_timer");
    lua_rawget(lua, definition);
    host->timers.is_declared = lua_isfunction(lua, -1);
    if (!host->timers.is_declared && !lua_isnil(lua, -1)) {
        luaL_error(lua, "%s: on_timer is a %s; it must be a function: on_timer = function(timer, "
                        "context) ... end", host->load.file_name, luaL_typename(lua, -1));
    }
    if (host->timers.is_declared && !host->state.is_declared) {
        luaL_error(lua, "%s: timers belong to the state of a key; add state = {} to the table, or "
                        "remove on_timer", host->load.file_name);
    }
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_ON_TIMER);
    // With it the firings after an event that emits as much stay within a frame.
    const uint32_t most = 16 * 1024 * 1024;
    if (host->timers.is_declared && host->load.bounds.output_bytes_per_event > most) {
        host->load.bounds.output_bytes_per_event = most;
    }
}

// A timer that is not to be called: number `firing` of those after an event, or, where that is 0,
// the one of this time, key and name.
struct stopped_timer {
    uint32_t event;
    uint32_t firing;
    int64_t time;
    struct byte_span key;
    struct byte_span name;
};

static struct stopped_timer read_stopped(struct byte_reader *list) {
    struct stopped_timer stopped;
    stopped.event = byte_reader_u32(list);
    stopped.firing = byte_reader_u32(list);
    stopped.time = (int64_t)byte_reader_u64(list);
    stopped.key = byte_reader_text(list);
    stopped.name = byte_reader_text(list);
    return stopped;
}

static bool is_text(struct byte_span text, const char *bytes, size_t length) {
    return text.length == length && memcmp(text.bytes, bytes, length) == 0;
}

void function_timers_take(struct host *host, struct byte_reader *body) {
    struct function_timers *timers = &host->timers;
    timers->watermark = (int64_t)byte_reader_u64(body);
    timers->delay = (int64_t)byte_reader_u64(body);
    timers->firings_max = byte_reader_u32(body);
    const unsigned char *is_cut = byte_reader_take(body, 1);
    timers->is_cut = is_cut != NULL && *is_cut != 0;
    timers->keys_untouched = 0;
    timers->results.length = 0;
    timers->count = 0;
    timer_queue_clear(&timers->queue);
    const uint32_t count = byte_reader_u32(body);
    for (uint32_t i = 0; i < count && !body->broken; i++) {
        const int64_t time = (int64_t)byte_reader_u64(body);
        const struct byte_span key = byte_reader_text(body);
        const struct byte_span name = byte_reader_text(body);
        if (body->broken || name.length == 0 || name.length > TIMER_NAME_BYTES_MAX) {
            _exit(EXIT_BROKEN_FRAME);
        }
        struct state_entry *entry = state_cache_entry(&host->state.cache, key);
        if (!entry->is_known) _exit(EXIT_BROKEN_FRAME);
        if (entry->untouched_turn != entry->turn) timers->keys_untouched++;
        entry->untouched_turn = entry->turn;
        timer_queue_add(&timers->queue, time, key, name);
    }
    const unsigned char *is_tick = byte_reader_take(body, 1);
    timers->is_tick = is_tick != NULL && *is_tick != 0;
    timers->stopped_count = byte_reader_u32(body);
    timers->stopped = *body;
    for (uint32_t i = 0; i < timers->stopped_count && !body->broken; i++) read_stopped(body);
    if (body->broken || timers->delay < 0) _exit(EXIT_BROKEN_FRAME);
}

bool function_timers_is_stopped(const struct host *host, uint32_t firing) {
    const struct function_timers *timers = &host->timers;
    struct byte_reader list = timers->stopped;
    for (uint32_t i = 0; i < timers->stopped_count; i++) {
        const struct stopped_timer stopped = read_stopped(&list);
        if (stopped.event != host->event.index_in_run) continue;
        if (stopped.firing == firing) return true;
        const bool is_this = stopped.firing == 0 && stopped.time == timers->current.time &&
            is_text(stopped.key, timers->entry->key, timers->entry->key_length) &&
            is_text(stopped.name, timers->current.name, timers->current.name_length);
        if (is_this) return true;
    }
    return false;
}

void function_timers_advance(struct host *host) {
    struct function_timers *timers = &host->timers;
    // Its event has moved time already, and the clock has moved it further.
    if (timers->is_tick) return;
    int64_t reached;
    const int64_t time = host->event.record.time_microseconds;
    if (__builtin_sub_overflow(time, timers->delay, &reached)) return;
    if (reached > timers->watermark) timers->watermark = reached;
}

bool function_timers_suffice(const struct host *host) {
    // Where timers of more keys are known than what follows can touch, it fires none of those that
    // are not known: they come later.
    const struct function_timers *timers = &host->timers;
    return !timers->is_declared || !timers->is_cut ||
        timers->keys_untouched > timers->firings_max;
}

bool function_timers_next(struct host *host) {
    struct function_timers *timers = &host->timers;
    struct timer_queue *queue = &timers->queue;
    while (queue->count > 0 && timer_queue_next_time(queue) <= timers->watermark) {
        const struct queued_timer next = timer_queue_take(queue);
        const struct byte_span name = timer_queue_name(queue, &next);
        struct state_entry *entry =
            state_cache_entry(&host->state.cache, timer_queue_key(queue, &next));
        struct timer_list list;
        state_entry_timers(entry, &list);
        if (!timer_list_has(&list, name, next.time)) continue;
        timers->current = (struct timer){.time = next.time, .name_length = (uint8_t)name.length};
        memcpy(timers->current.name, name.bytes, name.length);
        timers->entry = entry;
        return true;
    }
    return false;
}

void function_timers_touch(struct host *host, struct state_entry *entry) {
    if (entry->untouched_turn != host->state.cache.turn) return;
    entry->untouched_turn = 0;
    host->timers.keys_untouched--;
}

void function_timers_call(lua_State *lua) {
    const struct function_timers *timers = &host_of(lua)->timers;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_ON_TIMER);
    lua_createtable(lua, 0, 3);
    lua_pushlstring(lua, timers->entry->key, timers->entry->key_length);
    lua_setfield(lua, -2, "key");
    lua_pushlstring(lua, timers->current.name, timers->current.name_length);
    lua_setfield(lua, -2, "name");
    lua_pushinteger(lua, timers->current.time / MICROSECONDS_PER_MILLISECOND);
    lua_setfield(lua, -2, "time");
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT);
    lua_call(lua, 2, 2);
}

void function_timers_tell(struct host *host) {
    struct function_timers *timers = &host->timers;
    struct byte_buffer *results = &timers->results;
    const size_t start = host->event.outcome_start;
    byte_buffer_append_u32(results, host->event.index_in_run);
    byte_buffer_append(results, &timers->current.time, sizeof timers->current.time);
    byte_buffer_append_text(results, timers->entry->key, timers->entry->key_length);
    byte_buffer_append_text(results, timers->current.name, timers->current.name_length);
    byte_buffer_append(results, host->result.bytes + start, host->result.length - start);
    host->result.length = start;
    timers->count++;
}

void function_timers_changed(
    struct host *host, const struct state_entry *entry, const struct timer_list *before,
    const struct timer_list *after) {
    const struct byte_span key = {entry->key, entry->key_length};
    for (uint32_t i = 0; i < after->count; i++) {
        const struct timer *timer = &after->timers[i];
        const struct byte_span name = {timer->name, timer->name_length};
        if (timer_list_has(before, name, timer->time)) continue;
        timer_queue_add(&host->timers.queue, timer->time, key, name);
    }
}

static struct byte_span checked_name(lua_State *lua) {
    struct byte_span name = {"", 0};
    if (lua_type(lua, 2) != LUA_TSTRING) {
        luaL_error(lua, "context.timer: the name is a %s; give each timer a name, such as "
                        "\"closing\"", luaL_typename(lua, 2));
    }
    name.bytes = lua_tolstring(lua, 2, &name.length);
    if (name.length == 0 || name.length > TIMER_NAME_BYTES_MAX) {
        luaL_error(lua, "context.timer: the name has %d bytes; it may have 1 to %d",
            (int)name.length, TIMER_NAME_BYTES_MAX);
    }
    if (!moonrail_json_is_utf8(name.bytes, name.length)) {
        luaL_error(lua, "context.timer: the name is not UTF-8");
    }
    return name;
}

static int64_t checked_time(lua_State *lua) {
    const struct host *host = host_of(lua);
    int is_integer = 0;
    int64_t time = lua_type(lua, 1) == LUA_TNUMBER ? lua_tointegerx(lua, 1, &is_integer) : 0;
    const int64_t milliseconds = time;
    if (!is_integer || __builtin_mul_overflow(time, MICROSECONDS_PER_MILLISECOND, &time)) {
        luaL_error(lua, "context.timer: the time is %s; give whole milliseconds since 1970, such "
                        "as event.time + 60000, or nil to remove the timer",
            lua_type(lua, 1) == LUA_TNUMBER ? lua_tostring(lua, 1) : luaL_typename(lua, 1));
    }
    // Otherwise it would fire for ever, and twice as the same timer.
    if (host->event.is_firing && time <= host->timers.current.time) {
        luaL_error(lua, "context.timer: on_timer may set timers after the one that fires; this one "
                        "fires at %I, and %I is not after it",
            (LUAI_UACINT)(host->timers.current.time / MICROSECONDS_PER_MILLISECOND),
            (LUAI_UACINT)milliseconds);
    }
    return time;
}

int function_timers_set(lua_State *lua) {
    struct host *host = host_of(lua);
    if (!host->is_running) luaL_error(lua, "context.timer works only inside the handler");
    if (!host->timers.is_declared) {
        luaL_error(lua, "context.timer: the function has no on_timer that a timer could call; add "
                        "on_timer = function(timer, context) ... end and state = {} to its table");
    }
    lua_settop(lua, 2);
    const struct byte_span name = checked_name(lua);
    struct timer_list *list = &host->state.timers;
    if (lua_isnil(lua, 1)) {
        timer_list_remove(list, name);
        return 0;
    }
    const int64_t time = checked_time(lua);
    // The worker's index of timers ends a key with this character.
    if (memchr(host->state.entry->key, 0, host->state.entry->key_length) != NULL) {
        luaL_error(lua, "context.timer: a state key with a NUL character can't have timers");
    }
    if (!timer_list_set(list, name, time)) {
        luaL_error(lua, "context.timer: this key has %d timers already, which is the most; move "
                        "one of them, or remove one with context.timer(nil, name)",
            TIMERS_PER_KEY_MAX);
    }
    return 0;
}
