#include "document_lazy.h"

#include "document.h"
#include "document_reader.h"
#include "read_only.h"

enum { FORGOTTEN_ONE_BY_ONE_MAX = 64 };

// The node of the table at the stack's first place. Nothing outlives its event, so that a table of
// an older document is not to be met; if it were, this is what it would say.
static uint32_t require_node(lua_State *lua) {
    const uint32_t node = document_index_node(&host_of(lua)->document, lua_topointer(lua, 1));
    if (node == 0) luaL_error(lua, "a document can't be kept for later events");
    return node;
}

// Keeps in mind that the root's member of the name at the second place was read.
static void learn_name(lua_State *lua, struct document_learned *learned) {
    size_t length;
    const char *text = lua_tolstring(lua, 2, &length);
    if (document_way == DOCUMENT_WAY_IS_LAZY) return;
    if (learned->name_count == DOCUMENT_LEARNED_NAMES_MAX) return;
    if (length > DOCUMENT_LEARNED_NAME_BYTES_MAX) return;
    // A name that is learned already was no short text in this document.
    for (uint32_t i = 0; i < learned->name_count; i++) {
        if (learned->names[i].text == text) return;
    }
    lua_pushvalue(lua, 2);
    lua_rawseti(
        lua, LUA_REGISTRYINDEX, REGISTRY_LEARNED_NAMES + (lua_Integer)learned->name_count);
    learned->names[learned->name_count++] =
        (struct document_learned_name){text, (uint32_t)length};
}

static int read_member(lua_State *lua) {
    struct host *host = host_of(lua);
    const uint32_t object = require_node(lua);
    if (lua_type(lua, 2) != LUA_TSTRING) return 0;
    if (document_index_is_searched(&host->document)) {
        document_complete(lua, 1);
        lua_settop(lua, 2);
        lua_rawget(lua, 1);
        return 1;
    }
    size_t length;
    const char *text = lua_tolstring(lua, 2, &length);
    const uint32_t name = document_index_take(&host->document, object, text, length);
    if (name == 0) return 0;
    host->learned.members_read++;
    if (object == DOCUMENT_ROOT) learn_name(lua, &host->learned);
    document_push_node(lua, name + 1, DOCUMENT_TABLES_ARE_LAZY, "");
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 1);
    return 1;
}

void document_assign(lua_State *lua) {
    if (lua_isnil(lua, 2)) luaL_error(lua, "table index is nil");
    const bool is_number = lua_type(lua, 2) == LUA_TNUMBER;
    if (is_number && !lua_rawequal(lua, 2, 2)) luaL_error(lua, "table index is NaN");
    lua_rawset(lua, 1);
}

// An assignment to a member that is not in the table: one that was not decoded is not there any
// more, also when nil is assigned.
static int assign_member(lua_State *lua) {
    struct host *host = host_of(lua);
    const uint32_t object = require_node(lua);
    lua_settop(lua, 3);
    if (document_index_is_searched(&host->document)) {
        document_complete(lua, 1);
    } else if (lua_type(lua, 2) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(lua, 2, &length);
        document_index_take(&host->document, object, text, length);
        if (object == DOCUMENT_ROOT) host->learned.names_added++;
    }
    document_assign(lua);
    return 0;
}

void document_lazy_install(lua_State *lua) {
    struct host *host = host_of(lua);
    lua_createtable(lua, 0, 3);
    lua_pushcfunction(lua, read_member);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, assign_member);
    lua_setfield(lua, -2, "__newindex");
    read_only_mark_metatable(lua);
    host->lazy_metatable = lua_topointer(lua, -1);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_LAZY_METATABLE);
    lua_newtable(lua);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_TABLES);
    lua_pushboolean(lua, 0);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_ROOT);
    for (int i = 0; i < DOCUMENT_LEARNED_NAMES_MAX; i++) {
        lua_pushboolean(lua, 0);
        lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_LEARNED_NAMES + i);
    }
}

void document_lazy_push(lua_State *lua, uint32_t node, uint32_t size) {
    lua_createtable(lua, 0, (int)size);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_LAZY_METATABLE);
    lua_setmetatable(lua, -2);
    document_remember_table(lua, node);
}

// Whether document_push would take the document: it refuses integers and depths that the parser
// lets through. Both are rare, and looked for in one pass.
static bool is_within_bounds(const struct host *host) {
    const struct document_index *index = &host->document;
    const uint64_t *words = index->tape.words;
    bool large = false;
    for (uint32_t i = DOCUMENT_ROOT; i < index->word_count; i++) {
        large |= moonrail_json_mark_of(words[i]) == MOONRAIL_JSON_MARK_UINT64;
    }
    // A number's own word may look like that, too; and only long documents can be too deep.
    const bool is_short = index->word_count / 2 <= host->load.bounds.depth;
    if (is_short && (!large || host->reads_large_integers)) return true;
    uint32_t depth = 0;
    for (uint32_t i = DOCUMENT_ROOT; i < index->word_count; i++) {
        switch (moonrail_json_mark_of(words[i])) {
        case MOONRAIL_JSON_MARK_OBJECT:
        case MOONRAIL_JSON_MARK_ARRAY:
            if (depth++ >= host->load.bounds.depth) return false;
            break;
        case MOONRAIL_JSON_MARK_OBJECT_END:
        case MOONRAIL_JSON_MARK_ARRAY_END: depth--; break;
        case MOONRAIL_JSON_MARK_UINT64:
            if (!host->reads_large_integers) return false;
            i++;
            break;
        case MOONRAIL_JSON_MARK_INT64:
        case MOONRAIL_JSON_MARK_DOUBLE: i++; break;
        default: break;
        }
    }
    return true;
}

static bool is_short_value(const struct document_index *index, uint32_t value) {
    switch (document_index_mark(index, value)) {
    case MOONRAIL_JSON_MARK_OBJECT:
    case MOONRAIL_JSON_MARK_ARRAY: return false;
    case MOONRAIL_JSON_MARK_STRING:
        return document_index_text(index, value).length <= DOCUMENT_LEARNED_TEXT_BYTES_MAX;
    default: return true;
    }
}

// Decodes the learned members into the root on top of the stack, in one pass through its names.
static void take_learned_names(lua_State *lua, struct host *host) {
    struct document_index *index = &host->document;
    const struct document_learned *learned = &host->learned;
    uint32_t found[DOCUMENT_LEARNED_NAMES_MAX] = {0};
    uint32_t repeated = 0;
    const uint32_t end = document_index_after(index, DOCUMENT_ROOT) - 1;
    uint32_t at = DOCUMENT_ROOT + 1;
    while (at < end) {
        const struct byte_span name = document_index_text(index, at);
        for (uint32_t i = 0; i < learned->name_count; i++) {
            if (learned->names[i].length != name.length) continue;
            if (memcmp(learned->names[i].text, name.bytes, name.length) != 0) continue;
            if (found[i] != 0) repeated |= 1u << i;
            found[i] = at;
        }
        at = document_index_after(index, at + 1);
    }
    for (uint32_t i = 0; i < learned->name_count; i++) {
        const struct document_learned_name *name = &learned->names[i];
        if (found[i] == 0 || !is_short_value(index, found[i] + 1)) continue;
        if (repeated >> i & 1) document_index_take(index, DOCUMENT_ROOT, name->text, name->length);
        else index->states[found[i]] |= DOCUMENT_MEMBER_IS_TAKEN;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_LEARNED_NAMES + (lua_Integer)i);
        document_push_node(lua, found[i] + 1, DOCUMENT_TABLES_ARE_LAZY, "");
        lua_rawset(lua, -3);
    }
}

static void push_root(lua_State *lua, struct host *host) {
    const struct document_index *index = &host->document;
    if (document_learned_is_whole(&host->learned, index->word_count)) {
        document_push_node(lua, DOCUMENT_ROOT, DOCUMENT_TABLES_ARE_WHOLE, "");
    } else if (document_index_mark(index, DOCUMENT_ROOT) == MOONRAIL_JSON_MARK_OBJECT) {
        document_lazy_push(lua, DOCUMENT_ROOT, host->learned.root_size);
        take_learned_names(lua, host);
    } else {
        document_push_node(lua, DOCUMENT_ROOT, DOCUMENT_TABLES_ARE_LAZY, "");
    }
}

void document_lazy_open(lua_State *lua, struct byte_span bytes, const char *root) {
    struct host *host = host_of(lua);
    bool is_widened;
    // Left behind by a document that raised.
    document_lazy_close(lua);
    document_parse(lua, bytes, true, root, &is_widened);
    struct byte_span parsed = bytes;
    if (is_widened) {
        parsed = (struct byte_span){(const char *)host->widened.bytes, host->widened.length};
    }
    document_index_start(&host->document, host->parser, bytes, parsed);
    if (is_widened) byte_buffer_free(&host->widened);
    // Raises, with the path of what is beyond them.
    if (!is_within_bounds(host)) {
        document_push_node(lua, DOCUMENT_ROOT, DOCUMENT_TABLES_ARE_PLAIN, root);
    }
    push_root(lua, host);
}

void document_lazy_close(lua_State *lua) {
    struct host *host = host_of(lua);
    struct document_index *index = &host->document;
    if (index->word_count == 0) return;
    document_learned_note(&host->learned, index->word_count);
    if (index->table_count > FORGOTTEN_ONE_BY_ONE_MAX) {
        lua_newtable(lua);
        lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_TABLES);
    } else if (index->table_count > 1) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_TABLES);
        for (uint32_t i = 1; i <= index->table_count; i++) {
            lua_pushnil(lua);
            lua_rawseti(lua, -2, i);
        }
        lua_pop(lua, 1);
    }
    lua_pushboolean(lua, 0);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_ROOT);
    document_index_clear(index);
}

static bool is_lazy(lua_State *lua, int index) {
    if (!lua_istable(lua, index) || !lua_getmetatable(lua, index)) return false;
    const bool is_lazy = lua_topointer(lua, -1) == host_of(lua)->lazy_metatable;
    lua_pop(lua, 1);
    return is_lazy;
}

void document_complete(lua_State *lua, int index) {
    if (!is_lazy(lua, index)) return;
    lua_pushvalue(lua, index);
    const struct document_index *document = &host_of(lua)->document;
    const uint32_t node = document_index_node(document, lua_topointer(lua, -1));
    if (node == 0) luaL_error(lua, "a document can't be kept for later events");
    document_push_members(lua, node);
    lua_pushnil(lua);
    lua_setmetatable(lua, -2);
    lua_pop(lua, 1);
}
