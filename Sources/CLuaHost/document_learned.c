#include "document_learned.h"

#include <string.h>

enum {
    // Documents decoded at once before one is lazy again, to see whether that still pays.
    WHOLE_IN_A_ROW = 255,
    // Larger documents are never decoded at once: the script's memory is to hold what it reads.
    WHOLE_WORDS_MAX = 4096,
    // What a member costs that is decoded when it is read, and one that was learned, in words of a
    // document that is decoded at once. Measured.
    WORDS_PER_MEMBER_READ = 5,
    WORDS_PER_NAME_LEARNED = 2,
    ROOT_SIZE_MAX = 32,
    // Events in a row whose documents are asked for before documents are opened early.
    ASKED_IN_A_ROW = 16,
    // Documents opened early before it is seen twice whether they still are asked for.
    EARLY_IN_A_ROW = 1000,
};

enum document_way document_way = DOCUMENT_WAY_IS_LEARNED;

int document_learned_add(
    struct document_learned *learned, const char *text, size_t length, bool is_read) {
    if (document_way == DOCUMENT_WAY_IS_LAZY || length > DOCUMENT_LEARNED_NAME_BYTES_MAX) return -1;
    const uint32_t added_count = learned->name_count - learned->read_count;
    const bool has_room = is_read ? learned->read_count < DOCUMENT_LEARNED_READ_MAX
                                  : added_count < DOCUMENT_LEARNED_ADDED_MAX;
    for (uint32_t i = 0; i < learned->name_count; i++) {
        struct document_learned_name *name = &learned->names[i];
        if (name->text != text) continue;
        if (is_read && !name->is_read && has_room) {
            name->is_read = true;
            learned->read_count++;
        }
        return -1;
    }
    if (!has_room || learned->name_count == DOCUMENT_LEARNED_NAMES_MAX) return -1;
    struct document_learned_name *name = &learned->names[learned->name_count];
    *name = (struct document_learned_name){
        .text = text, .length = (uint32_t)length, .is_read = is_read};
    memcpy(&name->start, text, length < sizeof name->start ? length : sizeof name->start);
    learned->lengths |= (uint64_t)1 << length;
    if (is_read) learned->read_count++;
    return (int)learned->name_count++;
}

void document_learned_note(struct document_learned *learned, uint32_t word_count) {
    const uint32_t size = learned->read_count + learned->names_added;
    if (size > learned->root_size) learned->root_size = size;
    if (learned->root_size > ROOT_SIZE_MAX) learned->root_size = ROOT_SIZE_MAX;
    const uint32_t cost = learned->members_read * WORDS_PER_MEMBER_READ +
        learned->read_count * WORDS_PER_NAME_LEARNED;
    if (learned->whole_left > 0) learned->whole_left--;
    else if (learned->members_read > 0 && cost > word_count) learned->whole_left = WHOLE_IN_A_ROW;
    learned->members_read = 0;
    learned->names_added = 0;
    learned->names_known = 0;
    learned->has_unknown_names = false;
    learned->has_other_keys = false;
}

bool document_learned_is_whole(const struct document_learned *learned, uint32_t word_count) {
    if (document_way != DOCUMENT_WAY_IS_LEARNED) return document_way == DOCUMENT_WAY_IS_WHOLE;
    return learned->whole_left > 0 && word_count <= WHOLE_WORDS_MAX;
}

bool document_learned_is_early(struct document_learned *learned) {
    const bool was_asked_for = learned->is_asked_for;
    learned->is_asked_for = false;
    if (document_way != DOCUMENT_WAY_IS_LEARNED) return false;
    if (learned->early_left > 0) return --learned->early_left > 0;
    learned->asked_in_row = was_asked_for ? learned->asked_in_row + 1 : 0;
    if (learned->asked_in_row < ASKED_IN_A_ROW) return false;
    learned->asked_in_row = ASKED_IN_A_ROW - 2;
    learned->early_left = EARLY_IN_A_ROW;
    return true;
}
