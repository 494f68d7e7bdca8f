#define _GNU_SOURCE
#include "lockdown_layers.h"

#include <stdint.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

// Landlock's interface is declared here: the headers of Debian 12 lack the later versions, and the
// kernel may be newer than they are.

enum {
    CALL_CREATE_RULESET = 444,
    CALL_RESTRICT_SELF = 446,
    ASKS_FOR_VERSION = 1,
};

// What a ruleset governs. Whatever it governs and no rule allows is refused, and we add no rule.
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

// The attributes that a version of the interface knows.
static struct ruleset ruleset_of(long version, size_t *bytes) {
    enum { FILES_1 = 13, FILES_2 = 14, FILES_3 = 15, FILES_5 = 16, TCP = 2, SCOPES = 2 };
    int files = FILES_1;
    if (version >= 2) files = FILES_2;
    if (version >= 3) files = FILES_3;
    if (version >= 5) files = FILES_5;
    struct ruleset ruleset = {.files = (UINT64_C(1) << files) - 1};
    *bytes = offsetof(struct ruleset, network);
    if (version >= 4) {
        ruleset.network = (UINT64_C(1) << TCP) - 1;
        *bytes = offsetof(struct ruleset, scopes);
    }
    if (version >= 6) {
        ruleset.scopes = (UINT64_C(1) << SCOPES) - 1;
        *bytes = sizeof ruleset;
    }
    return ruleset;
}

bool lockdown_landlock(void) {
    const long version = syscall(CALL_CREATE_RULESET, NULL, (size_t)0, ASKS_FOR_VERSION);
    if (version < 1) return false;
    size_t bytes;
    const struct ruleset ruleset = ruleset_of(version, &bytes);
    const long descriptor = syscall(CALL_CREATE_RULESET, &ruleset, bytes, 0);
    if (descriptor < 0) return false;
    const bool restricted = syscall(CALL_RESTRICT_SELF, (int)descriptor, 0) == 0;
    close((int)descriptor);
    return restricted;
}
