#include "event_object.h"

#include "document_lazy.h"
#include "read_only.h"

#include <inttypes.h>
#include <stdio.h>

typedef void push_field(lua_State *lua, const struct current_event *event);

static void push_span(lua_State *lua, struct byte_span span) {
    lua_pushlstring(lua, span.bytes, span.length);
}

static void push_id(lua_State *lua, const struct current_event *event) {
    const struct byte_span id = event->record.id;
    if (id.length == 0) {
        push_span(lua, event->station);
        char place[48];
        snprintf(place, sizeof place, "/%" PRIu32 "/%" PRIu64,
            host_of(lua)->load.partition, event->offset);
        lua_pushstring(lua, place);
        lua_concat(lua, 2);
        return;
    }
    if ((event->record.flags & EVENT_ID_IS_DERIVED) == 0) {
        push_span(lua, id);
        return;
    }
    char text[2 * EVENT_DERIVED_ID_BYTES];
    for (size_t i = 0; i < EVENT_DERIVED_ID_BYTES; i++) {
        const unsigned char byte = (unsigned char)id.bytes[i];
        text[2 * i] = "0123456789abcdef"[byte >> 4];
        text[2 * i + 1] = "0123456789abcdef"[byte & 15];
    }
    lua_pushlstring(lua, text, sizeof text);
}

static void push_key(lua_State *lua, const struct current_event *event) {
    if (event->record.flags & EVENT_HAS_KEY) push_span(lua, event->record.key);
    else lua_pushnil(lua);
}

static void push_time(lua_State *lua, const struct current_event *event) {
    // Rounded towards the past, also before 1970.
    const int64_t microseconds = event->record.time_microseconds;
    const int64_t milliseconds = microseconds / 1000 - (microseconds % 1000 < 0);
    lua_pushinteger(lua, milliseconds);
}

static void push_type(lua_State *lua, const struct current_event *event) {
    if (event->record.type.length > 0) push_span(lua, event->record.type);
    else lua_pushnil(lua);
}

static void push_headers(lua_State *lua, const struct current_event *event) {
    const struct byte_span block = event->record.headers;
    const unsigned char *start = (const unsigned char *)block.bytes;
    struct byte_reader reader = {start, start + block.length, false};
    struct byte_span name;
    struct byte_span value;
    lua_newtable(lua);
    while (event_record_next_header(&reader, &name, &value)) {
        push_span(lua, name);
        push_span(lua, value);
        lua_rawset(lua, -3);
    }
}

static void push_station(lua_State *lua, const struct current_event *event) {
    push_span(lua, event->station);
}

static void push_partition(lua_State *lua, const struct current_event *event) {
    (void)event;
    lua_pushinteger(lua, host_of(lua)->load.partition);
}

static void push_offset(lua_State *lua, const struct current_event *event) {
    lua_pushinteger(lua, (lua_Integer)event->offset);
}

static void push_data(lua_State *lua, const struct current_event *event) {
    // The payload lies in the frame, with the rest of the frame or its padding behind it.
    document_lazy_open(lua, event->record.payload, "event.data");
}

static void push_bytes(lua_State *lua, const struct current_event *event) {
    push_span(lua, event->record.payload);
}

static const struct {
    const char *name;
    push_field *push;
} fields[] = {
    {"data", push_data},
    {"id", push_id},
    {"key", push_key},
    {"time", push_time},
    {"type", push_type},
    {"headers", push_headers},
    {"station", push_station},
    {"partition", push_partition},
    {"offset", push_offset},
    {"bytes", push_bytes},
};

enum { FIELD_DATA = 0, FIELD_COUNT = sizeof fields / sizeof *fields };

// The number of the field whose name is the key at the second place, or FIELD_COUNT.
static uint32_t find_field(lua_State *lua) {
    if (lua_type(lua, 2) != LUA_TSTRING) return FIELD_COUNT;
    const char *name = lua_tostring(lua, 2);
    uint32_t i = 0;
    while (i < FIELD_COUNT && strcmp(fields[i].name, name) != 0) i++;
    return i;
}

static int read_field(lua_State *lua) {
    struct host *host = host_of(lua);
    const uint32_t i = find_field(lua);
    if (i == FIELD_COUNT) return 0;
    if (lua_topointer(lua, 1) != host->event_table.address) {
        return luaL_error(lua, "event.%s was not read while this event's handler ran; "
                               "an event can't be kept for later ones", fields[i].name);
    }
    if (host->event_table.fields_taken >> i & 1) return 0;
    fields[i].push(lua, &host->event);
    host->event_table.fields_taken |= 1u << i;
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 1);
    return 1;
}

// A field that is assigned before it is read is not made any more, not even when it is removed.
static int assign_field(lua_State *lua) {
    struct host *host = host_of(lua);
    lua_settop(lua, 3);
    const uint32_t i = find_field(lua);
    // FIELD_COUNT stands for all other keys.
    if (lua_topointer(lua, 1) == host->event_table.address) {
        host->event_table.fields_taken |= 1u << i;
    }
    document_assign(lua);
    return 0;
}

void event_object_install(lua_State *lua) {
    lua_newtable(lua);
    lua_pushcfunction(lua, read_field);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, assign_field);
    lua_setfield(lua, -2, "__newindex");
    read_only_mark_metatable(lua);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_EVENT_METATABLE);
    lua_pushboolean(lua, 0);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_EVENT);
    lua_pushstring(lua, fields[FIELD_DATA].name);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_EVENT_DATA);
    host_of(lua)->event_table = (struct event_table){0};
}

static void push_new_table(lua_State *lua, struct event_table *table) {
    lua_createtable(lua, 0, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_EVENT_METATABLE);
    lua_setmetatable(lua, -2);
    lua_pushvalue(lua, -1);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_EVENT);
    *table = (struct event_table){.address = lua_topointer(lua, -1)};
}

void event_object_push(lua_State *lua) {
    struct host *host = host_of(lua);
    struct event_table *table = &host->event_table;
    const uint32_t data = 1u << FIELD_DATA;
    // There is nowhere where a script could have kept the last event.
    const bool is_usable = table->address != NULL && (table->fields_taken & ~data) == 0;
    if (is_usable) lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_EVENT);
    else push_new_table(lua, table);
    const bool had_data = table->fields_taken != 0;
    table->fields_taken = 0;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_EVENT_DATA);
    if (document_lazy_open_early(lua, host->event.record.payload)) {
        table->fields_taken = data;
    } else if (is_usable && had_data) {
        lua_pushnil(lua);
    } else {
        lua_pop(lua, 1);
        return;
    }
    lua_rawset(lua, -3);
}

void event_object_complete(lua_State *lua, int index) {
    struct host *host = host_of(lua);
    struct event_table *table = &host->event_table;
    if (!host->is_running || lua_topointer(lua, index) != table->address) return;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (table->fields_taken >> i & 1) continue;
        lua_pushstring(lua, fields[i].name);
        fields[i].push(lua, &host->event);
        table->fields_taken |= 1u << i;
        lua_rawset(lua, index);
    }
}
