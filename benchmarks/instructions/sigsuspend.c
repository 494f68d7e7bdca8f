// Preloaded under valgrind, whose own sigsuspend writes to the mask that it is given; libdispatch
// gives it one that can't be written to.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
    sigset_t own = *mask;
    return (int)syscall(SYS_rt_sigsuspend, &own, _NSIG / 8);
}
