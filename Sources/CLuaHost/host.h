#ifndef MOONRAIL_HOST_H
#define MOONRAIL_HOST_H

#include "CJSON.h"
#include "allocator.h"
#include "byte_buffer.h"
#include "document_index.h"
#include "document_learned.h"
#include "event_record.h"
#include "function_state.h"
#include "function_timers.h"
#include "limits.h"
#include "load_request.h"

#include <lauxlib.h>
#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

// One step of the way to a value inside a document, for messages such as `data.items[3].price`.
struct path_step {
    // NULL: an array's element.
    const char *name;
    size_t name_length;
    int64_t element;
};

// A member of an object that is being written; see document_writer.c.
struct member_key {
    // The first eight bytes as a big-endian number: most comparisons end there.
    uint64_t prefix;
    const char *text;
    uint32_t length;
    // Where on the Lua stack the value is; 0 = look it up.
    int value_index;
    // Of an object of the document: the name that stands there for this member, or 0.
    uint32_t node;
    bool is_written;
};

// Values that C code finds at these places of the Lua registry's array: they follow those that Lua
// takes itself, so that they are in the array indeed and found at once.
enum registry_slot {
    REGISTRY_ARRAY_METATABLE = LUA_RIDX_LAST + 2,
    REGISTRY_EVENT_METATABLE,
    // The table of the last event, or false.
    REGISTRY_EVENT,
    // The name of its field `data`.
    REGISTRY_EVENT_DATA,
    REGISTRY_HANDLER,
    // The functions of the declared state, if it has any.
    REGISTRY_STATE_KEY,
    REGISTRY_STATE_MIGRATE,
    // What timers call, if they may.
    REGISTRY_ON_TIMER,
    REGISTRY_CONTEXT,
    // The table that the context, a read-only one, reads from.
    REGISTRY_CONTEXT_FIELDS,
    REGISTRY_GLOBALS,
    REGISTRY_LIBRARIES_LOADED,
    // The metatable of objects whose members are decoded when they are read.
    REGISTRY_LAZY_METATABLE,
    // What keeps the current document's tables alive: its root, and a list of the others. The root
    // may be that of the last document, emptied.
    REGISTRY_DOCUMENT_ROOT,
    REGISTRY_DOCUMENT_TABLES,
    // Names that the handler reads of most documents, from here on.
    REGISTRY_LEARNED_NAMES,
};

// The Lua table of the event that is being handled; event_object.c.
struct event_table {
    const void *address;
    // For each of the event's fields whether it was read or assigned, and above them whether
    // another key was assigned.
    uint32_t fields_taken;
};

// The event that is being handled, and what its handler caused so far.
struct current_event {
    struct event_record record;
    struct byte_span station;
    uint64_t offset;
    uint32_t index_in_run;
    // Where the outcome starts in the result frame.
    size_t outcome_start;
    // Where the last whole emission ends.
    size_t emissions_end;
    uint32_t emission_count;
    uint32_t log_lines;
    uint32_t log_bytes;
    bool log_lines_dropped;
    bool rejected;
    bool random_seeded;
    // A timer of the event's key fires; the record has the timer's key and time, and no payload.
    bool is_firing;
};

// Everything of this process; there is one. Lua reaches it through host_of.
struct host {
    struct load_request load;
    // Set while events run: globals are read-only then, and emitting and logging are possible.
    bool is_running;
    // The script declares numbers = "double": integers beyond 64 bits are read as doubles.
    bool reads_large_integers;
    lua_State *lua;
    struct allocator allocator;
    moonrail_json_parser *parser;

    // The stations a handler may emit to, in the order of the protocol's output index.
    struct byte_span *outputs;
    uint32_t output_count;
    // What the spans above point into.
    struct byte_buffer output_texts;
    // The script's table as JSON.
    struct byte_buffer description;

    struct current_event event;
    struct event_table event_table;
    uint64_t random_state[4];
    struct function_state state;
    struct function_timers timers;

    struct byte_buffer result;
    struct byte_buffer log;
    uint32_t log_line_count;
    // The fields of the line that is being logged, as JSON; empty when it has none.
    struct byte_buffer log_fields;
    // How long each event of the run took, when that was asked for.
    struct byte_buffer times;
    struct byte_buffer reject_reason;
    struct byte_buffer traceback;
    // A document whose large integers were widened.
    struct byte_buffer widened;
    // Headers block of the emission being made.
    struct byte_buffer headers;
    // A function as lua_dump writes it, while a script is loaded.
    struct byte_buffer compiled_form;
    // Why a document could not be written.
    char document_error[512];

    struct path_step *path;
    struct member_key *members;
    size_t member_capacity;
    const void *array_metatable;
    const void *lazy_metatable;
    struct document_index document;
    struct document_learned learned;
};

static inline struct host *host_of(lua_State *lua) {
    return *(struct host **)lua_getextraspace(lua);
}

#endif
