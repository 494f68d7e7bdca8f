// Locks itself down as the function host does, makes one system call and leaves with what came of
// it, if it still can: lockdown-probe NAME ARGUMENT...
//
// An argument is a number, `@text` for the address of a text, or `&` for that of 256 zero bytes.
#define _GNU_SOURCE
#include "../../Sources/CLuaHost/lockdown.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// How it leaves; the test knows these numbers.
enum {
    PROBE_CALL_RETURNED = 10,
    PROBE_CALL_NOT_PERMITTED = 11,
    PROBE_CALL_FAILED = 12,
    PROBE_CALL_NOT_HERE = 20,
    PROBE_BAD_ARGUMENTS = 21,
};

enum { ARGUMENTS_MAX = 6, NOT_HERE = -1, OTHER_NUMBERING = -2, OTHER_ARCHITECTURE = -3 };

#define CALL(name) {#name, SYS_##name}

static const struct {
    const char *name;
    long number;
} calls[] = {
    CALL(accept4), CALL(add_key), CALL(bind), CALL(bpf), CALL(brk), CALL(capset), CALL(chdir),
    CALL(chroot), CALL(clock_gettime), CALL(clock_settime), CALL(clone), CALL(clone3),
    CALL(connect), CALL(delete_module), CALL(dup), CALL(epoll_create1), CALL(eventfd2),
    CALL(execve), CALL(execveat), CALL(exit), CALL(fanotify_init), CALL(fchmod), CALL(fchmodat),
    CALL(fcntl), CALL(finit_module), CALL(flock), CALL(fstat), CALL(ftruncate), CALL(futex),
    CALL(getcwd), CALL(getdents64), CALL(getpid), CALL(getppid), CALL(getrandom), CALL(getrusage),
    CALL(gettimeofday), CALL(getuid), CALL(init_module), CALL(inotify_init1), CALL(io_setup),
    CALL(io_uring_enter), CALL(io_uring_setup), CALL(ioctl), CALL(kcmp), CALL(kexec_load),
    CALL(keyctl), CALL(kill), CALL(landlock_create_ruleset), CALL(linkat), CALL(listen),
    CALL(lseek), CALL(madvise), CALL(membarrier), CALL(memfd_create), CALL(mkdirat), CALL(mknodat),
    CALL(mlock), CALL(mmap), CALL(mount), CALL(mprotect), CALL(mremap), CALL(munmap),
    CALL(name_to_handle_at), CALL(nanosleep), CALL(open_by_handle_at), CALL(openat), CALL(openat2),
    CALL(perf_event_open), CALL(personality), CALL(pidfd_open), CALL(pidfd_send_signal),
    CALL(pipe2), CALL(pivot_root), CALL(pkey_mprotect), CALL(ppoll), CALL(prctl), CALL(pread64),
    CALL(prlimit64), CALL(process_vm_readv), CALL(process_vm_writev), CALL(ptrace), CALL(pwrite64),
    CALL(read), CALL(readlinkat), CALL(readv), CALL(reboot), CALL(recvmsg), CALL(renameat2),
    CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigqueueinfo), CALL(sched_setaffinity),
    CALL(sched_yield), CALL(seccomp), CALL(sendmsg), CALL(sendto), CALL(set_tid_address),
    CALL(setgid), CALL(setitimer), CALL(setns), CALL(setpriority), CALL(setrlimit), CALL(setsid),
    CALL(setuid), CALL(shmat), CALL(shmget), CALL(signalfd4), CALL(socket), CALL(socketpair),
    CALL(splice), CALL(statx), CALL(swapon), CALL(symlinkat), CALL(syslog), CALL(tgkill),
    CALL(timer_create), CALL(timerfd_create), CALL(tkill), CALL(umount2), CALL(uname),
    CALL(unlinkat), CALL(unshare), CALL(userfaultfd), CALL(utimensat), CALL(vhangup), CALL(wait4),
    CALL(write), CALL(writev),
    // Calls of the oldest architectures.
#ifdef __x86_64__
    CALL(chmod), CALL(fork), CALL(ioperm), CALL(iopl), CALL(link), CALL(mkdir), CALL(modify_ldt),
    CALL(open), CALL(pause), CALL(pipe), CALL(readlink), CALL(rename), CALL(symlink), CALL(time),
    CALL(unlink), CALL(vfork),
    {"getpid-in-x32", OTHER_NUMBERING}, {"getpid-in-32-bit", OTHER_ARCHITECTURE},
#else
    {"chmod", NOT_HERE}, {"fork", NOT_HERE}, {"ioperm", NOT_HERE}, {"iopl", NOT_HERE},
    {"link", NOT_HERE}, {"mkdir", NOT_HERE}, {"modify_ldt", NOT_HERE}, {"open", NOT_HERE},
    {"pause", NOT_HERE}, {"pipe", NOT_HERE}, {"readlink", NOT_HERE}, {"rename", NOT_HERE},
    {"symlink", NOT_HERE}, {"time", NOT_HERE}, {"unlink", NOT_HERE}, {"vfork", NOT_HERE},
    {"getpid-in-x32", NOT_HERE}, {"getpid-in-32-bit", NOT_HERE},
#endif
};

static long number_of(const char *name) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(calls[i].name, name) == 0) return calls[i].number;
    }
    _exit(PROBE_BAD_ARGUMENTS);
}

static long value_of(const char *argument) {
    static char zeros[256];
    if (argument[0] == '@') return (long)(argument + 1);
    if (argument[0] == '&') return (long)zeros;
    return (long)strtoll(argument, NULL, 0);
}

static long call(long number, const long arguments[ARGUMENTS_MAX]) {
#ifdef __x86_64__
    if (number == OTHER_NUMBERING) number = SYS_getpid | 0x40000000;
    if (number == OTHER_ARCHITECTURE) {
        // 20 is getpid there.
        long result = 20;
        __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
        return result;
    }
#endif
    return syscall(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
        arguments[5]);
}

int main(int argument_count, char **arguments) {
    if (argument_count < 2 || argument_count > 2 + ARGUMENTS_MAX) return PROBE_BAD_ARGUMENTS;
    const long number = number_of(arguments[1]);
    if (number == NOT_HERE) return PROBE_CALL_NOT_HERE;
    long values[ARGUMENTS_MAX] = {0};
    for (int i = 2; i < argument_count; i++) values[i - 2] = value_of(arguments[i]);
    // There is no socket here: what a host may do with it fails.
    close(3);
    struct byte_buffer layers = {0};
    lockdown(&layers, false);
    const long result = call(number, values);
    if (result != -1) _exit(PROBE_CALL_RETURNED);
    _exit(errno == EPERM ? PROBE_CALL_NOT_PERMITTED : PROBE_CALL_FAILED);
}
