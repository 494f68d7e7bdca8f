#include "timer_list.h"

// Negative, zero or positive, as memcmp's, with a shorter name before a longer one that it begins.
static int compare_names(struct byte_span left, struct byte_span right) {
    const size_t shared = left.length < right.length ? left.length : right.length;
    const int order = memcmp(left.bytes, right.bytes, shared);
    if (order != 0) return order;
    return (left.length > right.length) - (left.length < right.length);
}

static struct byte_span name_of(const struct timer *timer) {
    return (struct byte_span){timer->name, timer->name_length};
}

// Where the timer of this name is, or would have to be.
static uint32_t place_of(const struct timer_list *list, struct byte_span name, bool *is_there) {
    for (uint32_t i = 0; i < list->count; i++) {
        const int order = compare_names(name_of(&list->timers[i]), name);
        if (order < 0) continue;
        *is_there = order == 0;
        return i;
    }
    *is_there = false;
    return list->count;
}

size_t timer_list_read(struct timer_list *list, const unsigned char *bytes, size_t length) {
    struct byte_reader reader = {bytes, bytes + length, false};
    const unsigned char *count = byte_reader_take(&reader, 1);
    list->count = 0;
    if (count == NULL || *count > TIMERS_PER_KEY_MAX) return 0;
    for (uint32_t i = 0; i < *count; i++) {
        struct timer *timer = &list->timers[i];
        timer->time = (int64_t)byte_reader_u64(&reader);
        const unsigned char *name_length = byte_reader_take(&reader, 1);
        if (name_length == NULL || *name_length == 0) return 0;
        if (*name_length > TIMER_NAME_BYTES_MAX) return 0;
        const unsigned char *name = byte_reader_take(&reader, *name_length);
        if (name == NULL) return 0;
        timer->name_length = *name_length;
        memcpy(timer->name, name, *name_length);
    }
    list->count = *count;
    return (size_t)(reader.at - bytes);
}

void timer_list_append(const struct timer_list *list, struct byte_buffer *out) {
    byte_buffer_append_u8(out, (uint8_t)list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct timer *timer = &list->timers[i];
        byte_buffer_append(out, &timer->time, sizeof timer->time);
        byte_buffer_append_u8(out, timer->name_length);
        byte_buffer_append(out, timer->name, timer->name_length);
    }
}

bool timer_list_set(struct timer_list *list, struct byte_span name, int64_t time) {
    bool is_there;
    const uint32_t place = place_of(list, name, &is_there);
    struct timer *timer = &list->timers[place];
    if (!is_there) {
        if (list->count == TIMERS_PER_KEY_MAX) return false;
        memmove(timer + 1, timer, (list->count - place) * sizeof *timer);
        list->count++;
        timer->name_length = (uint8_t)name.length;
        memcpy(timer->name, name.bytes, name.length);
    }
    timer->time = time;
    return true;
}

void timer_list_remove(struct timer_list *list, struct byte_span name) {
    bool is_there;
    const uint32_t place = place_of(list, name, &is_there);
    if (!is_there) return;
    struct timer *timer = &list->timers[place];
    list->count--;
    memmove(timer, timer + 1, (list->count - place) * sizeof *timer);
}

bool timer_list_has(const struct timer_list *list, struct byte_span name, int64_t time) {
    bool is_there;
    const uint32_t place = place_of(list, name, &is_there);
    return is_there && list->timers[place].time == time;
}
