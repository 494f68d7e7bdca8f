#include "CJSON.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

// For each byte what stands behind the backslash when it must be escaped: 0 = nothing to escape,
// 'u' = \u00xx.
struct EscapeTable {
    char letter[256] = {};

    constexpr EscapeTable() {
        for (int byte = 0; byte < 0x20; byte++) letter[byte] = 'u';
        letter[static_cast<int>('\b')] = 'b';
        letter[static_cast<int>('\f')] = 'f';
        letter[static_cast<int>('\n')] = 'n';
        letter[static_cast<int>('\r')] = 'r';
        letter[static_cast<int>('\t')] = 't';
        letter[static_cast<int>('"')] = '"';
        letter[static_cast<int>('\\')] = '\\';
    }
};

constexpr EscapeTable escapes;
constexpr uint64_t each_byte = 0x0101010101010101u;
constexpr uint64_t top_bits = 0x8080808080808080u;

// The top bit of each byte that is zero (and perhaps of bytes above such a byte, which is enough to
// know whether there is one).
constexpr uint64_t zero_bytes(uint64_t word) {
    return (word - each_byte) & ~word & top_bits;
}

// Nonzero when one of eight ASCII bytes is a control character, a quote or a backslash.
constexpr uint64_t bytes_to_escape(uint64_t word) {
    return ((word - each_byte * 0x20) & ~word & top_bits) | zero_bytes(word ^ (each_byte * '"')) |
        zero_bytes(word ^ (each_byte * '\\'));
}

char *write_escaped(char *out, unsigned char byte) {
    const char letter = escapes.letter[byte];
    *out++ = '\\';
    *out++ = letter;
    if (letter != 'u') return out;
    *out++ = '0';
    *out++ = '0';
    *out++ = hex_digits[byte >> 4];
    *out++ = hex_digits[byte & 15];
    return out;
}

constexpr uint64_t powers_of_ten[] = {1, 10, 100, 1000, 10000};

// Writes a number of at most four decimals and 15 digits, as most are, in a fraction of the time
// that the search for the shortest text takes; returns NULL for another. No two decimals of 15
// digits are the same double, so that the first one that reads back as the number is the shortest.
char *write_few_decimals(char *out, double number) {
    const double magnitude = std::fabs(number);
    if (!(magnitude < 1e11)) return nullptr;
    for (size_t decimals = 0; decimals < std::size(powers_of_ten); decimals++) {
        const uint64_t power = powers_of_ten[decimals];
        const auto digits = static_cast<int64_t>(magnitude * static_cast<double>(power) + 0.5);
        if (static_cast<double>(digits) / static_cast<double>(power) != magnitude) continue;
        if (std::signbit(number)) *out++ = '-';
        const auto whole = static_cast<uint64_t>(digits) / power;
        auto fraction = static_cast<uint64_t>(digits) % power;
        out = std::to_chars(out, out + MOONRAIL_JSON_NUMBER_BYTES_MAX, whole).ptr;
        *out++ = '.';
        // An integral value gets one decimal, so that it stays a double.
        const size_t written = decimals == 0 ? 1 : decimals;
        for (size_t i = written; i > 0; i--, fraction /= 10) {
            out[i - 1] = static_cast<char>('0' + fraction % 10);
        }
        return out + written;
    }
    return nullptr;
}

}  // namespace

size_t moonrail_json_write_int64(char *out, int64_t number) {
    const auto result = std::to_chars(out, out + MOONRAIL_JSON_NUMBER_BYTES_MAX, number);
    return static_cast<size_t>(result.ptr - out);
}

size_t moonrail_json_write_double(char *out, double number) {
    if (char *end = write_few_decimals(out, number)) return static_cast<size_t>(end - out);
    if (!std::isfinite(number)) return 0;
    // Bounds as people expect them: 100000.0 rather than the equally short 1e+05.
    const double magnitude = std::fabs(number);
    const bool plain = number == 0 || (magnitude >= 1e-5 && magnitude < 1e16);
    const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
    const auto result = std::to_chars(out, out + MOONRAIL_JSON_NUMBER_BYTES_MAX, number, format);
    char *end = result.ptr;
    if (plain && std::memchr(out, '.', static_cast<size_t>(end - out)) == nullptr) {
        *end++ = '.';
        *end++ = '0';
    }
    return static_cast<size_t>(end - out);
}

size_t moonrail_json_string_bytes(const char *text, size_t length) {
    size_t bytes = length + 2;
    for (size_t i = 0; i < length; i++) {
        const char letter = escapes.letter[static_cast<unsigned char>(text[i])];
        if (letter != 0) bytes += letter == 'u' ? 5 : 1;
    }
    return bytes;
}

size_t moonrail_json_write_string(char *out, const char *text, size_t length) {
    char *at = out;
    uint64_t seen = 0;
    size_t i = 0;
    *at++ = '"';
    while (i + 8 <= length) {
        uint64_t word;
        std::memcpy(&word, text + i, sizeof word);
        seen |= word;
        if (bytes_to_escape(word) == 0) {
            std::memcpy(at, &word, sizeof word);
            at += 8;
            i += 8;
            continue;
        }
        for (const size_t end = i + 8; i < end; i++) {
            const auto byte = static_cast<unsigned char>(text[i]);
            if (escapes.letter[byte] == 0) *at++ = text[i];
            else at = write_escaped(at, byte);
        }
    }
    for (; i < length; i++) {
        const auto byte = static_cast<unsigned char>(text[i]);
        seen |= static_cast<uint64_t>(byte) << 56;
        if (escapes.letter[byte] == 0) *at++ = text[i];
        else at = write_escaped(at, byte);
    }
    *at++ = '"';
    if ((seen & top_bits) != 0 && !moonrail_json_is_utf8(text, length)) return 0;
    return static_cast<size_t>(at - out);
}
