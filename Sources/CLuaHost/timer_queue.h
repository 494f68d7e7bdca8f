#ifndef MOONRAIL_TIMER_QUEUE_H
#define MOONRAIL_TIMER_QUEUE_H

#include "byte_buffer.h"
#include "byte_reader.h"

// The timers that may fire in a run, the next one first: in the order of time, key and name. One
// that was moved or removed meanwhile stays in it; whoever takes it looks whether it still waits.

struct queued_timer {
    int64_t time;
    // Where in `texts` its key begins; the name follows.
    size_t start;
    uint32_t key_length;
    uint32_t name_length;
};

struct timer_queue {
    struct queued_timer *heap;
    size_t count;
    size_t capacity;
    struct byte_buffer texts;
};

void timer_queue_clear(struct timer_queue *queue);

void timer_queue_add(
    struct timer_queue *queue, int64_t time, struct byte_span key, struct byte_span name);

// The time of the next one; only when `count` is not 0.
int64_t timer_queue_next_time(const struct timer_queue *queue);

// Takes the next one out; only when `count` is not 0. Its key and name stay where they are until
// the queue is cleared.
struct queued_timer timer_queue_take(struct timer_queue *queue);

// The key and name of one that was taken, until another is added.
struct byte_span timer_queue_key(const struct timer_queue *queue, const struct queued_timer *timer);
struct byte_span timer_queue_name(
    const struct timer_queue *queue, const struct queued_timer *timer);

#endif
