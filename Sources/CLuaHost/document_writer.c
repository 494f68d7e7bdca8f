#include "document.h"
#include "member_keys.h"
#include "read_only.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    // Objects up to this size keep their values on the Lua stack while the keys are sorted; larger
    // ones look each value up again, which costs less than a stack of that size.
    STACKED_MEMBERS_MAX = 64,
    // Strings up to this length are written with room for the worst case instead of being measured.
    UNMEASURED_STRING_BYTES = 512,
    // Steps of a path that is shown for something nested too deeply.
    SHOWN_STEPS = 6,
    // A document that is written this long past a limit is given up.
    CHECK_INTERVAL_BYTES = 64 * 1024,
};

struct writer {
    lua_State *lua;
    struct host *host;
    struct byte_buffer *out;
    size_t length_max;
    size_t next_check;
    const char *root;
    // Where on the Lua stack the document is.
    int root_index;
    uint32_t depth;
    size_t member_count;
    enum document_purpose purpose;
};

static bool write_value(struct writer *writer, int index);

static bool fail(struct writer *writer, const char *format, ...) {
    char path[256];
    document_path_text(writer->host, writer->root, writer->depth, path, sizeof path);
    if (path[0] == 0) snprintf(path, sizeof path, "the returned table");
    char reason[192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    char *error = writer->host->document_error;
    snprintf(error, sizeof writer->host->document_error, "%s %s", path, reason);
    return false;
}

static inline void put(struct writer *writer, char character) {
    *byte_buffer_reserve(writer->out, 1) = character;
    writer->out->length++;
}

static bool fail_as_too_large(struct writer *writer) {
    if (writer->purpose == DOCUMENT_IS_PAYLOAD) limits_exceeded(LIMIT_OUTPUT_BYTES);
    return fail(writer, "makes the document larger than this function may emit");
}

// Room for a string and two characters more. A string that can't fit is not even copied: a script's
// strings may be as large as its memory.
static char *reserve_string(struct writer *writer, const char *text, size_t length) {
    if (writer->out->length + length > writer->length_max) return NULL;
    const size_t room = length <= UNMEASURED_STRING_BYTES
        ? moonrail_json_string_bytes_max(length)
        : moonrail_json_string_bytes(text, length);
    return byte_buffer_reserve(writer->out, room + 2);
}

static bool put_string(struct writer *writer, const char *text, size_t length) {
    char *at = reserve_string(writer, text, length);
    if (at == NULL) return fail_as_too_large(writer);
    const size_t written = moonrail_json_write_string(at, text, length);
    writer->out->length += written;
    return written > 0 || fail(writer, "is a string that is not UTF-8");
}

// Writes what stands before a member, its name and the colon: room is made once for the three.
static bool put_name(struct writer *writer, char before, const struct member_key *key) {
    char *start = reserve_string(writer, key->text, key->length);
    if (start == NULL) return fail_as_too_large(writer);
    const size_t written = moonrail_json_write_string(start + 1, key->text, key->length);
    start[0] = before;
    start[written + 1] = ':';
    writer->out->length += written + 2;
    if (written > 0) return true;
    writer->depth--;
    return fail(writer, "has a member whose name is not UTF-8");
}

static bool check_size(struct writer *writer) {
    if (writer->out->length > writer->length_max) return fail_as_too_large(writer);
    if (writer->out->length >= writer->next_check) {
        writer->next_check = writer->out->length + CHECK_INTERVAL_BYTES;
        if (limits_verdict() != LIMIT_NONE) return fail(writer, "was written past a limit");
    }
    return true;
}

static bool fail_as_too_deep(struct writer *writer) {
    if (document_find_cycle(writer->lua, writer->root_index, &writer->depth)) {
        return fail(writer, "contains itself; JSON can't hold a cycle");
    }
    if (writer->purpose == DOCUMENT_IS_PAYLOAD) limits_exceeded(LIMIT_NESTING);
    // The first steps tell which value it is; the way down would fill the message.
    if (writer->depth > SHOWN_STEPS) writer->depth = SHOWN_STEPS;
    return fail(writer, "is nested deeper than %u levels",
        (unsigned)writer->host->load.bounds.depth);
}

static bool enter(struct writer *writer) {
    if (writer->depth >= writer->host->load.bounds.depth) return fail_as_too_deep(writer);
    if (!lua_checkstack(writer->lua, STACKED_MEMBERS_MAX + 8)) return fail(writer, "is too large");
    return true;
}

// Says why a table with other keys than 1 to n is neither an array nor an object.
static bool fail_at_key(struct writer *writer, int table) {
    lua_State *lua = writer->lua;
    bool has_names = false;
    bool has_numbers = false;
    bool has_others = false;
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        const int type = lua_type(lua, -2);
        if (type == LUA_TSTRING) has_names = true;
        else if (lua_isinteger(lua, -2)) has_numbers = true;
        else has_others = true;
    }
    if (has_others) return fail(writer, "has a key that is neither a string nor an integer");
    if (has_names && has_numbers) {
        return fail(writer, "has both named members and numbered elements");
    }
    if (has_names) return fail(writer, "is an array but has a named member");
    return fail(writer, "is an array with holes: its elements are not numbered 1 to n");
}

// Writes an array whose elements do not lie in order in memory, after checking that all are there.
static bool write_scattered_array(struct writer *writer, int table) {
    lua_State *lua = writer->lua;
    lua_Integer count = 0;
    lua_Integer largest = 0;
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        if (!lua_isinteger(lua, -2)) {
            lua_pop(lua, 2);
            return fail_at_key(writer, table);
        }
        const lua_Integer element = lua_tointeger(lua, -2);
        if (element < 1) {
            lua_pop(lua, 2);
            return fail_at_key(writer, table);
        }
        if (element > largest) largest = element;
        count++;
    }
    if (largest != count) return fail_at_key(writer, table);
    struct path_step *step = &writer->host->path[writer->depth++];
    put(writer, '[');
    for (lua_Integer element = 1; element <= count; element++) {
        *step = (struct path_step){NULL, 0, element};
        if (element > 1) put(writer, ',');
        lua_rawgeti(lua, table, element);
        if (!write_value(writer, lua_gettop(lua))) return false;
        lua_pop(lua, 1);
    }
    put(writer, ']');
    writer->depth--;
    return true;
}

// The stack holds the first key and value, or nothing when the array is empty.
static bool write_array(struct writer *writer, int table, bool has_elements) {
    lua_State *lua = writer->lua;
    const size_t start = writer->out->length;
    struct path_step *step = &writer->host->path[writer->depth++];
    put(writer, '[');
    for (lua_Integer element = 1; has_elements; element++) {
        if (!lua_isinteger(lua, -2) || lua_tointeger(lua, -2) != element) {
            lua_pop(lua, 2);
            writer->out->length = start;
            writer->depth--;
            return write_scattered_array(writer, table);
        }
        *step = (struct path_step){NULL, 0, element};
        if (element > 1) put(writer, ',');
        if (!write_value(writer, lua_gettop(lua))) return false;
        lua_pop(lua, 1);
        has_elements = lua_next(lua, table) != 0;
    }
    put(writer, ']');
    writer->depth--;
    return true;
}

// Collects the keys of an object, whose first key and value are on the stack, and leaves the first
// values there. Returns how many keys there are, or 0 when one of them is no string.
static size_t collect_members(struct writer *writer, int table) {
    lua_State *lua = writer->lua;
    const int top = lua_gettop(lua) - 2;
    size_t count = 0;
    bool has_next = true;
    while (has_next) {
        if (lua_type(lua, -2) != LUA_TSTRING) return 0;
        size_t length;
        const char *key = lua_tolstring(lua, -2, &length);
        int value_index = 0;
        if (count < STACKED_MEMBERS_MAX) {
            lua_insert(lua, -2);
            value_index = top + 1 + (int)count;
        } else {
            lua_pop(lua, 1);
        }
        member_keys_add(writer->host, writer->member_count + count, key, length, value_index);
        count++;
        has_next = lua_next(lua, table) != 0;
    }
    return count;
}

static bool write_object(struct writer *writer, int table) {
    lua_State *lua = writer->lua;
    const int top = lua_gettop(lua) - 2;
    const size_t first = writer->member_count;
    const size_t count = collect_members(writer, table);
    if (count == 0) {
        lua_settop(lua, top);
        return fail_at_key(writer, table);
    }
    member_keys_sort(writer->host, first, count);
    writer->member_count += count;
    struct path_step *step = &writer->host->path[writer->depth++];
    for (size_t i = 0; i < count; i++) {
        // Read anew each time: writing a member may move the array of keys.
        const struct member_key key = writer->host->members[first + i];
        *step = (struct path_step){key.text, key.length, 0};
        if (!put_name(writer, i == 0 ? '{' : ',', &key)) return false;
        int value_index = key.value_index;
        if (value_index == 0) {
            lua_pushlstring(lua, key.text, key.length);
            lua_rawget(lua, table);
            value_index = lua_gettop(lua);
        }
        if (!write_value(writer, value_index)) return false;
        if (key.value_index == 0) lua_pop(lua, 1);
    }
    put(writer, '}');
    writer->depth--;
    writer->member_count = first;
    lua_settop(lua, top);
    return true;
}

static inline bool has_array_metatable(struct writer *writer, int table) {
    lua_State *lua = writer->lua;
    if (!lua_getmetatable(lua, table)) return false;
    const bool is_array = lua_topointer(lua, -1) == writer->host->array_metatable;
    lua_pop(lua, 1);
    return is_array;
}

// Whether a table that has a metatable is marked as an array. A frozen one gives way to its
// contents first.
static bool open_array(struct writer *writer, int table) {
    if (has_array_metatable(writer, table)) return true;
    return read_only_open(writer->lua, table) && has_array_metatable(writer, table);
}

static bool write_table(struct writer *writer, int table) {
    lua_State *lua = writer->lua;
    if (!enter(writer)) return false;
    bool is_array = false;
    if (lua_getmetatable(lua, table)) {
        lua_pop(lua, 1);
        is_array = open_array(writer, table);
    }
    lua_pushnil(lua);
    const bool has_members = lua_next(lua, table) != 0;
    if (is_array || (has_members && lua_type(lua, -2) == LUA_TNUMBER)) {
        return write_array(writer, table, has_members);
    }
    if (has_members) return write_object(writer, table);
    put(writer, '{');
    put(writer, '}');
    return true;
}

static bool write_number(struct writer *writer, int index) {
    char *at = byte_buffer_reserve(writer->out, MOONRAIL_JSON_NUMBER_BYTES_MAX);
    size_t length;
    if (lua_isinteger(writer->lua, index)) {
        length = moonrail_json_write_int64(at, lua_tointeger(writer->lua, index));
    } else {
        length = moonrail_json_write_double(at, lua_tonumber(writer->lua, index));
        if (length == 0) return fail(writer, "is not a number JSON can hold");
    }
    writer->out->length += length;
    return true;
}

static bool write_value(struct writer *writer, int index) {
    lua_State *lua = writer->lua;
    if (!check_size(writer)) return false;
    switch (lua_type(lua, index)) {
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(lua, index, &length);
        return put_string(writer, text, length);
    }
    case LUA_TNUMBER: return write_number(writer, index);
    case LUA_TTABLE: return write_table(writer, index);
    case LUA_TBOOLEAN:
        if (lua_toboolean(lua, index)) byte_buffer_append(writer->out, "true", 4);
        else byte_buffer_append(writer->out, "false", 5);
        return true;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(lua, index) != NULL) return fail(writer, "is not a value JSON can hold");
        byte_buffer_append(writer->out, "null", 4);
        return true;
    case LUA_TFUNCTION:
        if (writer->purpose != DOCUMENT_IS_DESCRIPTION) {
            return fail(writer, "is a function, which JSON can't hold");
        }
        byte_buffer_append(writer->out, "\"<function>\"", 12);
        return true;
    default: return fail(writer, "is not a value JSON can hold");
    }
}

bool document_write(lua_State *lua, int index, struct byte_buffer *out, size_t bytes_max,
    const char *root, enum document_purpose purpose) {
    struct writer writer = {
        .lua = lua,
        .host = host_of(lua),
        .out = out,
        .length_max = out->length + bytes_max,
        .next_check = out->length + CHECK_INTERVAL_BYTES,
        .root = root,
        .root_index = lua_absindex(lua, index),
        .purpose = purpose,
    };
    const int top = lua_gettop(lua);
    const bool written = write_value(&writer, writer.root_index) && check_size(&writer);
    lua_settop(lua, top);
    return written;
}
