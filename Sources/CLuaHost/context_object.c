#include "context_object.h"

#include "document.h"
#include "document_lazy.h"
#include "emission.h"
#include "function_timers.h"
#include "log_lines.h"
#include "read_only.h"

enum { REJECT_REASON_BYTES_MAX = 4096 };

// Where on the stack of emit the parts of its options are kept while they are used.
enum { PLACE_HEADERS = 3, PLACE_KEY };

static const char *const option_names[] = {"to", "key", "id", "type", "headers"};
enum { OPTION_COUNT = sizeof option_names / sizeof *option_names };

// Its address is what context.reject returns.
static char rejection;

static void require_running(lua_State *lua, const char *what) {
    if (!host_of(lua)->is_running) luaL_error(lua, "%s works only inside the handler", what);
}

static uint32_t find_output(lua_State *lua, struct byte_span name) {
    const struct host *host = host_of(lua);
    for (uint32_t i = 0; i < host->output_count; i++) {
        const struct byte_span output = host->outputs[i];
        if (output.length != name.length) continue;
        if (memcmp(output.bytes, name.bytes, name.length) == 0) return i;
    }
    luaL_Buffer declared;
    luaL_buffinit(lua, &declared);
    for (uint32_t i = 0; i < host->output_count; i++) {
        if (i > 0) luaL_addstring(&declared, ", ");
        luaL_addlstring(&declared, host->outputs[i].bytes, host->outputs[i].length);
    }
    luaL_pushresult(&declared);
    const char *list = lua_tostring(lua, -1);
    luaL_error(lua, "context.emit: '%s' is not an output of this function; it declares %s",
        name.bytes, *list == 0 ? "none" : list);
    return 0;
}

// The text option at the top of the stack, checked against its bound.
static struct byte_span text_option(lua_State *lua, const char *name, size_t least, size_t most) {
    struct byte_span text = {"", 0};
    if (lua_type(lua, -1) != LUA_TSTRING) {
        const char *type = luaL_typename(lua, -1);
        luaL_error(lua, "context.emit: %s must be a string, not a %s", name, type);
    }
    text.bytes = lua_tolstring(lua, -1, &text.length);
    if (text.length < least || text.length > most) {
        luaL_error(lua, "context.emit: %s has %d bytes; it may have %d to %d", name,
            (int)text.length, (int)least, (int)most);
    }
    if (!moonrail_json_is_utf8(text.bytes, text.length)) {
        luaL_error(lua, "context.emit: %s is not UTF-8", name);
    }
    return text;
}

// Takes the option whose value is on top of the stack. The values stay in the table, so that
// the spans remain valid.
static void read_option(lua_State *lua, const char *name, struct emission_options *options) {
    if (strcmp(name, "to") == 0) {
        options->output = find_output(lua, text_option(lua, name, 1, EVENT_ID_BYTES_MAX));
    } else if (strcmp(name, "key") == 0) {
        // An integer is a key as good as its digits.
        lua_pushvalue(lua, -1);
        if (lua_isinteger(lua, -1)) lua_tostring(lua, -1);
        options->key = text_option(lua, name, 0, EVENT_KEY_BYTES_MAX);
        lua_replace(lua, PLACE_KEY);
        options->has_key = true;
    } else if (strcmp(name, "id") == 0) {
        options->id = text_option(lua, name, 1, EVENT_ID_BYTES_MAX);
    } else if (strcmp(name, "type") == 0) {
        options->type = text_option(lua, name, 1, EVENT_TYPE_BYTES_MAX);
    } else {
        luaL_argexpected(lua, lua_istable(lua, -1), 2, "headers as a table");
        lua_pushvalue(lua, -1);
        lua_replace(lua, PLACE_HEADERS);
        options->headers_index = PLACE_HEADERS;
    }
}

static bool is_known_option(const char *name) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(option_names[i], name) == 0) return true;
    }
    return false;
}

// Says what is wrong with options of which not all are known. Of several names it takes the first
// in bytewise order: a table's own order differs from run to run.
static void refuse_options(lua_State *lua) {
    const char *first = NULL;
    for (lua_pushnil(lua); lua_next(lua, 2) != 0; lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING) {
            luaL_error(lua, "context.emit: options are named: to, key, id, type, headers");
        }
        const char *name = lua_tostring(lua, -2);
        const bool is_first = first == NULL || strcmp(name, first) < 0;
        if (!is_known_option(name) && is_first) first = name;
    }
    if (first == NULL) return;
    luaL_error(
        lua, "context.emit: unknown option '%s'; known are to, key, id, type, headers", first);
}

static void read_options(lua_State *lua, struct emission_options *options) {
    size_t known = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        lua_pushstring(lua, option_names[i]);
        if (lua_rawget(lua, 2) != LUA_TNIL) {
            read_option(lua, option_names[i], options);
            known++;
        }
        lua_pop(lua, 1);
    }
    size_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, 2) != 0; lua_pop(lua, 1)) {
        if (++count > known) {
            lua_settop(lua, PLACE_KEY);
            refuse_options(lua);
        }
    }
}

static int emit(lua_State *lua) {
    require_running(lua, "context.emit");
    lua_settop(lua, 2);
    if (lua_isnil(lua, 1)) {
        return luaL_error(lua, "context.emit: data is nil; use null for JSON null");
    }
    struct emission_options options = {0};
    if (!lua_isnil(lua, 2)) {
        luaL_checktype(lua, 2, LUA_TTABLE);
        document_complete(lua, 2);
        read_only_open(lua, 2);
        // Where the headers and the key go, if there are any.
        lua_settop(lua, PLACE_KEY);
        read_options(lua, &options);
        if (options.id.length > 0 && host_of(lua)->event.is_firing) {
            luaL_error(lua, "context.emit: what on_timer emits has an id of its own");
        }
    }
    emission_add(lua, 1, &options);
    return 0;
}

static int reject(lua_State *lua) {
    require_running(lua, "context.reject");
    struct host *host = host_of(lua);
    size_t length;
    const char *reason = luaL_checklstring(lua, 1, &length);
    host->reject_reason.length = 0;
    byte_buffer_append_script_text(&host->reject_reason, reason, length, REJECT_REASON_BYTES_MAX);
    host->event.rejected = true;
    lua_pushlightuserdata(lua, &rejection);
    return 1;
}

static int log_at_level(lua_State *lua) {
    log_lines_add(lua, (enum log_level)lua_tointeger(lua, lua_upvalueindex(1)), true);
    return 0;
}

static void push_log(lua_State *lua) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    lua_newtable(lua);
    for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
        lua_pushinteger(lua, level);
        lua_pushcclosure(lua, log_at_level, 1);
        lua_setfield(lua, -2, names[level]);
    }
    read_only_wrap(lua, "context.log");
}

void context_object_install(lua_State *lua) {
    const struct host *host = host_of(lua);
    lua_newtable(lua);
    lua_pushcfunction(lua, emit);
    lua_setfield(lua, -2, "emit");
    lua_pushcfunction(lua, reject);
    lua_setfield(lua, -2, "reject");
    lua_pushcfunction(lua, function_timers_set);
    lua_setfield(lua, -2, "timer");
    push_log(lua);
    lua_setfield(lua, -2, "log");
    document_push(lua, host->load.inputs, false, "inputs");
    if (!lua_istable(lua, -1)) luaL_error(lua, "inputs must be a JSON object");
    lua_setfield(lua, -2, "inputs");
    lua_pushvalue(lua, -1);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT_FIELDS);
    read_only_wrap(lua, "context");
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_CONTEXT);
}

bool context_object_is_rejection(lua_State *lua, int index) {
    return lua_touserdata(lua, index) == &rejection;
}
