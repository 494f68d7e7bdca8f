#include "document.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

// The parser does not say where it met a bad number. This walks the text once more, with no regard
// to speed, up to the first number that is malformed or too large; up to there the text is valid.

enum { NUMBER_BYTES_MAX = 400 };

struct scan {
    const char *at;
    const char *end;
    struct path_step *path;
    uint32_t depth;
    uint32_t depth_max;
    bool reads_large_integers;
};

static const char does_not_fit[] = "does not fit a 64-bit integer";

static void skip_string(struct scan *scan) {
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') scan->at += *scan->at == '\\' ? 2 : 1;
    scan->at++;
}

static bool is_number_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte != 0 && strchr("+-.eE", byte) != NULL);
}

// NULL when the number is one that JSON and Lua can hold.
static const char *fault_of(const char *number, bool reads_large_integers) {
    const bool is_integer = strpbrk(number, ".eE") == NULL;
    const char *digits = number + (*number == '-');
    if (*digits < '0' || *digits > '9') return "is not a number";
    if (*digits == '0' && digits[1] >= '0' && digits[1] <= '9') return "has a leading zero";
    char *rest;
    errno = 0;
    if (is_integer && !reads_large_integers) strtoll(number, &rest, 10);
    else if (isinf(strtod(number, &rest))) return "is larger than a double can hold";
    if (is_integer && !reads_large_integers && errno == ERANGE) {
        return does_not_fit;
    }
    const char last = number[strlen(number) - 1];
    return *rest != 0 || last < '0' || last > '9' ? "is malformed" : NULL;
}

static const char *read_number(struct scan *scan, char number[NUMBER_BYTES_MAX]) {
    size_t length = 0;
    while (scan->at < scan->end && is_number_byte(*scan->at)) {
        if (length + 1 < NUMBER_BYTES_MAX) number[length++] = *scan->at;
        scan->at++;
    }
    number[length] = 0;
    return fault_of(number, scan->reads_large_integers);
}

// Whether a member's name, rather than a value, starts with the quote at this place.
static bool is_name(const struct scan *scan, const char *after_string) {
    if (scan->depth == 0) return false;
    while (after_string < scan->end && strchr(" \t\r\n", *after_string) != NULL) after_string++;
    return after_string < scan->end && *after_string == ':';
}

static void open_level(struct scan *scan) {
    const bool is_array = *scan->at == '[';
    if (scan->depth < scan->depth_max) {
        scan->path[scan->depth] = (struct path_step){is_array ? NULL : "", 0, 1};
    }
    scan->depth++;
    scan->at++;
}

void document_number_error(lua_State *lua, struct byte_span bytes, const char *root) {
    struct host *host = host_of(lua);
    struct scan scan = {
        .at = bytes.bytes,
        .end = bytes.bytes + bytes.length,
        .path = host->path,
        .depth_max = host->load.bounds.depth,
        .reads_large_integers = host->reads_large_integers,
    };
    while (scan.at < scan.end && scan.depth <= scan.depth_max) {
        struct path_step *step = scan.depth > 0 ? &scan.path[scan.depth - 1] : NULL;
        const char *start = scan.at;
        char number[NUMBER_BYTES_MAX];
        if (*start == '"') {
            skip_string(&scan);
            const bool names = step != NULL && is_name(&scan, scan.at);
            if (names) *step = (struct path_step){start + 1, (size_t)(scan.at - start) - 2, 0};
        } else if (*start == '{' || *start == '[') {
            open_level(&scan);
        } else if (*start == '}' || *start == ']') {
            if (scan.depth == 0) return;
            scan.depth--;
            scan.at++;
        } else if (*start == '-' || (*start >= '0' && *start <= '9')) {
            const char *fault = read_number(&scan, number);
            if (fault == NULL) continue;
            char path[256];
            document_path_text(host, root, scan.depth, path, sizeof path);
            // Long numbers are shown by their beginning.
            number[40] = 0;
            const bool has_advice = fault == does_not_fit;
            luaL_error(lua, "%s %s: %s%s", path, fault, number,
                has_advice ? "; " DOCUMENT_INTEGER_ADVICE : "");
        } else {
            if (*start == ',' && step != NULL && step->name == NULL) step->element++;
            scan.at++;
        }
    }
}
