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

// A member of an object, by the name at the stack's second place.
struct member {
    uint32_t object;
    const char *name;
    size_t length;
    // What was looked up of it, if it was.
    struct document_learned_name *known;
};

static struct member member_at(lua_State *lua, struct host *host, uint32_t object) {
    struct member member = {.object = object};
    member.name = lua_tolstring(lua, 2, &member.length);
    if (object != DOCUMENT_ROOT) return member;
    member.known = document_learned_find(&host->learned, member.name);
    if (member.known != NULL) member.known->is_taken = true;
    return member;
}

// Takes the member as document_index_take does.
static uint32_t take_member(struct host *host, const struct member *member) {
    struct document_index *index = &host->document;
    const struct document_learned_name *known = member->known;
    if (known == NULL || known->is_repeated) {
        return document_index_take(index, member->object, member->name, member->length);
    }
    if (known->node == 0 || (index->states[known->node] & DOCUMENT_MEMBER_IS_TAKEN)) return 0;
    index->states[known->node] |= DOCUMENT_MEMBER_IS_TAKEN;
    return known->node;
}

// Keeps in mind that the root's member was read, or assigned.
static void learn_member(
    lua_State *lua, struct host *host, const struct member *member, bool is_read) {
    if (member->object != DOCUMENT_ROOT) return;
    if (member->known == NULL) host->learned.has_unknown_names = true;
    const int at = document_learned_add(&host->learned, member->name, member->length, is_read);
    if (at < 0) return;
    lua_pushvalue(lua, 2);
    lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_LEARNED_NAMES + at);
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
    const struct member member = member_at(lua, host, object);
    const uint32_t name = take_member(host, &member);
    if (name == 0) return 0;
    host->learned.members_read++;
    learn_member(lua, host, &member, true);
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
        const struct member member = member_at(lua, host, object);
        take_member(host, &member);
        if (object == DOCUMENT_ROOT) host->learned.names_added++;
        if (member.known == NULL) learn_member(lua, host, &member, false);
        lua_rawset(lua, 1);
        return 0;
    } else {
        host->learned.has_other_keys = true;
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

// Looks the learned names up, in one pass through the root's.
static void find_learned_names(struct host *host) {
    const struct document_index *index = &host->document;
    struct document_learned *learned = &host->learned;
    for (uint32_t i = 0; i < learned->name_count; i++) {
        learned->names[i].node = 0;
        learned->names[i].is_repeated = false;
        learned->names[i].is_taken = false;
    }
    const uint32_t end = document_index_after(index, DOCUMENT_ROOT) - 1;
    uint32_t after;
    for (uint32_t at = DOCUMENT_ROOT + 1; at < end; at = after) {
        after = document_index_after(index, at + 1);
        const struct byte_span text = document_index_text(index, at);
        const bool is_short = text.length <= DOCUMENT_LEARNED_NAME_BYTES_MAX;
        if (!is_short || (learned->lengths >> text.length & 1) == 0) continue;
        const uint64_t start = document_index_text_start(text);
        for (uint32_t i = 0; i < learned->name_count; i++) {
            struct document_learned_name *name = &learned->names[i];
            if (name->start != start || name->length != text.length) continue;
            const bool is_long = text.length > sizeof start;
            if (is_long && memcmp(name->text, text.bytes, text.length) != 0) continue;
            name->is_repeated = name->node != 0;
            name->node = at;
        }
    }
    learned->names_known = learned->name_count;
}

// Decodes the members that the script is likely to read into the root on top of the stack.
static void take_learned_names(lua_State *lua, struct host *host) {
    struct document_index *index = &host->document;
    find_learned_names(host);
    for (uint32_t i = 0; i < host->learned.name_count; i++) {
        struct document_learned_name *name = &host->learned.names[i];
        if (!name->is_read || name->node == 0 || !is_short_value(index, name->node + 1)) continue;
        if (name->is_repeated) {
            document_index_take(index, DOCUMENT_ROOT, name->text, name->length);
        } else {
            index->states[name->node] |= DOCUMENT_MEMBER_IS_TAKEN;
        }
        name->is_taken = true;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_LEARNED_NAMES + (lua_Integer)i);
        document_push_node(lua, name->node + 1, DOCUMENT_TABLES_ARE_LAZY, "");
        lua_rawset(lua, -3);
    }
}

static void push_lazy_root(lua_State *lua, struct host *host) {
    if (host->learned.has_root) {
        host->learned.has_root = false;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_ROOT);
        document_index_add(&host->document, lua_topointer(lua, -1), DOCUMENT_ROOT);
    } else {
        document_lazy_push(lua, DOCUMENT_ROOT, host->learned.root_size);
    }
    take_learned_names(lua, host);
}

static void push_root(lua_State *lua, struct host *host) {
    const struct document_index *index = &host->document;
    if (document_learned_is_whole(&host->learned, index->word_count)) {
        document_push_node(lua, DOCUMENT_ROOT, DOCUMENT_TABLES_ARE_WHOLE, "");
    } else if (document_index_mark(index, DOCUMENT_ROOT) == MOONRAIL_JSON_MARK_OBJECT) {
        push_lazy_root(lua, host);
    } else {
        document_push_node(lua, DOCUMENT_ROOT, DOCUMENT_TABLES_ARE_LAZY, "");
    }
}

bool document_lazy_open_early(lua_State *lua, struct byte_span bytes) {
    struct host *host = host_of(lua);
    if (!document_learned_is_early(&host->learned)) return false;
    if (moonrail_json_parse(host->parser, bytes.bytes, bytes.length, true) != 0) return false;
    document_index_start(&host->document, host->parser, bytes, bytes);
    if (is_within_bounds(host)) {
        push_root(lua, host);
        return true;
    }
    document_index_clear(&host->document);
    return false;
}

void document_lazy_open(lua_State *lua, struct byte_span bytes, const char *root) {
    struct host *host = host_of(lua);
    bool is_widened;
    // Left behind by a document that raised.
    document_lazy_close(lua);
    host->learned.is_asked_for = true;
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

static bool is_lazy(lua_State *lua, int index) {
    if (!lua_istable(lua, index) || !lua_getmetatable(lua, index)) return false;
    const bool is_lazy = lua_topointer(lua, -1) == host_of(lua)->lazy_metatable;
    lua_pop(lua, 1);
    return is_lazy;
}

// Empties the last root for the next document, if it may have no other members than the known ones:
// there is nowhere where a script could have kept it. What has keys that are no names has a length,
// which may depend on keys that it once had.
static void release_root(lua_State *lua, struct host *host) {
    struct document_learned *learned = &host->learned;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_ROOT);
    learned->has_root =
        !learned->has_unknown_names && !learned->has_other_keys && is_lazy(lua, -1);
    if (!learned->has_root) {
        lua_pushboolean(lua, 0);
        lua_rawseti(lua, LUA_REGISTRYINDEX, REGISTRY_DOCUMENT_ROOT);
    }
    for (uint32_t i = 0; learned->has_root && i < learned->names_known; i++) {
        if (!learned->names[i].is_taken) continue;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_LEARNED_NAMES + (lua_Integer)i);
        lua_pushnil(lua);
        lua_rawset(lua, -3);
    }
    lua_pop(lua, 1);
}

void document_lazy_close(lua_State *lua) {
    struct host *host = host_of(lua);
    struct document_index *index = &host->document;
    if (index->word_count == 0) return;
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
    release_root(lua, host);
    document_learned_note(&host->learned, index->word_count);
    document_index_clear(index);
}

void document_complete(lua_State *lua, int index) {
    if (!is_lazy(lua, index)) return;
    lua_pushvalue(lua, index);
    const struct document_index *document = &host_of(lua)->document;
    const uint32_t node = document_index_node(document, lua_topointer(lua, -1));
    if (node == 0) luaL_error(lua, "a document can't be kept for later events");
    host_of(lua)->learned.has_unknown_names = true;
    document_push_members(lua, node);
    lua_pushnil(lua);
    lua_setmetatable(lua, -2);
    lua_pop(lua, 1);
}
