#ifndef MOONRAIL_SCRIPT_H
#define MOONRAIL_SCRIPT_H

#include "host.h"

// Makes a new VM from the host's load request and runs the script in it. On success appends the
// returned table as JSON text to `out`; on failure the message and traceback, and there is no VM.
bool script_load(struct host *host, struct byte_buffer *out);

// Throws the VM away, if there is one.
void script_unload(struct host *host);

#endif
