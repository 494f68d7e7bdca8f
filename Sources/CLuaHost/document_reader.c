#include "document_reader.h"

#include "document.h"
#include "document_lazy.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    // Objects up to this size are decoded at once: that costs less than one member's detour.
    SMALL_OBJECT_MEMBERS_MAX = 4,
    SMALL_OBJECT_WORDS_MAX = 20,
};

struct walk {
    lua_State *lua;
    struct host *host;
    moonrail_json_tape tape;
    enum document_tables tables;
    const char *root;
    uint32_t depth;
};

static size_t push_value(struct walk *walk, size_t at);

static void raise_too_large(struct walk *walk, uint64_t number) {
    char path[256];
    document_path_text(walk->host, walk->root, walk->depth, path, sizeof path);
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    luaL_error(walk->lua, "%s is %s, larger than a 64-bit integer (at most 9223372036854775807); "
        DOCUMENT_INTEGER_ADVICE, path, digits);
}

static bool is_plain(const struct walk *walk) {
    return walk->tables == DOCUMENT_TABLES_ARE_PLAIN;
}

static void enter(struct walk *walk) {
    luaL_checkstack(walk->lua, 8, "a document is nested too deeply");
    // The parser lets an empty array or object go one level further; nothing else gets here.
    if (is_plain(walk) && walk->depth >= walk->host->load.bounds.depth) {
        limits_exceeded(LIMIT_NESTING);
        luaL_error(walk->lua, "%s is nested deeper than %d levels", walk->root,
            (int)walk->host->load.bounds.depth);
    }
}

// The way to the value that comes next, for a message. Only plain tables are checked, and a path
// may be in use while others are made: the writer's.
static void step_to(struct walk *walk, struct path_step step) {
    if (is_plain(walk)) walk->host->path[walk->depth - 1] = step;
}

// A filter for names: a bit of 256 that is seldom the same for two of them.
struct name_filter {
    uint64_t seen[4];
};

static bool name_filter_add(struct name_filter *filter, const char *name, uint32_t length) {
    const uint64_t first = document_index_text_start((struct byte_span){name, length});
    uint64_t last = 0;
    if (length >= sizeof last) memcpy(&last, name + length - sizeof last, sizeof last);
    uint64_t hash = (first ^ (last * 0x9E3779B97F4A7C15u) ^ length) * 0xD6E8FEB86659FD93u;
    hash >>= 56;
    uint64_t *seen = &filter->seen[hash >> 6];
    const uint64_t bit = (uint64_t)1 << (hash & 63);
    const bool was_seen = (*seen & bit) != 0;
    *seen |= bit;
    return was_seen;
}

// Hides all but the last of the object's members that have the same name, in one pass.
static void hide_earlier_names(lua_State *lua, struct document_index *index, uint32_t object) {
    const uint32_t end = document_index_after(index, object) - 1;
    index->states[object] |= DOCUMENT_OBJECT_HIDES;
    lua_newtable(lua);
    const int last = lua_gettop(lua);
    for (uint32_t at = object + 1; at < end; at = document_index_after(index, at + 1)) {
        const struct byte_span name = document_index_text(index, at);
        lua_pushlstring(lua, name.bytes, name.length);
        lua_pushvalue(lua, -1);
        lua_rawget(lua, last);
        // Nil, which is 0, for a name that was not met yet.
        index->states[lua_tointeger(lua, -1)] |= DOCUMENT_MEMBER_IS_HIDDEN;
        lua_pop(lua, 1);
        lua_pushinteger(lua, at);
        lua_rawset(lua, last);
    }
    lua_settop(lua, last - 1);
}

static bool has_member(lua_State *lua, int table) {
    lua_pushvalue(lua, -1);
    const bool has = lua_rawget(lua, table) != LUA_TNIL;
    lua_pop(lua, 1);
    return has;
}

// Decodes the members of an object that are not taken into the table on top of the stack.
static void push_members(struct walk *walk, size_t object) {
    lua_State *lua = walk->lua;
    const int table = lua_gettop(lua);
    const size_t end = moonrail_json_index_after(walk->tape.words[object]) - 1;
    const bool is_indexed = !is_plain(walk);
    struct name_filter filter = {0};
    bool has_twice = false;
    walk->depth++;
    for (size_t at = object + 1; at < end;) {
        if (is_indexed && (walk->host->document.states[at] & DOCUMENT_MEMBER_IS_TAKEN)) {
            at = moonrail_json_word_after(walk->tape, at + 1);
            continue;
        }
        uint32_t length;
        const char *key = moonrail_json_text_of(walk->tape, walk->tape.words[at], &length);
        step_to(walk, (struct path_step){key, length, 0});
        lua_pushlstring(lua, key, length);
        if (is_indexed && name_filter_add(&filter, key, length)) {
            has_twice |= has_member(lua, table);
        }
        at = push_value(walk, at + 1);
        lua_rawset(lua, table);
    }
    walk->depth--;
    if (has_twice) hide_earlier_names(lua, &walk->host->document, (uint32_t)object);
    if (is_indexed) walk->host->document.states[object] |= DOCUMENT_OBJECT_IS_WHOLE;
}

static bool is_small(const struct walk *walk, size_t at) {
    const uint64_t word = walk->tape.words[at];
    return moonrail_json_count_of(word) <= SMALL_OBJECT_MEMBERS_MAX &&
        moonrail_json_index_after(word) - at <= SMALL_OBJECT_WORDS_MAX;
}

static size_t push_object(struct walk *walk, size_t at) {
    lua_State *lua = walk->lua;
    const uint64_t word = walk->tape.words[at];
    enter(walk);
    if (walk->tables == DOCUMENT_TABLES_ARE_LAZY && !is_small(walk, at)) {
        document_lazy_push(lua, (uint32_t)at, 0);
        return moonrail_json_index_after(word);
    }
    lua_createtable(lua, 0, (int)moonrail_json_count_of(word));
    if (!is_plain(walk)) document_remember_table(lua, (uint32_t)at);
    push_members(walk, at);
    return moonrail_json_index_after(word);
}

static size_t push_array(struct walk *walk, size_t at) {
    const uint64_t word = walk->tape.words[at];
    const size_t end = moonrail_json_index_after(word) - 1;
    lua_State *lua = walk->lua;
    enter(walk);
    lua_createtable(lua, (int)moonrail_json_count_of(word), 0);
    if (!is_plain(walk)) document_remember_table(lua, (uint32_t)at);
    walk->depth++;
    at++;
    for (lua_Integer element = 1; at < end; element++) {
        step_to(walk, (struct path_step){NULL, 0, element});
        at = push_value(walk, at);
        lua_rawseti(lua, -2, element);
    }
    walk->depth--;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_ARRAY_METATABLE);
    lua_setmetatable(lua, -2);
    return end + 1;
}

// Pushes the value that starts at `at` and returns the index of the word behind it.
static size_t push_value(struct walk *walk, size_t at) {
    const uint64_t word = walk->tape.words[at];
    lua_State *lua = walk->lua;
    switch (moonrail_json_mark_of(word)) {
    case MOONRAIL_JSON_MARK_STRING: {
        uint32_t length;
        const char *text = moonrail_json_text_of(walk->tape, word, &length);
        lua_pushlstring(lua, text, length);
        return at + 1;
    }
    case MOONRAIL_JSON_MARK_INT64: {
        lua_pushinteger(lua, (lua_Integer)walk->tape.words[at + 1]);
        return at + 2;
    }
    case MOONRAIL_JSON_MARK_DOUBLE: {
        double number;
        memcpy(&number, &walk->tape.words[at + 1], sizeof number);
        lua_pushnumber(lua, number);
        return at + 2;
    }
    case MOONRAIL_JSON_MARK_OBJECT: return push_object(walk, at);
    case MOONRAIL_JSON_MARK_ARRAY: return push_array(walk, at);
    case MOONRAIL_JSON_MARK_TRUE: lua_pushboolean(lua, 1); return at + 1;
    case MOONRAIL_JSON_MARK_FALSE: lua_pushboolean(lua, 0); return at + 1;
    case MOONRAIL_JSON_MARK_UINT64:
        if (!walk->host->reads_large_integers) raise_too_large(walk, walk->tape.words[at + 1]);
        lua_pushnumber(lua, (lua_Number)walk->tape.words[at + 1]);
        return at + 2;
    default: lua_pushlightuserdata(lua, NULL); return at + 1;
    }
}

static struct walk start_walk(lua_State *lua, enum document_tables tables, const char *root) {
    struct host *host = host_of(lua);
    return (struct walk){lua, host, moonrail_json_parser_tape(host->parser), tables, root, 0};
}

void document_push_node(
    lua_State *lua, uint32_t node, enum document_tables tables, const char *root) {
    struct walk walk = start_walk(lua, tables, root);
    push_value(&walk, node);
}

void document_push_members(lua_State *lua, uint32_t node) {
    struct walk walk = start_walk(lua, DOCUMENT_TABLES_ARE_LAZY, "");
    luaL_checkstack(lua, 8, "a document is nested too deeply");
    push_members(&walk, node);
}

void document_remember_table(lua_State *lua, uint32_t node) {
    struct host *host = host_of(lua);
    if (node == DOCUMENT_ROOT) {
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_ROOT);
    } else {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_TABLES);
        lua_pushvalue(lua, -2);
        lua_rawseti(lua, -2, (lua_Integer)host->document.table_count + 1);
        lua_pop(lua, 1);
    }
    // Once it is kept: until then raising would leave an address that another table may get.
    document_index_add(&host->document, lua_topointer(lua, -1), node);
}

void document_parse(
    lua_State *lua, struct byte_span bytes, bool padded, const char *root, bool *is_widened) {
    struct host *host = host_of(lua);
    int error = moonrail_json_parse(host->parser, bytes.bytes, bytes.length, padded);
    *is_widened = host->reads_large_integers && moonrail_json_error_is_number(error);
    if (*is_widened) {
        document_widen_integers(bytes, &host->widened);
        const char *widened = (const char *)host->widened.bytes;
        error = moonrail_json_parse(host->parser, widened, host->widened.length, false);
    }
    if (error == 0) return;
    byte_buffer_free(&host->widened);
    if (moonrail_json_error_is_depth(error)) {
        limits_exceeded(LIMIT_NESTING);
        luaL_error(lua, "%s is nested deeper than %d levels", root, (int)host->load.bounds.depth);
    }
    if (moonrail_json_error_is_number(error)) document_number_error(lua, bytes, root);
    luaL_error(lua, "%s is not valid JSON: %s", root, moonrail_json_error_message(error));
}

void document_push(lua_State *lua, struct byte_span bytes, bool padded, const char *root) {
    bool is_widened;
    document_parse(lua, bytes, padded, root, &is_widened);
    byte_buffer_free(&host_of(lua)->widened);
    document_push_node(lua, DOCUMENT_ROOT, DOCUMENT_TABLES_ARE_PLAIN, root);
}
