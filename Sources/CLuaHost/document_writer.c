#include "document_writer.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    // Strings up to this length are written with room for the worst case instead of being measured.
    UNMEASURED_STRING_BYTES = 512,
    // A document that is written this long past a limit is given up.
    CHECK_INTERVAL_BYTES = 64 * 1024,
};

bool document_write_fail(struct writer *writer, const char *format, ...) {
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

static bool fail_as_too_large(struct writer *writer) {
    if (writer->purpose == DOCUMENT_IS_PAYLOAD) limits_exceeded(LIMIT_OUTPUT_BYTES);
    return document_write_fail(writer, "makes the document larger than this function may emit");
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
    return written > 0 || document_write_fail(writer, "is a string that is not UTF-8");
}

bool document_write_name(struct writer *writer, char before, const struct member_key *key) {
    // Room is made once for all three.
    char *start = reserve_string(writer, key->text, key->length);
    if (start == NULL) return fail_as_too_large(writer);
    char *at = start;
    if (before != 0) *at++ = before;
    const size_t written = moonrail_json_write_string(at, key->text, key->length);
    at += written;
    *at++ = ':';
    writer->out->length += (size_t)(at - start);
    if (written > 0) return true;
    writer->depth--;
    return document_write_fail(writer, "has a member whose name is not UTF-8");
}

bool document_write_bytes(struct writer *writer, const char *bytes, size_t length) {
    // Checked before they are copied, for they may be many.
    const bool fits = length <= writer->length_max &&
        writer->out->length <= writer->length_max - length;
    if (!fits) return fail_as_too_large(writer);
    byte_buffer_append(writer->out, bytes, length);
    return true;
}

static bool check_size(struct writer *writer) {
    if (writer->out->length > writer->length_max) return fail_as_too_large(writer);
    if (writer->out->length >= writer->next_check) {
        writer->next_check = writer->out->length + CHECK_INTERVAL_BYTES;
        if (limits_verdict() != LIMIT_NONE) {
            return document_write_fail(writer, "was written past a limit");
        }
    }
    return true;
}

static bool write_number(struct writer *writer, int index) {
    char *at = byte_buffer_reserve(writer->out, MOONRAIL_JSON_NUMBER_BYTES_MAX);
    size_t length;
    if (lua_isinteger(writer->lua, index)) {
        length = moonrail_json_write_int64(at, lua_tointeger(writer->lua, index));
    } else {
        length = moonrail_json_write_double(at, lua_tonumber(writer->lua, index));
        if (length == 0) return document_write_fail(writer, "is not a number JSON can hold");
    }
    writer->out->length += length;
    return true;
}

bool document_write_value(struct writer *writer, int index) {
    lua_State *lua = writer->lua;
    if (!check_size(writer)) return false;
    switch (lua_type(lua, index)) {
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(lua, index, &length);
        return put_string(writer, text, length);
    }
    case LUA_TNUMBER: return write_number(writer, index);
    case LUA_TTABLE: return document_write_table(writer, index);
    case LUA_TBOOLEAN:
        if (lua_toboolean(lua, index)) byte_buffer_append(writer->out, "true", 4);
        else byte_buffer_append(writer->out, "false", 5);
        return true;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(lua, index) != NULL) {
            return document_write_fail(writer, "is not a value JSON can hold");
        }
        byte_buffer_append(writer->out, "null", 4);
        return true;
    case LUA_TFUNCTION:
        if (writer->purpose != DOCUMENT_IS_DESCRIPTION) {
            return document_write_fail(writer, "is a function, which JSON can't hold");
        }
        byte_buffer_append(writer->out, "\"<function>\"", 12);
        return true;
    default: return document_write_fail(writer, "is not a value JSON can hold");
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
    const bool written = document_write_value(&writer, writer.root_index) && check_size(&writer);
    lua_settop(lua, top);
    return written;
}
