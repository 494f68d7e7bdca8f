#include "document.h"

#include <inttypes.h>
#include <stdio.h>

void document_path_text(
    const struct host *host, const char *root, uint32_t depth, char *text, size_t text_bytes) {
    size_t length = (size_t)snprintf(text, text_bytes, "%s", root);
    for (uint32_t i = 0; i < depth && length + 1 < text_bytes; i++) {
        const struct path_step *step = &host->path[i];
        const size_t room = text_bytes - length;
        int added;
        if (step->name == NULL) {
            added = snprintf(text + length, room, "[%" PRId64 "]", step->element);
        } else {
            const int shown = step->name_length < 64 ? (int)step->name_length : 64;
            const char *dot = length == 0 ? "" : ".";
            added = snprintf(text + length, room, "%s%.*s", dot, shown, step->name);
        }
        length += (size_t)added;
    }
}
