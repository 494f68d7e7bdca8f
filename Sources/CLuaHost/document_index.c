#include "document_index.h"

#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    SLOTS_MIN = 64,
    POINTER_BITS = 64,
    // Decoding a member costs about as much as looking at so many names.
    NAMES_SEARCHED_PER_WORD = 8,
};

static void *allocate(void *old, size_t count, size_t size) {
    void *memory = realloc(old, count * size);
    if (memory == NULL) _exit(EXIT_OUT_OF_MEMORY);
    return memory;
}

static void set_slot_capacity(struct document_index *index, uint32_t capacity) {
    free(index->slots);
    index->slots = calloc(capacity, sizeof *index->slots);
    if (index->slots == NULL) _exit(EXIT_OUT_OF_MEMORY);
    index->slot_capacity = capacity;
    index->slot_shift = POINTER_BITS - (uint32_t)__builtin_ctz(capacity);
    // No slot that was just made has it.
    index->serial = 1;
}

void document_index_clear(struct document_index *index) {
    index->table_count = 0;
    index->word_count = 0;
    index->next_word = DOCUMENT_ROOT;
    index->next_place = 0;
    index->names_searched = 0;
    index->serial++;
    if (index->slot_capacity == 0 || index->slot_capacity > DOCUMENT_SLOTS_KEPT ||
        index->serial == 0) {
        set_slot_capacity(index, SLOTS_MIN);
    }
    if (index->word_capacity > DOCUMENT_WORDS_KEPT) {
        free(index->states);
        free(index->ranks);
        index->states = NULL;
        index->ranks = NULL;
        index->word_capacity = 0;
    }
    if (index->moved_capacity > 0) {
        free(index->moved_places);
        index->moved_places = NULL;
        index->moved_capacity = 0;
    }
}

// The parser read `parsed`, which differs from `source` only where ".0" was put in.
static void move_places(struct document_index *index, struct byte_span parsed) {
    index->moved_capacity = index->place_count + 1;
    index->moved_places =
        allocate(index->moved_places, index->moved_capacity, sizeof *index->moved_places);
    const struct byte_span source = index->source;
    size_t from = 0;
    size_t to = 0;
    for (size_t i = 0; i <= index->place_count; i++) {
        while (from < index->places[i]) {
            const bool is_same = to < source.length && parsed.bytes[from] == source.bytes[to];
            from += is_same ? 1 : 2;
            to += is_same ? 1 : 0;
        }
        index->moved_places[i] = (uint32_t)to;
    }
    index->places = index->moved_places;
}

void document_index_start(struct document_index *index, const moonrail_json_parser *parser,
    struct byte_span source, struct byte_span parsed) {
    index->source = source;
    index->tape = moonrail_json_parser_tape(parser);
    index->word_count = (uint32_t)moonrail_json_word_count(index->tape);
    index->places = moonrail_json_parser_places(parser, parsed.length, &index->place_count);
    if (index->word_count > index->word_capacity) {
        index->word_capacity = (size_t)index->word_count + index->word_count / 2 + 64;
        index->states = allocate(index->states, index->word_capacity, sizeof *index->states);
        index->ranks = allocate(index->ranks, index->word_capacity, sizeof *index->ranks);
    }
    memset(index->states, 0, index->word_count);
    if (parsed.bytes != source.bytes) move_places(index, parsed);
}

static void insert(struct document_index *index, struct document_slot slot) {
    uint32_t at = document_index_slot(index, slot.table);
    while (index->slots[at].serial == index->serial) at = (at + 1) & (index->slot_capacity - 1);
    slot.serial = index->serial;
    index->slots[at] = slot;
}

static void grow(struct document_index *index) {
    struct document_slot *old = index->slots;
    const uint32_t old_capacity = index->slot_capacity;
    const uint32_t old_serial = index->serial;
    index->slots = NULL;
    set_slot_capacity(index, old_capacity * 2);
    for (uint32_t i = 0; i < old_capacity; i++) {
        if (old[i].serial == old_serial) insert(index, old[i]);
    }
    free(old);
}

void document_index_add(struct document_index *index, const void *table, uint32_t node) {
    if (index->table_count >= index->slot_capacity / 2) grow(index);
    insert(index, (struct document_slot){.table = table, .node = node});
    index->table_count++;
}

// What a word takes on the tape, by the first byte of its text: nothing for what stands between
// values, two words for numbers. Each word that starts a value has a place, in the same order.
static const unsigned char words_of[256] = {
    ['{'] = 1, ['}'] = 1, ['['] = 1, [']'] = 1, ['"'] = 1, ['t'] = 1, ['f'] = 1, ['n'] = 1,
    ['-'] = 2, ['0'] = 2, ['1'] = 2, ['2'] = 2, ['3'] = 2, ['4'] = 2, ['5'] = 2, ['6'] = 2,
    ['7'] = 2, ['8'] = 2, ['9'] = 2,
};

// The place of a word.
static uint32_t rank_of(struct document_index *index, uint32_t node) {
    const unsigned char *source = (const unsigned char *)index->source.bytes;
    uint32_t word = index->next_word;
    uint32_t place = index->next_place;
    // Without branches: the place of a comma is written over by what follows it.
    for (; word <= node; place++) {
        index->ranks[word] = place;
        word += words_of[source[index->places[place]]];
    }
    index->next_word = word;
    index->next_place = place;
    return index->ranks[node];
}

size_t document_index_start_of(struct document_index *index, uint32_t node) {
    return index->places[rank_of(index, node)];
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

size_t document_index_end_of(struct document_index *index, uint32_t node) {
    const enum moonrail_json_mark mark = document_index_mark(index, node);
    const bool is_container =
        mark == MOONRAIL_JSON_MARK_OBJECT || mark == MOONRAIL_JSON_MARK_ARRAY;
    const uint32_t after = document_index_after(index, node);
    const bool is_last = after == document_index_after(index, DOCUMENT_ROOT) - 1;
    size_t end;
    if (is_container && node == DOCUMENT_ROOT) {
        return index->places[index->place_count - 1] + 1;
    } else if (is_last) {
        end = index->places[index->place_count - 1];
    } else if (is_container) {
        return document_index_start_of(index, after - 1) + 1;
    } else {
        end = index->places[rank_of(index, node) + 1];
    }
    while (is_space(index->source.bytes[end - 1])) end--;
    return end;
}

static bool is_text(
    const struct document_index *index, uint32_t node, const char *text, size_t length) {
    const struct byte_span own = document_index_text(index, node);
    return own.length == length && memcmp(own.bytes, text, length) == 0;
}

bool document_index_is_searched(const struct document_index *index) {
    return index->names_searched > (uint64_t)NAMES_SEARCHED_PER_WORD * index->word_count;
}

uint32_t document_index_take(
    struct document_index *index, uint32_t object, const char *name, size_t length) {
    const uint32_t end = document_index_after(index, object) - 1;
    uint32_t found = 0;
    index->names_searched += moonrail_json_count_of(index->tape.words[object]);
    for (uint32_t at = object + 1; at < end; at = document_index_after(index, at + 1)) {
        if (!is_text(index, at, name, length)) continue;
        if (index->states[at] & DOCUMENT_MEMBER_IS_TAKEN) return 0;
        if (found != 0) {
            index->states[found] |= DOCUMENT_MEMBER_IS_TAKEN | DOCUMENT_MEMBER_IS_HIDDEN;
            index->states[object] |= DOCUMENT_OBJECT_HIDES;
        }
        found = at;
    }
    if (found != 0) index->states[found] |= DOCUMENT_MEMBER_IS_TAKEN;
    return found;
}
