#include "run_events.h"

#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

struct run_events run_events_read(struct byte_reader body) {
    struct run_events events = {.left = body};
    events.station_count = byte_reader_u32(&events.left);
    const size_t left = (size_t)(events.left.end - events.left.at);
    if (events.station_count > left / 4) _exit(EXIT_BROKEN_FRAME);
    events.stations = calloc(events.station_count + 1, sizeof *events.stations);
    if (events.stations == NULL) _exit(EXIT_OUT_OF_MEMORY);
    for (uint32_t i = 0; i < events.station_count; i++) {
        events.stations[i] = byte_reader_text(&events.left);
    }
    events.count = byte_reader_u32(&events.left);
    if (events.left.broken) _exit(EXIT_BROKEN_FRAME);
    return events;
}

bool run_events_next(struct run_events *events, struct current_event *event) {
    if (events->taken == events->count) return false;
    memset(event, 0, sizeof *event);
    const uint32_t station = byte_reader_u32(&events->left);
    byte_reader_u32(&events->left);
    event->offset = byte_reader_u64(&events->left);
    event->record = event_record_read(&events->left);
    if (events->left.broken || station >= events->station_count) _exit(EXIT_BROKEN_FRAME);
    event->station = events->stations[station];
    event->index_in_run = events->taken++;
    return true;
}

void run_events_free(struct run_events *events) {
    const bool is_whole = events->taken == events->count;
    if (is_whole && events->left.at != events->left.end) _exit(EXIT_BROKEN_FRAME);
    free(events->stations);
}
