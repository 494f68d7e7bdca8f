#ifndef MOONRAIL_RUN_H
#define MOONRAIL_RUN_H

#include "frame.h"
#include "host.h"

// Runs the events of a RUN frame through the loaded handler and fills the host's result with the
// RESULT frame. Leaves the process (64) when the frame is broken.
void run_events(struct host *host, struct frame frame);

#endif
