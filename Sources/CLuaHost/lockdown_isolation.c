#define _GNU_SOURCE
#include "lockdown_layers.h"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    // Owns no files: "nobody" on Debian, and what the kernel shows for users of other namespaces.
    UNPRIVILEGED_ID = 65534,
};

// As root at once; as anybody else, once a user namespace has given the right to.
static void leave_namespaces(struct isolation *got) {
    if (!got->mount_namespace) got->mount_namespace = unshare(CLONE_NEWNS) == 0;
    if (!got->network_namespace) got->network_namespace = unshare(CLONE_NEWNET) == 0;
    if (!got->ipc_namespace) got->ipc_namespace = unshare(CLONE_NEWIPC) == 0;
}

// Puts an empty, read-only file system where the machine's was, and lets that one go.
static bool empty_root(void) {
    // Otherwise the machine would see what is mounted here.
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
    if (mount("none", "/proc", "tmpfs", flags, "size=4k,nr_inodes=2,mode=555") != 0) return false;
    if (chdir("/proc") != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return false;
    // Both lie at the same place now; the old one is on top.
    return umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
}

static bool leave_root_user(void) {
    if (geteuid() != 0 && getuid() != 0) return true;
    if (setgroups(0, NULL) != 0) return false;
    if (setresgid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID) != 0) return false;
    return setresuid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID) == 0;
}

static bool drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    return syscall(SYS_capset, &header, none) == 0;
}

struct isolation lockdown_isolate(void) {
    struct isolation got = {0};
    leave_namespaces(&got);
    if (got.mount_namespace) got.empty_root = empty_root();
    got.unprivileged_user = leave_root_user();
    // A user namespace of its own gives a process nothing beyond it, even where it found a way to
    // get capabilities. It can't be had behind a chroot, but behind a pivot_root it can.
    got.user_namespace = unshare(CLONE_NEWUSER) == 0;
    if (got.user_namespace) leave_namespaces(&got);
    if (got.mount_namespace && !got.empty_root) got.empty_root = empty_root();
    got.no_capabilities = drop_capabilities();
    return got;
}
