#include "document.h"

#include <inttypes.h>
#include <stdio.h>

struct walk {
    lua_State *lua;
    struct host *host;
    moonrail_json_tape tape;
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

static void enter(struct walk *walk) {
    // The parser lets an empty array or object go one level further; nothing else gets here.
    if (walk->depth >= walk->host->load.bounds.depth) {
        limits_exceeded(LIMIT_NESTING);
        luaL_error(walk->lua, "%s is nested deeper than %d levels", walk->root,
            (int)walk->host->load.bounds.depth);
    }
    luaL_checkstack(walk->lua, 4, "a document is nested too deeply");
}

static size_t push_object(struct walk *walk, size_t at) {
    const uint64_t word = walk->tape.words[at];
    const size_t end = moonrail_json_index_after(word) - 1;
    lua_State *lua = walk->lua;
    enter(walk);
    lua_createtable(lua, 0, (int)moonrail_json_count_of(word));
    struct path_step *step = &walk->host->path[walk->depth++];
    at++;
    while (at < end) {
        uint32_t length;
        const char *key = moonrail_json_text_of(walk->tape, walk->tape.words[at], &length);
        *step = (struct path_step){key, length, 0};
        lua_pushlstring(lua, key, length);
        at = push_value(walk, at + 1);
        lua_rawset(lua, -3);
    }
    walk->depth--;
    return end + 1;
}

static size_t push_array(struct walk *walk, size_t at) {
    const uint64_t word = walk->tape.words[at];
    const size_t end = moonrail_json_index_after(word) - 1;
    lua_State *lua = walk->lua;
    enter(walk);
    lua_createtable(lua, (int)moonrail_json_count_of(word), 0);
    struct path_step *step = &walk->host->path[walk->depth++];
    at++;
    for (lua_Integer element = 1; at < end; element++) {
        *step = (struct path_step){NULL, 0, element};
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

void document_push_parsed(lua_State *lua, const char *root) {
    struct host *host = host_of(lua);
    struct walk walk = {lua, host, moonrail_json_parser_tape(host->parser), root, 0};
    push_value(&walk, 1);
}

void document_push(lua_State *lua, struct byte_span bytes, bool padded, const char *root) {
    struct host *host = host_of(lua);
    int error = moonrail_json_parse(host->parser, bytes.bytes, bytes.length, padded);
    if (host->reads_large_integers && moonrail_json_error_is_number(error)) {
        document_widen_integers(bytes, &host->widened);
        const char *widened = (const char *)host->widened.bytes;
        error = moonrail_json_parse(host->parser, widened, host->widened.length, false);
        byte_buffer_free(&host->widened);
    }
    if (error == 0) {
        document_push_parsed(lua, root);
        return;
    }
    if (moonrail_json_error_is_depth(error)) {
        limits_exceeded(LIMIT_NESTING);
        luaL_error(lua, "%s is nested deeper than %d levels", root, (int)host->load.bounds.depth);
    }
    if (moonrail_json_error_is_number(error)) document_number_error(lua, bytes, root);
    luaL_error(lua, "%s is not valid JSON: %s", root, moonrail_json_error_message(error));
}
