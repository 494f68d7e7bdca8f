#ifndef STORAGE_FAULTS_H
#define STORAGE_FAULTS_H

// Makes storage calls of this process fail. Linked into a test's executable, its functions stand
// before the C library's, also for SQLite.

enum storage_call {
    STORAGE_WRITE = 1,
    STORAGE_FLUSH = 2,
    STORAGE_TRUNCATE = 4,
    STORAGE_READ = 8,
};

struct storage_fault {
    // Which calls are counted: a set of storage_call.
    int calls;
    // The first call that fails, counting from 1; 0 for none.
    long first;
    // How many calls fail from there on.
    long count;
    // The errno they fail with; 0 to let them work after all. Every other write that fails with
    // ENOSPC is a short one instead, as on a disk that becomes full: half of its bytes are written.
    int error;
    // Whether a flush that fails drops what was not flushed, and the next one reports success, as
    // Linux does.
    int drops_unflushed;
    // Whether only the file of exactly this path is meant.
    int is_exact;
    // Whether a call that is to fail waits before, until storage_faults_release.
    int holds;
};

// Faults for the files whose path begins with `path`, from now on; replaces those of the same
// path.
// At most 64 paths at once: aborts beyond that.
void storage_faults_set(const char *path, struct storage_fault fault);

// Calls of its set that were met since it was set.
long storage_faults_met(const char *path);

// Calls that failed.
long storage_faults_made(const char *path);

// Lets the calls go on that wait, and those after them.
void storage_faults_release(const char *path);

void storage_faults_clear(const char *path);

#endif
