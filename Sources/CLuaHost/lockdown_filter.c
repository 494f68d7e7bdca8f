#define _GNU_SOURCE
#include "lockdown_layers.h"

#include "frame.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>

struct rules {
    scmp_filter_ctx filter;
    bool complete;
};

// Adds a rule unless one before could not be added.
static void add(struct rules *rules, uint32_t action, int call, unsigned count,
    const struct scmp_arg_cmp *conditions) {
    if (!rules->complete) return;
    rules->complete =
        seccomp_rule_add_array(rules->filter, action, call, count, conditions) == 0;
}

static void allow(struct rules *rules, int call) {
    add(rules, SCMP_ACT_ALLOW, call, 0, NULL);
}

static void add_rules(struct rules *rules) {
    const struct scmp_arg_cmp socket_only[] = {
        {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = FRAME_DESCRIPTOR},
    };
    add(rules, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, socket_only);
    add(rules, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, socket_only);
    // Memory for malloc: never executable, never from a file. A masked comparison takes the mask
    // first, then what must remain.
    const struct scmp_arg_cmp anonymous_only[] = {
        {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0},
        {.arg = 3, .op = SCMP_CMP_MASKED_EQ, .datum_a = MAP_ANONYMOUS, .datum_b = MAP_ANONYMOUS},
    };
    add(rules, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, anonymous_only);
    allow(rules, SCMP_SYS(munmap));
    allow(rules, SCMP_SYS(mremap));
    allow(rules, SCMP_SYS(brk));
    // The end of each tick of the CPU clock.
    allow(rules, SCMP_SYS(rt_sigreturn));
    allow(rules, SCMP_SYS(exit_group));
    // Lua asks for the time once to seed its string hashes, and the host for how long events take
    // while somebody watches. Where the kernel serves that without a system call this never
    // happens; elsewhere they get an error, which they do not mind.
    const uint32_t denied = SCMP_ACT_ERRNO(EPERM);
    add(rules, denied, SCMP_SYS(clock_gettime), 0, NULL);
#ifdef __x86_64__
    add(rules, denied, SCMP_SYS(time), 0, NULL);
#endif
}

bool lockdown_filter(void) {
    const uint32_t kill = SCMP_ACT_KILL_PROCESS;
    struct rules rules = {.filter = seccomp_init(kill), .complete = true};
    if (rules.filter == NULL) return false;
    // Also for calls in another architecture's numbering.
    rules.complete = seccomp_attr_set(rules.filter, SCMP_FLTATR_ACT_BADARCH, kill) == 0;
    add_rules(&rules);
    const bool active = rules.complete && seccomp_load(rules.filter) == 0;
    seccomp_release(rules.filter);
    return active;
}
