// Preloaded into what is counted under valgrind, so that each run does the same.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The time of day stands still, in 2020: Lua seeds its string hashes with it, and nothing that a
// worker stored meanwhile ever becomes so old that housekeeping, which goes by age, begins with it.
enum { DAY_TIME_SECONDS = 1577836800 };

time_t time(time_t *result) {
    if (result != NULL) *result = DAY_TIME_SECONDS;
    return DAY_TIME_SECONDS;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
    static int (*real)(clockid_t, struct timespec *);
    if (clock == CLOCK_REALTIME) {
        *result = (struct timespec){.tv_sec = DAY_TIME_SECONDS};
        return 0;
    }
    if (real == NULL) {
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    }
    return real(clock, result);
}

// libdispatch gives a mask that can't be written to, and valgrind's own sigsuspend writes to it.
int sigsuspend(const sigset_t *mask) {
    sigset_t own = *mask;
    return (int)syscall(SYS_rt_sigsuspend, &own, _NSIG / 8);
}
