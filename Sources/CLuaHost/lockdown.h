#ifndef MOONRAIL_LOCKDOWN_H
#define MOONRAIL_LOCKDOWN_H

#include "byte_buffer.h"

// Gives up everything the host does not need, for good: descriptors other than the socket, new
// files and processes, core dumps, privileges, and all system calls but those of a list. Appends
// what is active as a JSON object. Leaves the process (65) when a layer can't be had.
void lockdown(struct byte_buffer *layers);

#endif
