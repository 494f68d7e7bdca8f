#include "document_learned.h"

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
};

enum document_way document_way = DOCUMENT_WAY_IS_LEARNED;

void document_learned_note(struct document_learned *learned, uint32_t word_count) {
    const uint32_t size = learned->name_count + learned->names_added;
    if (size > learned->root_size) learned->root_size = size;
    if (learned->root_size > ROOT_SIZE_MAX) learned->root_size = ROOT_SIZE_MAX;
    const uint32_t cost = learned->members_read * WORDS_PER_MEMBER_READ +
        learned->name_count * WORDS_PER_NAME_LEARNED;
    if (learned->whole_left > 0) learned->whole_left--;
    else if (learned->members_read > 0 && cost > word_count) learned->whole_left = WHOLE_IN_A_ROW;
    learned->members_read = 0;
    learned->names_added = 0;
}

bool document_learned_is_whole(const struct document_learned *learned, uint32_t word_count) {
    if (document_way != DOCUMENT_WAY_IS_LEARNED) return document_way == DOCUMENT_WAY_IS_WHOLE;
    return learned->whole_left > 0 && word_count <= WHOLE_WORDS_MAX;
}
