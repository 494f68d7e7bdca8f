#include "script.h"

#include "allow_list.h"
#include "context_object.h"
#include "document.h"
#include "document_lazy.h"
#include "event_object.h"
#include "exit_codes.h"
#include "fault.h"
#include "load_freeze.h"
#include "outputs.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DESCRIPTION_BYTES_MAX = 256 * 1024 };

// Before anything runs, also for libraries that are never required.
static void check_libraries(lua_State *lua, const struct host *host) {
    for (uint32_t i = 0; i < host->load.library_count; i++) {
        if (host->load.libraries[i].source.length <= SOURCE_BYTES_MAX) continue;
        luaL_error(lua, "%s: the source of a library is larger than 128 KB", host->load.file_name);
    }
}

// The one field beside the outputs that the host itself obeys.
static void read_numbers(lua_State *lua, struct host *host, int definition) {
    lua_pushstring(lua, "numbers");
    lua_rawget(lua, definition);
    const char *numbers = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "";
    host->reads_large_integers = strcmp(numbers, "double") == 0;
    if (!lua_isnil(lua, -1) && !host->reads_large_integers) {
        luaL_error(lua, "%s: numbers must be \"double\", which reads integers beyond 64 bits as "
                        "doubles; leave it out to make them an error", host->load.file_name);
    }
    lua_pop(lua, 1);
}

// Protected: everything from the empty VM to the description of the script.
static int build(lua_State *lua) {
    struct host *host = host_of(lua);
    const char *file = host->load.file_name;
    lua_pushcfunction(lua, allow_list_install);
    lua_call(lua, 0, 0);
    event_object_install(lua);
    document_lazy_install(lua);
    context_object_install(lua);
    lua_settop(lua, 0);
    check_libraries(lua, host);
    source_compile(lua, host->load.source, file);
    lua_call(lua, 0, 1);
    if (!lua_istable(lua, -1)) {
        return luaL_error(lua,
            "%s: must return a table with a handler function; it returned %s%s; end the file with "
            "return { from = \"a.station\", handler = function(event, context) ... end }",
            file, lua_isnil(lua, -1) ? "" : "a ", luaL_typename(lua, -1));
    }
    const int definition = lua_gettop(lua);
    lua_pushstring(lua, "handler");
    if (lua_rawget(lua, definition) != LUA_TFUNCTION) {
        return luaL_error(lua,
            "%s: handler is %s%s; it must be a function: handler = function(event, context) ... "
            "end", file, lua_isnil(lua, -1) ? "" : "a ", luaL_typename(lua, -1));
    }
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_HANDLER);
    outputs_collect(lua, definition);
    read_numbers(lua, host, definition);
    function_state_read(lua, definition);
    function_timers_read(lua, definition);
    host->description.length = 0;
    const size_t most = DESCRIPTION_BYTES_MAX;
    struct byte_buffer *description = &host->description;
    if (!document_write(lua, definition, description, most, "", DOCUMENT_IS_DESCRIPTION)) {
        return luaL_error(lua, "%s: %s", file, host->document_error);
    }
    lua_pushcfunction(lua, load_freeze);
    lua_pushvalue(lua, definition);
    lua_call(lua, 1, 0);
    return 0;
}

static void append_limit_failure(const struct host *host, struct byte_buffer *out) {
    const char *what = "loading takes more memory than this function may have; make less of it "
                       "outside the handler";
    if (limits_verdict() == LIMIT_CPU_TIME) {
        what = "loading takes more CPU time than it may; a loop outside the handler needs an end "
               "that comes soon";
    }
    if (limits_verdict() == LIMIT_NESTING) what = "the inputs are nested too deeply";
    const char *place = limits_place();
    char message[512];
    const bool has_place = place[0] != 0;
    snprintf(message, sizeof message, "%s%s%s", has_place ? place : host->load.file_name,
        has_place ? "" : ": ", what);
    byte_buffer_append_text(out, message, strlen(message));
    byte_buffer_append_text(out, "", 0);
}

static void open_parser(struct host *host) {
    moonrail_json_parser_destroy(host->parser);
    host->parser = moonrail_json_parser_create(host->load.bounds.depth);
    free(host->path);
    host->path = calloc(host->load.bounds.depth + 2, sizeof *host->path);
    if (host->parser == NULL || host->path == NULL) _exit(EXIT_OUT_OF_MEMORY);
}

bool script_load(struct host *host, struct byte_buffer *out) {
    script_unload(host);
    open_parser(host);
    memset(&host->event, 0, sizeof host->event);
    document_index_clear(&host->document);
    memset(&host->learned, 0, sizeof host->learned);
    host->reads_large_integers = false;
    host->traceback.length = 0;
    allocator_start(&host->allocator, host->load.bounds.memory_bytes);
    lua_State *lua = lua_newstate(allocator_resize, &host->allocator);
    if (lua == NULL) {
        const char message[] = "the memory limit is too low to start a function";
        byte_buffer_append_text(out, message, sizeof message - 1);
        byte_buffer_append_text(out, "", 0);
        allocator_finish(&host->allocator);
        return false;
    }
    host->lua = lua;
    *(struct host **)lua_getextraspace(lua) = host;
    // What an event makes dies with it: 3 % faster than incremental on the reference job.
    lua_gc(lua, LUA_GCGEN, 0, 0);
    limits_begin(lua, host->load.bounds.load_cpu_milliseconds);
    lua_pushcfunction(lua, fault_describe);
    lua_pushcfunction(lua, build);
    const int status = lua_pcall(lua, 0, 0, 1);
    limits_end();
    if (status == LUA_ERRMEM || limits_verdict() != LIMIT_NONE) {
        append_limit_failure(host, out);
    } else if (status != LUA_OK) {
        fault_append(lua, out);
    } else {
        byte_buffer_append_text(
            out, (const char *)host->description.bytes, host->description.length);
        lua_settop(lua, 0);
        return true;
    }
    script_unload(host);
    return false;
}

void script_unload(struct host *host) {
    if (host->lua == NULL) return;
    lua_close(host->lua);
    allocator_finish(&host->allocator);
    host->lua = NULL;
}
