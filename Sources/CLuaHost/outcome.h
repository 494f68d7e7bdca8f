#ifndef MOONRAIL_OUTCOME_H
#define MOONRAIL_OUTCOME_H

#include "host.h"

// The outcome of the current event, written into the result frame as it comes about.

// Starts it as "done" without emissions.
void outcome_start(struct host *host);

// Completes it from the handler's two results on top of the stack: an emission, nothing, or a
// rejection. Raises when the results are none of these.
void outcome_returned(lua_State *lua);

// Replaces it by "raised", with the message on top of the VM's stack and the kept traceback.
void outcome_raised(struct host *host);

// Replaces it by "over a limit", the one that was passed. `message` may be NULL.
void outcome_over_limit(struct host *host, const char *message);

// Replaces it by "stopped": the worker listed the timer as one that is not to be called.
void outcome_stopped(struct host *host);

#endif
