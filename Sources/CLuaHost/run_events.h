#ifndef MOONRAIL_RUN_EVENTS_H
#define MOONRAIL_RUN_EVENTS_H

#include "host.h"

// The events of a RUN or PREPARE, one after another.
struct run_events {
    struct byte_reader left;
    struct byte_span *stations;
    uint32_t station_count;
    uint32_t count;
    // Events that were taken.
    uint32_t taken;
};

// Reads what stands in front of the events. Leaves the process (64) when it is broken.
struct run_events run_events_read(struct byte_reader body);

// Makes the next event the current one; false when there is none left. Leaves the process (64)
// when it is broken.
bool run_events_next(struct run_events *events, struct current_event *event);

// Frees what run_events_read allocated. Leaves the process (64) when all events were taken and
// something is left.
void run_events_free(struct run_events *events);

#endif
