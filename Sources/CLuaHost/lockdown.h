#ifndef MOONRAIL_LOCKDOWN_H
#define MOONRAIL_LOCKDOWN_H

#include "byte_buffer.h"

#include <stdbool.h>

// Gives up everything the host does not need, for good: descriptors other than the socket, files,
// the network, new processes, core dumps, privileges, and all system calls but those of a list.
// Appends which layers are active as a JSON object. Leaves the process (65) when one of the layers
// that every supported kernel has can't be had; the filter of system calls is one of them unless
// its absence is allowed.
void lockdown(struct byte_buffer *layers, bool allows_missing_seccomp);

#endif
