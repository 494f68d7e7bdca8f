#include "CJSON.h"

#include <cstring>

namespace {

// Where the member's value starts, or 0 (the root's index, so never a member's).
size_t find_member(moonrail_json_tape tape, size_t object, const char *name, size_t length) {
    size_t found = 0;
    size_t at = object + 1;
    const size_t end = moonrail_json_index_after(tape.words[object]) - 1;
    while (at < end) {
        uint32_t key_length;
        const char *key = moonrail_json_text_of(tape, tape.words[at], &key_length);
        if (key_length == length && std::memcmp(key, name, length) == 0) found = at + 1;
        at = moonrail_json_word_after(tape, at + 1);
    }
    return found;
}

// Where the element starts, or 0 when `digits` is no index of this array.
size_t find_element(moonrail_json_tape tape, size_t array, const char *digits, size_t length) {
    if (length == 0 || length > 9) return 0;
    size_t wanted = 0;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9') return 0;
        wanted = wanted * 10 + static_cast<size_t>(digits[i] - '0');
    }
    size_t at = array + 1;
    const size_t end = moonrail_json_index_after(tape.words[array]) - 1;
    for (; at < end; wanted--) {
        if (wanted == 0) return at;
        at = moonrail_json_word_after(tape, at);
    }
    return 0;
}

moonrail_json_value value_at(moonrail_json_tape tape, size_t at) {
    moonrail_json_value value{};
    switch (moonrail_json_mark_of(tape.words[at])) {
    case MOONRAIL_JSON_MARK_NULL: value.kind = MOONRAIL_JSON_NULL; break;
    case MOONRAIL_JSON_MARK_FALSE: value.kind = MOONRAIL_JSON_FALSE; break;
    case MOONRAIL_JSON_MARK_TRUE: value.kind = MOONRAIL_JSON_TRUE; break;
    case MOONRAIL_JSON_MARK_ARRAY: value.kind = MOONRAIL_JSON_ARRAY; break;
    case MOONRAIL_JSON_MARK_OBJECT: value.kind = MOONRAIL_JSON_OBJECT; break;
    case MOONRAIL_JSON_MARK_INT64:
        value.kind = MOONRAIL_JSON_INT64;
        std::memcpy(&value.int64, &tape.words[at + 1], sizeof value.int64);
        break;
    case MOONRAIL_JSON_MARK_UINT64:
        value.kind = MOONRAIL_JSON_UINT64;
        value.uint64 = tape.words[at + 1];
        break;
    case MOONRAIL_JSON_MARK_DOUBLE:
        value.kind = MOONRAIL_JSON_DOUBLE;
        std::memcpy(&value.float64, &tape.words[at + 1], sizeof value.float64);
        break;
    case MOONRAIL_JSON_MARK_STRING: {
        uint32_t length;
        value.kind = MOONRAIL_JSON_STRING;
        value.text = moonrail_json_text_of(tape, tape.words[at], &length);
        value.text_length = length;
        break;
    }
    default: break;
    }
    return value;
}

}  // namespace

moonrail_json_value moonrail_json_find(
    const moonrail_json_parser *parser, const char *path, size_t path_length) {
    const moonrail_json_tape tape = moonrail_json_parser_tape(parser);
    size_t at = 1;
    size_t start = 0;
    while (path_length > 0 && start <= path_length) {
        const void *dot = std::memchr(path + start, '.', path_length - start);
        const size_t end = dot == nullptr
            ? path_length
            : static_cast<size_t>(static_cast<const char *>(dot) - path);
        const enum moonrail_json_mark mark = moonrail_json_mark_of(tape.words[at]);
        if (mark == MOONRAIL_JSON_MARK_OBJECT) {
            at = find_member(tape, at, path + start, end - start);
        } else if (mark == MOONRAIL_JSON_MARK_ARRAY) {
            at = find_element(tape, at, path + start, end - start);
        } else {
            at = 0;
        }
        if (at == 0) return moonrail_json_value{};
        start = end + 1;
    }
    return value_at(tape, at);
}
