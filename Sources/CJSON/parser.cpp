#include "CJSON.h"

#include <simdjson.h>

#include <new>

struct moonrail_json_parser {
    simdjson::dom::parser parser;
};

namespace {

// simdjson counts the root as a level of its own.
constexpr uint32_t root_levels = 1;

}  // namespace

moonrail_json_parser *moonrail_json_parser_create(uint32_t depth_max) {
    auto *made = new (std::nothrow) moonrail_json_parser;
    if (made == nullptr) return nullptr;
    if (made->parser.allocate(simdjson::dom::MINIMAL_DOCUMENT_CAPACITY, depth_max + root_levels)) {
        delete made;
        return nullptr;
    }
    return made;
}

void moonrail_json_parser_destroy(moonrail_json_parser *parser) {
    delete parser;
}

int moonrail_json_parse(
    moonrail_json_parser *parser, const char *bytes, size_t length, bool padded) {
    return static_cast<int>(parser->parser.parse(bytes, length, !padded).error());
}

const char *moonrail_json_error_message(int code) {
    switch (static_cast<simdjson::error_code>(code)) {
    case simdjson::SUCCESS: return "no error";
    case simdjson::CAPACITY: return "it is too large";
    case simdjson::MEMALLOC: return "memory is short";
    case simdjson::TAPE_ERROR: return "a bracket, comma or colon is missing or misplaced";
    case simdjson::DEPTH_ERROR: return "it is nested too deeply";
    case simdjson::STRING_ERROR: return "a string has a bad escape";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR: return "a word other than true, false or null";
    case simdjson::NUMBER_ERROR: return "a number is malformed or too large";
    case simdjson::UTF8_ERROR: return "it is not UTF-8";
    case simdjson::EMPTY: return "it is empty";
    case simdjson::UNESCAPED_CHARS: return "a string has an unescaped control character";
    case simdjson::UNCLOSED_STRING: return "a string is not closed";
    default: return "it is malformed";
    }
}

bool moonrail_json_error_is_depth(int code) {
    return code == simdjson::DEPTH_ERROR;
}

bool moonrail_json_error_is_number(int code) {
    return code == simdjson::NUMBER_ERROR;
}

moonrail_json_tape moonrail_json_parser_tape(const moonrail_json_parser *parser) {
    return {parser->parser.doc.tape.get(), parser->parser.doc.string_buf.get()};
}

const uint32_t *moonrail_json_parser_places(
    const moonrail_json_parser *parser, size_t length, size_t *count) {
    auto &implementation = *parser->parser.implementation;
    *count = implementation.n_structural_indexes;
    uint32_t *places = implementation.structural_indexes.get();
    places[*count] = static_cast<uint32_t>(length);
    return places;
}

bool moonrail_json_is_utf8(const char *text, size_t length) {
    return simdjson::validate_utf8(text, length);
}
