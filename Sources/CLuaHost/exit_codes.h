#ifndef MOONRAIL_EXIT_CODES_H
#define MOONRAIL_EXIT_CODES_H

// What the worker learns from the way a host leaves; docs/formats.md lists them for readers.
enum host_exit {
    EXIT_SOCKET_CLOSED = 0,
    EXIT_BROKEN_FRAME = 64,
    EXIT_LOCKDOWN_FAILED = 65,
    EXIT_STUCK_IN_C = 66,
    EXIT_OUT_OF_MEMORY = 67,
};

#endif
