#define _GNU_SOURCE
#include "lockdown.h"

#include "exit_codes.h"
#include "frame.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void require(bool done) {
    if (!done) _exit(EXIT_LOCKDOWN_FAILED);
}

// Everything that was inherited, the standard streams included: only the socket stays.
static void close_descriptors(void) {
    require(close_range(0, FRAME_DESCRIPTOR - 1, 0) == 0);
    require(close_range(FRAME_DESCRIPTOR + 1, ~0u, 0) == 0);
}

static void bound(__rlimit_resource_t resource, rlim_t most) {
    struct rlimit limit;
    require(getrlimit(resource, &limit) == 0);
    if (limit.rlim_max < most) most = limit.rlim_max;
    limit.rlim_cur = most;
    limit.rlim_max = most;
    require(setrlimit(resource, &limit) == 0);
}

static void bound_resources(void) {
    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_FSIZE, 0);
    bound(RLIMIT_NOFILE, 0);
    bound(RLIMIT_NPROC, 0);
    bound(RLIMIT_MEMLOCK, 0);
    bound(RLIMIT_MSGQUEUE, 0);
    // A backstop far above what the allocator allows a script and the frames need.
    bound(RLIMIT_AS, (rlim_t)4 << 30);
}

static void allow(scmp_filter_ctx filter, int call) {
    require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0);
}

static void allow_if(
    scmp_filter_ctx filter, int call, unsigned count, const struct scmp_arg_cmp *conditions) {
    require(seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, count, conditions) == 0);
}

static void filter_system_calls(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    require(filter != NULL);
    const uint32_t kill = SCMP_ACT_KILL_PROCESS;
    // Also for calls in another architecture's numbering.
    require(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, kill) == 0);
    const struct scmp_arg_cmp socket_only[] = {
        {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = FRAME_DESCRIPTOR},
    };
    allow_if(filter, SCMP_SYS(read), 1, socket_only);
    allow_if(filter, SCMP_SYS(write), 1, socket_only);
    // Memory for malloc: never executable, never from a file. A masked comparison takes the mask
    // first, then what must remain.
    const struct scmp_arg_cmp anonymous_only[] = {
        {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0},
        {.arg = 3, .op = SCMP_CMP_MASKED_EQ, .datum_a = MAP_ANONYMOUS, .datum_b = MAP_ANONYMOUS},
    };
    allow_if(filter, SCMP_SYS(mmap), 2, anonymous_only);
    allow(filter, SCMP_SYS(munmap));
    allow(filter, SCMP_SYS(mremap));
    allow(filter, SCMP_SYS(brk));
    // The end of each tick of the CPU clock.
    allow(filter, SCMP_SYS(rt_sigreturn));
    allow(filter, SCMP_SYS(exit_group));
    // Lua asks for the time once to seed its string hashes. Where the kernel serves that without a
    // system call this never happens; elsewhere it gets an error, which it does not mind.
    const uint32_t denied = SCMP_ACT_ERRNO(EPERM);
    require(seccomp_rule_add(filter, denied, SCMP_SYS(clock_gettime), 0) == 0);
#ifdef __x86_64__
    require(seccomp_rule_add(filter, denied, SCMP_SYS(time), 0) == 0);
#endif
    require(seccomp_load(filter) == 0);
    seccomp_release(filter);
}

void lockdown(struct byte_buffer *layers) {
    // A worker that closed the socket shows as an error of write, not as a signal.
    require(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
#ifndef MOONRAIL_WITHOUT_LOCKDOWN
    require(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
    require(prctl(PR_SET_DUMPABLE, 0) == 0);
    close_descriptors();
    bound_resources();
    require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    filter_system_calls();
    static const char active[] =
        "{\"closed_descriptors\":true,\"dies_with_worker\":true,\"no_new_privs\":true,"
        "\"not_dumpable\":true,\"resource_limits\":true,\"seccomp\":true}";
#else
    (void)filter_system_calls;
    (void)bound_resources;
    (void)close_descriptors;
    static const char active[] = "{\"seccomp\":false}";
#endif
    byte_buffer_append_text(layers, active, sizeof active - 1);
}
