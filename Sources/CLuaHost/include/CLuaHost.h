#ifndef MOONRAIL_CLUAHOST_H
#define MOONRAIL_CLUAHOST_H

/// Runs a function host: locks the process down, then serves the frames of docs/formats.md on
/// descriptor 3 until the worker closes it. Returns the process's exit code; some faults leave the
/// process directly, with the codes listed there. The only argument there is beyond the program's
/// name is `--allow-missing-seccomp`: go on where the kernel can't filter system calls.
int moonrail_host_main(int argument_count, char **arguments);

#endif
