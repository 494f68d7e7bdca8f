#ifndef MOONRAIL_CLUAHOST_H
#define MOONRAIL_CLUAHOST_H

/// Runs a function host: locks the process down, then serves the frames of docs/formats.md on
/// descriptor 3 until the worker closes it. Returns the process's exit code; some faults leave the
/// process directly, with the codes listed there.
int moonrail_host_main(void);

#endif
