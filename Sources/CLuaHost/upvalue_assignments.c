#include "upvalue_assignments.h"

#include "byte_reader.h"

#include <lauxlib.h>

// Reads what lua_dump writes: the layout of Lua 5.4's ldump.c and the one instruction of its
// lopcodes.h that assigns an upvalue. Only our own dumps get here, never a script's bytes; whatever
// is not as expected fails the load rather than pass unseen.

_Static_assert(LUA_VERSION_NUM == 504, "the compiled form differs from version to version");

enum {
    UPVALUES_MAX = 256,
    OPCODE_MASK = 0x7F,
    OPCODE_SETUPVAL = 10,
    OPERAND_B_SHIFT = 16,
    INSTRUCTION_BYTES = 4,
    // In the list of line differences: the line stands in the list of absolute ones instead.
    LINE_IS_ABSOLUTE = -128,
};

enum constant_type {
    CONSTANT_NIL = 0x00,
    CONSTANT_FALSE = 0x01,
    CONSTANT_TRUE = 0x11,
    CONSTANT_INTEGER = 0x03,
    CONSTANT_FLOAT = 0x13,
    CONSTANT_SHORT_STRING = 0x04,
    CONSTANT_LONG_STRING = 0x14,
};

// For each upvalue the first line that assigns it, 0 = none does.
struct assigned_lines {
    uint32_t of[UPVALUES_MAX];
};

static uint8_t read_byte(struct byte_reader *reader) {
    const unsigned char *byte = byte_reader_take(reader, 1);
    return byte == NULL ? 0 : *byte;
}

// Seven bits a byte, the highest first; the last byte has the top bit.
static size_t read_size(struct byte_reader *reader) {
    size_t size = 0;
    uint8_t byte = 0;
    while ((byte & 0x80) == 0 && !reader->broken) {
        byte = read_byte(reader);
        if (size > SIZE_MAX >> 7) reader->broken = true;
        size = size << 7 | (byte & 0x7F);
    }
    return size;
}

static void skip_string(struct byte_reader *reader) {
    const size_t size = read_size(reader);
    if (size > 0) byte_reader_take(reader, size - 1);
}

static void skip_constants(struct byte_reader *reader) {
    for (size_t left = read_size(reader); left > 0 && !reader->broken; left--) {
        switch ((enum constant_type)read_byte(reader)) {
        case CONSTANT_NIL:
        case CONSTANT_FALSE:
        case CONSTANT_TRUE: break;
        case CONSTANT_INTEGER: byte_reader_take(reader, sizeof(lua_Integer)); break;
        case CONSTANT_FLOAT: byte_reader_take(reader, sizeof(lua_Number)); break;
        case CONSTANT_SHORT_STRING:
        case CONSTANT_LONG_STRING: skip_string(reader); break;
        default: reader->broken = true;
        }
    }
}

static void note(struct assigned_lines *lines, uint8_t upvalue, uint32_t line) {
    uint32_t *first = &lines->of[upvalue];
    if (*first == 0 || line < *first) *first = line;
}

// One instruction per four bytes, and for each the difference of its line to the one before.
struct code {
    const unsigned char *instructions;
    size_t count;
};

static struct code read_code(struct byte_reader *reader) {
    struct code code = {.count = read_size(reader)};
    if (code.count > SIZE_MAX / INSTRUCTION_BYTES) reader->broken = true;
    else code.instructions = byte_reader_take(reader, code.count * INSTRUCTION_BYTES);
    return code;
}

// Reads the debug part's list of lines, and notes those of the assignments.
static void note_assignments(
    struct byte_reader *reader, struct code code, size_t line, struct assigned_lines *assigned) {
    const size_t count = read_size(reader);
    const unsigned char *differences = byte_reader_take(reader, count);
    size_t absolute_left = read_size(reader);
    if (count != code.count) reader->broken = true;
    for (size_t i = 0; i < count && !reader->broken; i++) {
        if ((signed char)differences[i] == LINE_IS_ABSOLUTE) {
            if (absolute_left == 0 || read_size(reader) != i) reader->broken = true;
            line = read_size(reader);
            absolute_left--;
        } else {
            line += (size_t)(signed char)differences[i];
        }
        uint32_t instruction;
        memcpy(&instruction, code.instructions + i * INSTRUCTION_BYTES, sizeof instruction);
        if ((instruction & OPCODE_MASK) != OPCODE_SETUPVAL) continue;
        note(assigned, (uint8_t)(instruction >> OPERAND_B_SHIFT), (uint32_t)line);
    }
    if (absolute_left > 0) reader->broken = true;
}

static void skip_names(struct byte_reader *reader) {
    for (size_t left = read_size(reader); left > 0 && !reader->broken; left--) {
        skip_string(reader);
        // From which instruction to which.
        read_size(reader);
        read_size(reader);
    }
    for (size_t left = read_size(reader); left > 0 && !reader->broken; left--) skip_string(reader);
}

// What the function assigns of its upvalues goes to `assigned`, and what of these is an upvalue of
// the function around it too, rather than a variable of one call of it, also to `outer`.
static void read_function(
    struct byte_reader *reader, struct assigned_lines *assigned, struct assigned_lines *outer) {
    skip_string(reader);
    const size_t first_line = read_size(reader);
    read_size(reader);
    // Parameters, whether there are more, and stack size.
    byte_reader_take(reader, 3);
    const struct code code = read_code(reader);
    skip_constants(reader);
    const size_t upvalue_count = read_size(reader);
    if (upvalue_count > UPVALUES_MAX) reader->broken = true;
    // Of each: whether it is a variable of the outer function, its index there, its kind.
    const unsigned char *upvalues = byte_reader_take(reader, upvalue_count * 3);
    for (size_t left = read_size(reader); left > 0 && !reader->broken; left--) {
        struct assigned_lines inner = {0};
        read_function(reader, &inner, assigned);
    }
    note_assignments(reader, code, first_line, assigned);
    skip_names(reader);
    for (size_t i = 0; i < upvalue_count && !reader->broken; i++) {
        const bool is_upvalue_outside = upvalues[3 * i] == 0;
        if (!is_upvalue_outside || assigned->of[i] == 0) continue;
        note(outer, upvalues[3 * i + 1], assigned->of[i]);
    }
}

static void read_header(struct byte_reader *reader) {
    static const unsigned char expected[] = {
        0x1B, 'L', 'u', 'a', 0x54, 0, 0x19, 0x93, '\r', '\n', 0x1A, '\n',
        INSTRUCTION_BYTES, sizeof(lua_Integer), sizeof(lua_Number),
    };
    const unsigned char *header = byte_reader_take(reader, sizeof expected);
    if (header == NULL || memcmp(header, expected, sizeof expected) != 0) reader->broken = true;
    // Two numbers that show the byte order, and how many upvalues the function has.
    byte_reader_take(reader, sizeof(lua_Integer) + sizeof(lua_Number) + 1);
}

static int append(lua_State *lua, const void *bytes, size_t count, void *buffer) {
    (void)lua;
    byte_buffer_append(buffer, bytes, count);
    return 0;
}

struct upvalue_assignment upvalue_assignment_find(lua_State *lua, struct byte_buffer *scratch) {
    scratch->length = 0;
    lua_dump(lua, append, scratch, 0);
    struct byte_reader reader = {scratch->bytes, scratch->bytes + scratch->length, false};
    struct assigned_lines assigned = {0};
    struct assigned_lines outside = {0};
    read_header(&reader);
    read_function(&reader, &assigned, &outside);
    if (reader.broken || reader.at != reader.end) {
        luaL_error(lua, "the compiled form of a function is not that of Lua 5.4");
    }
    struct upvalue_assignment first = {0};
    for (int i = 0; i < UPVALUES_MAX; i++) {
        const uint32_t line = assigned.of[i];
        if (line == 0 || (first.upvalue > 0 && line >= first.line)) continue;
        first = (struct upvalue_assignment){i + 1, line};
    }
    return first;
}
