#ifndef MOONRAIL_LOCKDOWN_LAYERS_H
#define MOONRAIL_LOCKDOWN_LAYERS_H

#include <stdbool.h>

// The layers of the lockdown that not every system has. None of them fails: each says what it got.

// What a process of its own is cut off from. Each is told apart, for the operator to see.
struct isolation {
    bool user_namespace;
    bool mount_namespace;
    bool network_namespace;
    bool ipc_namespace;
    // The root directory is an empty file system of its own.
    bool empty_root;
    // Not root; an operator who starts the worker as somebody else has that anyway.
    bool unprivileged_user;
    bool no_capabilities;
};

// lockdown_isolation.c: leaves the machine's namespaces, the root user and all capabilities.
struct isolation lockdown_isolate(void);

// lockdown_landlock.c: gives up all access to files, TCP ports, and other processes' signals and
// abstract sockets, as far as the kernel's Landlock knows them. Needs no_new_privs.
bool lockdown_landlock(void);

// lockdown_filter.c: lets the kernel kill the process at any system call that is not on the list.
// Needs no_new_privs.
bool lockdown_filter(void);

#endif
