#define _GNU_SOURCE
#include "lockdown.h"

#include "exit_codes.h"
#include "frame.h"
#include "lockdown_layers.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    // A document's reader and writer recurse at most 1,000 levels deep, Lua's C code 200.
    STACK_BYTES_MAX = 8 * 1024 * 1024,
};

static void require(bool done) {
    if (!done) _exit(EXIT_LOCKDOWN_FAILED);
}

// When the machine runs out of memory, a host is what the kernel should end, never its worker.
static bool offer_to_be_ended_first(void) {
    const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool written = write(file, "1000", 4) == 4;
    close(file);
    return written;
}

// Everything that was inherited, the standard streams included: only the socket stays.
static void close_descriptors(void) {
    require(close_range(0, FRAME_DESCRIPTOR - 1, 0) == 0);
    require(close_range(FRAME_DESCRIPTOR + 1, ~0u, 0) == 0);
}

// The worker passes none; whoever else starts a host may have secrets in it.
static void erase_environment(void) {
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        memset(*variable, 0, strlen(*variable));
    }
    clearenv();
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
    bound(RLIMIT_STACK, STACK_BYTES_MAX);
    // A backstop far above what the allocator allows a script and the frames need.
    bound(RLIMIT_AS, (rlim_t)4 << 30);
}

struct layer {
    const char *name;
    bool is_active;
};

static void append_layers(struct byte_buffer *out, const struct layer *layers, size_t count) {
    struct byte_buffer text = {0};
    for (size_t i = 0; i < count; i++) {
        const char *value = layers[i].is_active ? "\":true" : "\":false";
        byte_buffer_append(&text, i == 0 ? "{\"" : ",\"", 2);
        byte_buffer_append(&text, layers[i].name, strlen(layers[i].name));
        byte_buffer_append(&text, value, strlen(value));
    }
    byte_buffer_append_u8(&text, '}');
    byte_buffer_append_text(out, (const char *)text.bytes, text.length);
    byte_buffer_free(&text);
}

static void lock_down(struct byte_buffer *layers, bool allows_missing_seccomp) {
    const bool ended_first = offer_to_be_ended_first();
    close_descriptors();
    erase_environment();
    const struct isolation isolation = lockdown_isolate();
    // After the change of user, which takes both back.
    require(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
    require(prctl(PR_SET_DUMPABLE, 0) == 0);
    require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    const bool landlock = lockdown_landlock();
    bound_resources();
    const bool seccomp = lockdown_filter();
    require(seccomp || allows_missing_seccomp);
    const struct layer all[] = {
        {"closed_descriptors", true},
        {"dies_with_worker", true},
        {"empty_environment", true},
        {"empty_root", isolation.empty_root},
        {"ended_first", ended_first},
        {"ipc_namespace", isolation.ipc_namespace},
        {"landlock", landlock},
        {"mount_namespace", isolation.mount_namespace},
        {"network_namespace", isolation.network_namespace},
        {"no_capabilities", isolation.no_capabilities},
        {"no_new_privs", true},
        {"not_dumpable", true},
        {"resource_limits", true},
        {"seccomp", seccomp},
        {"unprivileged_user", isolation.unprivileged_user},
        {"user_namespace", isolation.user_namespace},
    };
    append_layers(layers, all, sizeof all / sizeof *all);
}

void lockdown(struct byte_buffer *layers, bool allows_missing_seccomp) {
    // A worker that closed the socket shows as an error of write, not as a signal.
    require(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
#ifndef MOONRAIL_WITHOUT_LOCKDOWN
    lock_down(layers, allows_missing_seccomp);
#else
    // For sanitizers, which need files and more system calls.
    static const struct layer none[] = {{"seccomp", false}};
    (void)lock_down;
    (void)allows_missing_seccomp;
    append_layers(layers, none, 1);
#endif
}
