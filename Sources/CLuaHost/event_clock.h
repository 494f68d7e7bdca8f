#ifndef MOONRAIL_EVENT_CLOCK_H
#define MOONRAIL_EVENT_CLOCK_H

#include <stdint.h>

// What stands for a time that can't be told.
#define EVENT_TIME_UNKNOWN UINT64_MAX

// Nanoseconds of a clock that only goes forward. Scripts never see it. The kernel serves it without
// a system call on every usual machine; where it does not, the filter refuses the call and the time
// is unknown.
uint64_t event_clock_now(void);

// Nanoseconds since `start`; unknown when either end is.
uint64_t event_clock_since(uint64_t start);

#endif
