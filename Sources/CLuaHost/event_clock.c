#define _GNU_SOURCE
#include "event_clock.h"

#include <time.h>

uint64_t event_clock_now(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return EVENT_TIME_UNKNOWN;
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t event_clock_since(uint64_t start) {
    const uint64_t now = event_clock_now();
    if (start == EVENT_TIME_UNKNOWN || now == EVENT_TIME_UNKNOWN) return EVENT_TIME_UNKNOWN;
    return now - start;
}
