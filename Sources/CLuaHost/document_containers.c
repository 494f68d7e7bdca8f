#include "document_lazy.h"
#include "document_splice.h"
#include "member_keys.h"
#include "read_only.h"

enum {
    // Objects up to this size keep their values on the Lua stack while the keys are sorted; larger
    // ones look each value up again, which costs less than a stack of that size.
    STACKED_MEMBERS_MAX = 64,
    // Steps of a path that is shown for something nested too deeply.
    SHOWN_STEPS = 6,
};

static bool fail_as_too_deep(struct writer *writer) {
    if (document_find_cycle(writer->lua, writer->root_index, &writer->depth)) {
        return document_write_fail(writer, "contains itself; JSON can't hold a cycle");
    }
    if (writer->purpose == DOCUMENT_IS_PAYLOAD) limits_exceeded(LIMIT_NESTING);
    // The first steps tell which value it is; the way down would fill the message.
    if (writer->depth > SHOWN_STEPS) writer->depth = SHOWN_STEPS;
    return document_write_fail(writer, "is nested deeper than %u levels",
        (unsigned)writer->host->load.bounds.depth);
}

static bool enter(struct writer *writer) {
    if (writer->depth >= writer->host->load.bounds.depth) return fail_as_too_deep(writer);
    if (lua_checkstack(writer->lua, STACKED_MEMBERS_MAX + 8)) return true;
    return document_write_fail(writer, "is too large");
}

// Says why a table with other keys than 1 to n is neither an array nor an object.
static bool fail_at_key(struct splice *splice) {
    struct writer *writer = splice->writer;
    lua_State *lua = writer->lua;
    // First, for which names are in the table depends on what was read.
    const bool is_object = splice->node != 0 &&
        document_index_mark(splice->index, splice->node) == MOONRAIL_JSON_MARK_OBJECT;
    if (is_object) {
        return document_write_fail(writer,
            "was read as an object, whose keys are strings, but has another key");
    }
    bool has_names = false;
    bool has_numbers = false;
    bool has_others = false;
    for (lua_pushnil(lua); lua_next(lua, splice->table) != 0; lua_pop(lua, 1)) {
        const int type = lua_type(lua, -2);
        if (type == LUA_TSTRING) has_names = true;
        else if (lua_isinteger(lua, -2)) has_numbers = true;
        else has_others = true;
    }
    if (has_others) {
        return document_write_fail(writer, "has a key that is neither a string nor an integer");
    }
    if (has_names && has_numbers) {
        return document_write_fail(writer, "has both named members and numbered elements");
    }
    if (has_names) return document_write_fail(writer, "is an array but has a named member");
    return document_write_fail(
        writer, "is an array with holes: its elements are not numbered 1 to n");
}

// Writes the element on top of the stack; `at` is the next value of the document's array.
static bool put_element(struct splice *splice, lua_Integer element, uint32_t *at, uint32_t end) {
    struct writer *writer = splice->writer;
    writer->host->path[writer->depth - 1] = (struct path_step){NULL, 0, element};
    const int value = lua_gettop(writer->lua);
    if (*at < end) {
        const uint32_t own = *at;
        *at = document_index_after(splice->index, own);
        splice_keep(splice, own, own);
        return splice_put(splice, value, own);
    }
    if (!splice_open(splice)) return false;
    if (splice->has_members) document_write_character(writer, ',');
    splice->has_members = true;
    return document_write_value(writer, value);
}

// How many elements a table has, or -1 when they are not numbered 1 to n or not all it has. Looked
// at before any is written: of several faults in a document it is always the same that is found.
static lua_Integer count_elements(lua_State *lua, int table) {
    lua_Integer count = 0;
    lua_Integer largest = 0;
    bool is_array = true;
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        const lua_Integer element = lua_isinteger(lua, -2) ? lua_tointeger(lua, -2) : 0;
        if (element < 1) is_array = false;
        if (element > largest) largest = element;
        count++;
    }
    return is_array && largest == count ? count : -1;
}

static bool write_array(struct writer *writer, int table, uint32_t node) {
    lua_State *lua = writer->lua;
    struct splice splice = splice_start(writer, table, node, '[');
    const lua_Integer count = count_elements(lua, table);
    if (count < 0) return fail_at_key(&splice);
    uint32_t at = node + 1;
    const uint32_t end = node == 0 ? 0 : document_index_after(splice.index, node) - 1;
    writer->depth++;
    for (lua_Integer element = 1; element <= count; element++) {
        lua_rawgeti(lua, table, element);
        if (!put_element(&splice, element, &at, end)) return false;
        lua_pop(lua, 1);
    }
    // The document had more.
    if (at < end && !splice_open(&splice)) return false;
    splice_close(&splice, ']');
    writer->depth--;
    return true;
}

// Collects the keys of an object, whose first key and value are on the stack, and leaves the first
// values there. Returns how many keys there are, or 0 when one of them is no string.
static size_t collect_members(struct splice *splice) {
    struct writer *writer = splice->writer;
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
        has_next = lua_next(lua, splice->table) != 0;
    }
    return count;
}

// Where on the stack the member's value is, which is pushed when it was not kept there.
static int push_member(struct splice *splice, const struct member_key *key) {
    lua_State *lua = splice->writer->lua;
    if (key->value_index != 0) return key->value_index;
    lua_pushlstring(lua, key->text, key->length);
    lua_rawget(lua, splice->table);
    return lua_gettop(lua);
}

static void step_to(struct writer *writer, const char *name, size_t length) {
    writer->host->path[writer->depth - 1] = (struct path_step){name, length, 0};
}

// The document's member whose name is at `name` and which was taken: its value now, if it has one,
// is among the `count` keys from `first` on.
static bool put_taken_member(struct splice *splice, uint32_t name, size_t first, size_t count) {
    struct writer *writer = splice->writer;
    struct document_index *index = splice->index;
    const bool is_hidden = (index->states[name] & DOCUMENT_MEMBER_IS_HIDDEN) != 0;
    const struct byte_span text = document_index_text(index, name);
    struct member_key *found =
        member_keys_find(writer->host, first, count, text.bytes, text.length);
    if (found == NULL) return splice_open(splice);
    const int top = lua_gettop(writer->lua);
    const int value = push_member(splice, found);
    bool is_written = true;
    if (is_hidden) {
        // Stays as long as the member that counts is the document's.
        if (splice_holds(splice, value, found->node + 1)) splice_keep(splice, name, name + 1);
        else is_written = splice_open(splice);
    } else {
        found->is_written = true;
        step_to(writer, text.bytes, text.length);
        splice_keep(splice, name, name + 1);
        is_written = splice_put(splice, value, name + 1);
    }
    lua_settop(writer->lua, top);
    return is_written;
}

// Notes for each key which of the document's names stands for it: the last of those that are the
// same, which alone is not hidden.
static void find_last_names(struct splice *splice, size_t first, size_t count) {
    const struct document_index *index = splice->index;
    const uint32_t end = document_index_after(index, splice->node) - 1;
    uint32_t after;
    for (uint32_t name = splice->node + 1; name < end; name = after) {
        after = document_index_after(index, name + 1);
        if (index->states[name] & DOCUMENT_MEMBER_IS_HIDDEN) continue;
        const struct byte_span text = document_index_text(index, name);
        struct member_key *found = member_keys_find(
            splice->writer->host, first, count, text.bytes, text.length);
        if (found != NULL) found->node = name;
    }
}

static bool put_document_members(struct splice *splice, size_t first, size_t count) {
    struct document_index *index = splice->index;
    if (splice->node == 0) return true;
    const bool is_whole = (index->states[splice->node] & DOCUMENT_OBJECT_IS_WHOLE) != 0;
    const uint32_t end = document_index_after(index, splice->node) - 1;
    if (index->states[splice->node] & DOCUMENT_OBJECT_HIDES) find_last_names(splice, first, count);
    uint32_t after;
    for (uint32_t name = splice->node + 1; name < end; name = after) {
        after = document_index_after(index, name + 1);
        if (!is_whole && (index->states[name] & DOCUMENT_MEMBER_IS_TAKEN) == 0) {
            splice_keep(splice, name, name + 1);
        } else if (!put_taken_member(splice, name, first, count)) {
            return false;
        }
    }
    return true;
}

static bool put_new_members(struct splice *splice, size_t first, size_t count) {
    struct writer *writer = splice->writer;
    for (size_t i = 0; i < count; i++) {
        // Read anew each time: writing a member may move the array of keys.
        const struct member_key key = writer->host->members[first + i];
        if (key.is_written) continue;
        if (!splice_open(splice)) return false;
        step_to(writer, key.text, key.length);
        if (!document_write_name(writer, splice->has_members ? ',' : 0, &key)) return false;
        splice->has_members = true;
        const int value = push_member(splice, &key);
        if (!document_write_value(writer, value)) return false;
        if (key.value_index == 0) lua_pop(writer->lua, 1);
    }
    splice_close(splice, '}');
    return true;
}

// The stack holds the first key and value, or nothing when the object is empty.
static bool write_object(struct writer *writer, int table, uint32_t node, bool has_members) {
    lua_State *lua = writer->lua;
    const int top = lua_gettop(lua) - (has_members ? 2 : 0);
    const size_t first = writer->member_count;
    struct splice splice = splice_start(writer, table, node, '{');
    size_t count = 0;
    if (has_members) {
        count = collect_members(&splice);
        if (count == 0) {
            lua_settop(lua, top);
            return fail_at_key(&splice);
        }
        member_keys_sort(writer->host, first, count);
    }
    writer->member_count += count;
    writer->depth++;
    if (!put_document_members(&splice, first, count)) return false;
    if (!put_new_members(&splice, first, count)) return false;
    writer->depth--;
    writer->member_count = first;
    lua_settop(lua, top);
    return true;
}

// Whether a table that has a metatable is marked as an array. A frozen one gives way to its
// contents first.
static bool open_array(struct writer *writer, int table) {
    if (splice_is_marked_array(writer, table)) return true;
    return read_only_open(writer->lua, table) && splice_is_marked_array(writer, table);
}

bool document_write_container(struct writer *writer, int table, uint32_t node) {
    lua_State *lua = writer->lua;
    if (!enter(writer)) return false;
    bool is_array = false;
    if (lua_getmetatable(lua, table)) {
        // An object that is not decoded is neither an array nor frozen.
        const bool is_lazy = lua_topointer(lua, -1) == writer->host->lazy_metatable;
        lua_pop(lua, 1);
        if (!is_lazy) is_array = open_array(writer, table);
        else if (writer->is_thorough) document_complete(lua, table);
    }
    lua_pushnil(lua);
    const bool has_members = lua_next(lua, table) != 0;
    const bool is_numbered = has_members && lua_type(lua, -2) == LUA_TNUMBER;
    if (is_array || (node == 0 && is_numbered)) {
        lua_pop(lua, has_members ? 2 : 0);
        return write_array(writer, table, node);
    }
    return write_object(writer, table, node, has_members);
}
