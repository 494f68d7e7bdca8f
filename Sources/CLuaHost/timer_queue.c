#include "timer_queue.h"

#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

void timer_queue_clear(struct timer_queue *queue) {
    queue->count = 0;
    queue->texts.length = 0;
}

struct byte_span timer_queue_key(
    const struct timer_queue *queue, const struct queued_timer *timer) {
    return (struct byte_span){(const char *)queue->texts.bytes + timer->start, timer->key_length};
}

struct byte_span timer_queue_name(
    const struct timer_queue *queue, const struct queued_timer *timer) {
    const char *key = (const char *)queue->texts.bytes + timer->start;
    return (struct byte_span){key + timer->key_length, timer->name_length};
}

static int compare_texts(struct byte_span left, struct byte_span right) {
    const size_t shared = left.length < right.length ? left.length : right.length;
    const int order = memcmp(left.bytes, right.bytes, shared);
    if (order != 0) return order;
    return (left.length > right.length) - (left.length < right.length);
}

static bool is_before(const struct timer_queue *queue, size_t left, size_t right) {
    const struct queued_timer *one = &queue->heap[left];
    const struct queued_timer *other = &queue->heap[right];
    if (one->time != other->time) return one->time < other->time;
    const int keys = compare_texts(timer_queue_key(queue, one), timer_queue_key(queue, other));
    if (keys != 0) return keys < 0;
    return compare_texts(timer_queue_name(queue, one), timer_queue_name(queue, other)) < 0;
}

static void swap(struct timer_queue *queue, size_t left, size_t right) {
    const struct queued_timer timer = queue->heap[left];
    queue->heap[left] = queue->heap[right];
    queue->heap[right] = timer;
}

void timer_queue_add(
    struct timer_queue *queue, int64_t time, struct byte_span key, struct byte_span name) {
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity == 0 ? 256 : queue->capacity * 2;
        queue->heap = realloc(queue->heap, queue->capacity * sizeof *queue->heap);
        if (queue->heap == NULL) _exit(EXIT_OUT_OF_MEMORY);
    }
    size_t at = queue->count++;
    queue->heap[at] = (struct queued_timer){
        .time = time,
        .start = queue->texts.length,
        .key_length = (uint32_t)key.length,
        .name_length = (uint32_t)name.length,
    };
    byte_buffer_append(&queue->texts, key.bytes, key.length);
    byte_buffer_append(&queue->texts, name.bytes, name.length);
    while (at > 0 && is_before(queue, at, (at - 1) / 2)) {
        swap(queue, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

int64_t timer_queue_next_time(const struct timer_queue *queue) {
    return queue->heap[0].time;
}

struct queued_timer timer_queue_take(struct timer_queue *queue) {
    const struct queued_timer next = queue->heap[0];
    queue->heap[0] = queue->heap[--queue->count];
    size_t at = 0;
    for (;;) {
        size_t first = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < queue->count; child++) {
            if (is_before(queue, child, first)) first = child;
        }
        if (first == at) return next;
        swap(queue, at, first);
        at = first;
    }
}
