#ifndef MOONRAIL_TIMER_LIST_H
#define MOONRAIL_TIMER_LIST_H

#include "byte_buffer.h"
#include "byte_reader.h"

// The timers that wait under one key, each with a name of its own, in bytewise order of the names:
// so that the same timers are the same bytes, however they came to be.

enum {
    // More would be a calendar, which belongs into the state itself.
    TIMERS_PER_KEY_MAX = 16,
    TIMER_NAME_BYTES_MAX = 64,
};

struct timer {
    // Microseconds since 1970, as those of events.
    int64_t time;
    uint8_t name_length;
    char name[TIMER_NAME_BYTES_MAX];
};

struct timer_list {
    uint32_t count;
    struct timer timers[TIMERS_PER_KEY_MAX];
};

// Reads the list that `bytes` begin with. Returns how many of them it takes, or 0 when they begin
// with none.
size_t timer_list_read(struct timer_list *list, const unsigned char *bytes, size_t length);

// Appends the list as timer_list_read takes it.
void timer_list_append(const struct timer_list *list, struct byte_buffer *out);

// Sets the timer of this name, or moves it. Returns false when the list is full. The name has 1 to
// TIMER_NAME_BYTES_MAX bytes.
bool timer_list_set(struct timer_list *list, struct byte_span name, int64_t time);

// Removes the timer of this name, if there is one.
void timer_list_remove(struct timer_list *list, struct byte_span name);

// Whether the timer of this name waits for this time.
bool timer_list_has(const struct timer_list *list, struct byte_span name, int64_t time);

#endif
