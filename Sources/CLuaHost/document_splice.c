#include "document_splice.h"

struct splice splice_start(struct writer *writer, int table, uint32_t node, char bracket) {
    if (node == 0) document_write_character(writer, bracket);
    return (struct splice){
        .writer = writer,
        .index = &writer->host->document,
        .table = table,
        .node = node,
        .is_open = node == 0,
    };
}

static bool copy_until(struct splice *splice, size_t end) {
    struct writer *writer = splice->writer;
    const char *from = splice->index->source.bytes + writer->copied;
    const size_t length = end - writer->copied;
    writer->copied = end;
    return document_write_bytes(writer, from, length);
}

bool splice_open(struct splice *splice) {
    if (splice->is_open) return true;
    splice->is_open = true;
    const size_t end = splice->has_members
        ? document_index_end_of(splice->index, splice->last)
        : document_index_start_of(splice->index, splice->node) + 1;
    return copy_until(splice, end);
}

void splice_resume(struct splice *splice, uint32_t first) {
    if (splice->has_members) document_write_character(splice->writer, ',');
    splice->writer->copied = document_index_start_of(splice->index, first);
    splice->is_open = false;
}

void splice_close(struct splice *splice, char bracket) {
    if (!splice->is_open) return;
    document_write_character(splice->writer, bracket);
    if (splice->node != 0) {
        splice->writer->copied = document_index_end_of(splice->index, splice->node);
    }
}

bool splice_is_marked_array(struct writer *writer, int table) {
    lua_State *lua = writer->lua;
    if (!lua_getmetatable(lua, table)) return false;
    const bool is_array = lua_topointer(lua, -1) == writer->host->array_metatable;
    lua_pop(lua, 1);
    return is_array;
}

uint32_t splice_node_of(struct writer *writer, int table) {
    struct document_index *index = &writer->host->document;
    const uint32_t node = document_index_node(index, lua_topointer(writer->lua, table));
    if (node == 0) return 0;
    const bool is_object = document_index_mark(index, node) == MOONRAIL_JSON_MARK_OBJECT;
    return is_object && splice_is_marked_array(writer, table) ? 0 : node;
}

bool splice_holds(struct splice *splice, int at, uint32_t node) {
    lua_State *lua = splice->writer->lua;
    const struct document_index *index = splice->index;
    const uint64_t *words = index->tape.words + node;
    switch (moonrail_json_mark_of(*words)) {
    case MOONRAIL_JSON_MARK_STRING: {
        if (lua_type(lua, at) != LUA_TSTRING) return false;
        size_t length;
        const char *text = lua_tolstring(lua, at, &length);
        const struct byte_span own = document_index_text(index, node);
        return own.length == length && memcmp(own.bytes, text, length) == 0;
    }
    case MOONRAIL_JSON_MARK_INT64:
        return lua_isinteger(lua, at) && (uint64_t)lua_tointeger(lua, at) == words[1];
    case MOONRAIL_JSON_MARK_UINT64:
    case MOONRAIL_JSON_MARK_DOUBLE: {
        if (lua_type(lua, at) != LUA_TNUMBER || lua_isinteger(lua, at)) return false;
        const lua_Number number = lua_tonumber(lua, at);
        if (moonrail_json_mark_of(*words) == MOONRAIL_JSON_MARK_UINT64) {
            return number == (lua_Number)words[1];
        }
        // Bit by bit: -0.0 equals 0.0, but is another number.
        return memcmp(&number, &words[1], sizeof number) == 0;
    }
    case MOONRAIL_JSON_MARK_TRUE: return lua_isboolean(lua, at) && lua_toboolean(lua, at);
    case MOONRAIL_JSON_MARK_FALSE: return lua_isboolean(lua, at) && !lua_toboolean(lua, at);
    case MOONRAIL_JSON_MARK_NULL:
        return lua_islightuserdata(lua, at) && lua_touserdata(lua, at) == NULL;
    default: return lua_istable(lua, at) && splice_node_of(splice->writer, at) == node;
    }
}

bool splice_put(struct splice *splice, int at, uint32_t node) {
    if (!splice_holds(splice, at, node)) {
        if (!copy_until(splice, document_index_start_of(splice->index, node))) return false;
        if (!document_write_value(splice->writer, at)) return false;
        splice->writer->copied = document_index_end_of(splice->index, node);
        return true;
    }
    const bool is_table = lua_istable(splice->writer->lua, at);
    return !is_table || document_write_container(splice->writer, at, node);
}

// How many levels the value at `node` has in the document.
static uint32_t levels_of(const struct document_index *index, uint32_t node) {
    const uint32_t end = document_index_after(index, node);
    uint32_t depth = 0;
    uint32_t most = 0;
    for (uint32_t at = node; at < end; at++) {
        switch (document_index_mark(index, at)) {
        case MOONRAIL_JSON_MARK_OBJECT:
        case MOONRAIL_JSON_MARK_ARRAY:
            if (++depth > most) most = depth;
            break;
        case MOONRAIL_JSON_MARK_OBJECT_END:
        case MOONRAIL_JSON_MARK_ARRAY_END: depth--; break;
        case MOONRAIL_JSON_MARK_INT64:
        case MOONRAIL_JSON_MARK_UINT64:
        case MOONRAIL_JSON_MARK_DOUBLE: at++; break;
        default: break;
        }
    }
    return most;
}

// Whether a value of the document may be nested too deeply where it is written now.
static bool may_be_too_deep(const struct writer *writer, uint32_t node) {
    const struct document_index *index = &writer->host->document;
    if (writer->depth == 0) return false;
    const uint32_t room = writer->host->load.bounds.depth - writer->depth;
    // Each level takes two words.
    if ((document_index_after(index, node) - node) / 2 <= room) return false;
    return levels_of(index, node) > room;
}

bool document_write_table(struct writer *writer, int table) {
    const uint32_t node = splice_node_of(writer, table);
    if (node == 0) return document_write_container(writer, table, 0);
    // A document's value in another place than its own.
    const size_t copied = writer->copied;
    const bool is_thorough = writer->is_thorough;
    struct splice splice = {.writer = writer, .index = &writer->host->document};
    writer->copied = document_index_start_of(splice.index, node);
    if (writer->depth < writer->host->load.bounds.depth && may_be_too_deep(writer, node)) {
        writer->is_thorough = true;
    }
    if (!document_write_container(writer, table, node)) return false;
    if (!copy_until(&splice, document_index_end_of(splice.index, node))) return false;
    writer->copied = copied;
    writer->is_thorough = is_thorough;
    return true;
}
