#ifndef MOONRAIL_CJSON_H
#define MOONRAIL_CJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A JSON parser with its buffers, to be used again for one document after the other.
/// Not thread safe: one thread uses a parser at a time.
typedef struct moonrail_json_parser moonrail_json_parser;

/// Bytes that must be readable (whatever they hold) behind a document that is parsed in place.
enum { MOONRAIL_JSON_PADDING = 64 };

/// Room for any number as `moonrail_json_write_int64` and `moonrail_json_write_double` write it.
enum { MOONRAIL_JSON_NUMBER_BYTES_MAX = 32 };

/// Makes a parser that refuses documents nested deeper than `depth_max` arrays and objects.
/// Returns NULL when memory is short.
moonrail_json_parser *moonrail_json_parser_create(uint32_t depth_max);

/// Frees a parser and the document it holds. NULL is allowed.
void moonrail_json_parser_destroy(moonrail_json_parser *parser);

/// Parses one document and keeps it in the parser until the next call. Returns 0, or a code for
/// `moonrail_json_error_message`. With `padded`, MOONRAIL_JSON_PADDING bytes behind the document
/// are readable and it is parsed in place; otherwise it is copied first. The document copies all it
/// needs: `bytes` may go away afterwards. Strings are checked to be UTF-8. Never throws.
int moonrail_json_parse(
    moonrail_json_parser *parser, const char *bytes, size_t length, bool padded);

/// A short sentence for a code other than 0, such as "a number is malformed or too large". Static.
const char *moonrail_json_error_message(int code);

/// True when the code says that the document is nested too deeply.
bool moonrail_json_error_is_depth(int code);

/// True when the code says that a number is malformed or does not fit 64 bits.
bool moonrail_json_error_is_number(int code);

/// The last parsed document as simdjson leaves it: a word per value, plus the decoded strings.
/// The top byte of a word is its `moonrail_json_mark`, the other bits are its payload. Word 0 is
/// the root mark; the document's value starts at word 1.
typedef struct {
    const uint64_t *words;
    const unsigned char *strings;
} moonrail_json_tape;

/// What a word of the tape is.
enum moonrail_json_mark {
    MOONRAIL_JSON_MARK_ROOT = 'r',
    MOONRAIL_JSON_MARK_OBJECT = '{',
    MOONRAIL_JSON_MARK_OBJECT_END = '}',
    MOONRAIL_JSON_MARK_ARRAY = '[',
    MOONRAIL_JSON_MARK_ARRAY_END = ']',
    /// Payload: where in `strings` a u32 length, the text and a zero byte stand.
    MOONRAIL_JSON_MARK_STRING = '"',
    /// The number itself is the next word; the same holds for the two below.
    MOONRAIL_JSON_MARK_INT64 = 'l',
    /// Only for integers above INT64_MAX.
    MOONRAIL_JSON_MARK_UINT64 = 'u',
    MOONRAIL_JSON_MARK_DOUBLE = 'd',
    MOONRAIL_JSON_MARK_TRUE = 't',
    MOONRAIL_JSON_MARK_FALSE = 'f',
    MOONRAIL_JSON_MARK_NULL = 'n',
};

/// The tape of the last document that was parsed without an error; valid until the next parse.
moonrail_json_tape moonrail_json_parser_tape(const moonrail_json_parser *parser);

/// Where the parts of the last parsed document start, as byte positions in order: its brackets,
/// braces, colons and commas, and its strings, numbers and words. One position more, the document's
/// length, stands behind the `count`. Valid as long as the tape; `length` is the document's.
const uint32_t *moonrail_json_parser_places(
    const moonrail_json_parser *parser, size_t length, size_t *count);

/// The number of words on a tape, the root marks included.
static inline size_t moonrail_json_word_count(moonrail_json_tape tape) {
    return (size_t)(tape.words[0] & 0x00FFFFFFFFFFFFFFu);
}

/// The mark of a word.
static inline enum moonrail_json_mark moonrail_json_mark_of(uint64_t word) {
    return (enum moonrail_json_mark)(word >> 56);
}

/// The payload of a word: for a string its place, for an array or object see the two below.
static inline uint64_t moonrail_json_payload_of(uint64_t word) {
    return word & 0x00FFFFFFFFFFFFFFu;
}

/// For the word that opens an array or object: the index of the word behind its end.
static inline size_t moonrail_json_index_after(uint64_t word) {
    return (size_t)(word & 0xFFFFFFFFu);
}

/// For the word that opens an array or object: the number of its members, at most 2^24 - 1 (which
/// then means "or more").
static inline uint32_t moonrail_json_count_of(uint64_t word) {
    return (uint32_t)(word >> 32) & 0xFFFFFFu;
}

/// The index of the word behind the value that starts at `at`.
static inline size_t moonrail_json_word_after(moonrail_json_tape tape, size_t at) {
    const uint64_t word = tape.words[at];
    switch (moonrail_json_mark_of(word)) {
    case MOONRAIL_JSON_MARK_OBJECT:
    case MOONRAIL_JSON_MARK_ARRAY: return moonrail_json_index_after(word);
    case MOONRAIL_JSON_MARK_INT64:
    case MOONRAIL_JSON_MARK_UINT64:
    case MOONRAIL_JSON_MARK_DOUBLE: return at + 2;
    default: return at + 1;
    }
}

/// The text of a string word.
static inline const char *moonrail_json_text_of(
    moonrail_json_tape tape, uint64_t word, uint32_t *length) {
    const unsigned char *at = tape.strings + moonrail_json_payload_of(word);
    __builtin_memcpy(length, at, sizeof *length);
    return (const char *)at + sizeof *length;
}

/// The kind of a value that `moonrail_json_find` found.
typedef enum {
    MOONRAIL_JSON_MISSING = 0,
    MOONRAIL_JSON_NULL,
    MOONRAIL_JSON_FALSE,
    MOONRAIL_JSON_TRUE,
    MOONRAIL_JSON_INT64,
    /// Only for integers above INT64_MAX.
    MOONRAIL_JSON_UINT64,
    MOONRAIL_JSON_DOUBLE,
    MOONRAIL_JSON_STRING,
    MOONRAIL_JSON_ARRAY,
    MOONRAIL_JSON_OBJECT,
} moonrail_json_kind;

/// A value found in a document. Only the member that belongs to `kind` is set.
typedef struct {
    moonrail_json_kind kind;
    /// For STRING: the decoded text, valid until the parser's next document.
    const char *text;
    size_t text_length;
    int64_t int64;
    uint64_t uint64;
    double float64;
} moonrail_json_value;

/// Finds the value at a field path such as `order.lines.0.price` (from 0 for arrays) in the last
/// parsed document; an empty path means the whole document. Where an object has a key twice, the
/// last one counts. `kind` is MISSING when there is no such value. Reads only the path's levels.
/// To be called only after a parse that returned 0.
moonrail_json_value moonrail_json_find(
    const moonrail_json_parser *parser, const char *path, size_t path_length);

/// Writes an integer and returns its length. `out` has MOONRAIL_JSON_NUMBER_BYTES_MAX bytes.
size_t moonrail_json_write_int64(char *out, int64_t number);

/// Writes the shortest text that reads back as the same double, and returns its length. A double
/// with an integral value gets `.0` or an exponent, so that it stays a double. Returns 0 for
/// infinities and NaN, which JSON can't hold. `out` has MOONRAIL_JSON_NUMBER_BYTES_MAX bytes.
size_t moonrail_json_write_double(char *out, double number);

/// Bytes that `moonrail_json_write_string` may need at most for a text of this length.
static inline size_t moonrail_json_string_bytes_max(size_t length) {
    return 6 * length + 2;
}

/// Bytes that `moonrail_json_write_string` needs for exactly this text.
size_t moonrail_json_string_bytes(const char *text, size_t length);

/// Writes a text as a JSON string with its quotes, escapes only what RFC 8259 requires, and returns
/// its length; returns 0 when the text is not UTF-8. `out` has room for
/// `moonrail_json_string_bytes(text, length)` bytes.
size_t moonrail_json_write_string(char *out, const char *text, size_t length);

/// True when the bytes are well-formed UTF-8.
bool moonrail_json_is_utf8(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
