// A preload library that stands between SQLite and the disk: counts the storage calls of one store
// and makes one of them go wrong. Built and set up by shim.py.
//
//   CHAOS_STORE   path of the store's file; files whose path begins so are watched
//   CHAOS_MODE    count, kill, eio, enospc, short, fsync, read or cut
//   CHAOS_CALL    at which call, counting from 1 those that the mode can make go wrong
//   CHAOS_LASTING 1: at every call from there on
//   CHAOS_LIES    1: a flush is answered and not believed, for tests of the campaign itself
//   CHAOS_SEED    what a power cut draws from
//   CHAOS_REPORT  a file of struct report, shared with the campaign
#define _GNU_SOURCE
#include "storage_undo.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum mode {
    COUNT, KILL, EIO_FAULT, ENOSPC_FAULT, SHORT_WRITE, FAILED_SYNC, FAILED_READ, POWER_CUT
};
static const char *const mode_names[] = {
    "count", "kill", "eio", "enospc", "short", "fsync", "read", "cut"};

enum call { OPEN = 1, WRITE, SYNC, TRUNCATE, UNLINK, READ };

struct report {
    uint64_t calls;
    uint64_t faults;
    uint64_t sectors_lost;
    uint64_t sectors_kept;
    // The kind of call that was the first to go wrong, counting from 1.
    uint64_t first_call;
};

enum { DESCRIPTORS_MAX = 65536 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct stored_file *watched[DESCRIPTORS_MAX];
static struct report private_report;
static struct report *report = &private_report;
static const char *store;
static size_t store_length;
static char directory[512];
static enum mode mode;
static uint64_t chosen_call;
static bool is_lasting;
static bool lies;
static uint64_t seed;
// A short write was made; the write of its rest fails.
static bool rest_fails;

__attribute__((constructor)) static void set_up(void) {
    store = getenv("CHAOS_STORE");
    const char *const name = getenv("CHAOS_MODE");
    if (store == NULL || name == NULL) return;
    store_length = strlen(store);
    const char *const slash = strrchr(store, '/');
    if (slash != NULL && (size_t)(slash - store) < sizeof directory) {
        memcpy(directory, store, (size_t)(slash - store));
    }
    for (size_t i = 0; i < sizeof mode_names / sizeof *mode_names; i++) {
        if (strcmp(name, mode_names[i]) == 0) mode = (enum mode)i;
    }
    const char *const call = getenv("CHAOS_CALL");
    chosen_call = call != NULL ? strtoull(call, NULL, 10) : 0;
    const char *const lasting = getenv("CHAOS_LASTING");
    is_lasting = lasting != NULL && *lasting == '1';
    const char *const lying = getenv("CHAOS_LIES");
    lies = lying != NULL && *lying == '1';
    const char *const seed_text = getenv("CHAOS_SEED");
    seed = seed_text != NULL ? strtoull(seed_text, NULL, 10) : 0;
    const char *const path = getenv("CHAOS_REPORT");
    const int file = path != NULL ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR) : -1;
    if (file >= 0) {
        void *const shared =
            mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (shared != MAP_FAILED) report = shared;
        syscall(SYS_close, file);
    }
}

static bool concerns(enum call call) {
    switch (mode) {
    case SHORT_WRITE: return call == WRITE;
    case FAILED_SYNC: return call == SYNC;
    case FAILED_READ: return call == READ;
    default: return call != READ;
    }
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

// Counts a call and tells whether it is to go wrong; under the lock.
static bool goes_wrong(enum call call) {
    if (!concerns(call)) return false;
    report->calls++;
    if (chosen_call == 0 || mode == COUNT) return false;
    if (is_lasting ? report->calls < chosen_call : report->calls != chosen_call) return false;
    report->faults++;
    if (report->first_call == 0) report->first_call = call;
    if (mode == POWER_CUT) {
        undo_cut_power(seed, &report->sectors_lost, &report->sectors_kept);
        die();
    }
    if (mode == KILL) die();
    return true;
}

static int failure(void) {
    return mode == ENOSPC_FAULT || mode == SHORT_WRITE ? ENOSPC : EIO;
}

static enum file_kind kind_of(const char *path) {
    const size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, "-shm") == 0 ? FILE_SHARED_MEMORY : FILE_DATA;
}

static struct stored_file *file_of(int descriptor) {
    return descriptor >= 0 && descriptor < DESCRIPTORS_MAX ? watched[descriptor] : NULL;
}

static int open_file(const char *path, int flags, mode_t permissions) {
    const bool is_store = store != NULL && strncmp(path, store, store_length) == 0;
    const bool is_directory = store != NULL && *directory && strcmp(path, directory) == 0;
    if (!is_store && !is_directory) {
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, permissions);
    }
    pthread_mutex_lock(&lock);
    int descriptor = -1;
    const bool creates = is_store && (flags & O_CREAT) != 0;
    if (creates && goes_wrong(OPEN)) {
        errno = failure();
    } else {
        const bool was_there = syscall(SYS_access, path, F_OK) == 0;
        descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, permissions);
        if (descriptor >= 0 && descriptor < DESCRIPTORS_MAX) {
            watched[descriptor] = undo_file(
                descriptor, path, is_directory ? FILE_DIRECTORY : kind_of(path), !was_there);
        }
    }
    const int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return descriptor;
}

int open64(const char *path, int flags, ...) {
    mode_t permissions = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        permissions = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return open_file(path, flags, permissions);
}

int open(const char *path, int flags, ...) __attribute__((alias("open64")));

int close(int descriptor) {
    if (file_of(descriptor) != NULL) {
        pthread_mutex_lock(&lock);
        watched[descriptor] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_close, descriptor);
}

// Writes; at is -1 for the descriptor's own place.
static ssize_t write_bytes(int descriptor, const void *bytes, size_t length, off_t at) {
    struct stored_file *const file = file_of(descriptor);
    if (file == NULL) {
        return at < 0 ? syscall(SYS_write, descriptor, bytes, length)
                      : syscall(SYS_pwrite64, descriptor, bytes, length, at);
    }
    pthread_mutex_lock(&lock);
    ssize_t count = -1;
    bool fails = goes_wrong(WRITE);
    const bool is_rest = rest_fails;
    rest_fails = false;
    if (fails && mode == SHORT_WRITE && length > 1 && !is_rest) {
        length /= 2;
        rest_fails = true;
        fails = false;
    }
    if (fails || is_rest) {
        errno = failure();
    } else {
        const off_t offset = at < 0 ? lseek(descriptor, 0, SEEK_CUR) : at;
        undo_before_write(file, descriptor, offset, length);
        count = at < 0 ? syscall(SYS_write, descriptor, bytes, length)
                       : syscall(SYS_pwrite64, descriptor, bytes, length, at);
    }
    const int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return count;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    return write_bytes(descriptor, bytes, length, -1);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t offset) {
    return write_bytes(descriptor, bytes, length, offset);
}

ssize_t pwrite(int, const void *, size_t, off_t) __attribute__((alias("pwrite64")));

// Reads; at is -1 for the descriptor's own place.
static ssize_t read_bytes(int descriptor, void *bytes, size_t length, off_t at) {
    if (mode == FAILED_READ && file_of(descriptor) != NULL) {
        pthread_mutex_lock(&lock);
        const bool fails = goes_wrong(READ);
        pthread_mutex_unlock(&lock);
        if (fails) {
            errno = EIO;
            return -1;
        }
    }
    return at < 0 ? syscall(SYS_read, descriptor, bytes, length)
                  : syscall(SYS_pread64, descriptor, bytes, length, at);
}

ssize_t read(int descriptor, void *bytes, size_t length) {
    return read_bytes(descriptor, bytes, length, -1);
}

ssize_t pread64(int descriptor, void *bytes, size_t length, off_t offset) {
    return read_bytes(descriptor, bytes, length, offset);
}

ssize_t pread(int, void *, size_t, off_t) __attribute__((alias("pread64")));

static int flush(int descriptor, long call) {
    struct stored_file *const file = file_of(descriptor);
    if (file == NULL) return (int)syscall(call, descriptor);
    pthread_mutex_lock(&lock);
    int result = -1;
    if (goes_wrong(SYNC)) {
        errno = failure();
    } else {
        result = (int)syscall(call, descriptor);
        if (result == 0 && !lies) undo_flushed(file);
    }
    const int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int descriptor) {
    return flush(descriptor, SYS_fsync);
}

int fdatasync(int descriptor) {
    return flush(descriptor, SYS_fdatasync);
}

int ftruncate64(int descriptor, off_t length) {
    struct stored_file *const file = file_of(descriptor);
    if (file == NULL) return (int)syscall(SYS_ftruncate, descriptor, length);
    pthread_mutex_lock(&lock);
    int result = -1;
    if (goes_wrong(TRUNCATE)) {
        errno = failure();
    } else {
        undo_before_truncate(file, descriptor, length);
        result = (int)syscall(SYS_ftruncate, descriptor, length);
    }
    const int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int ftruncate(int, off_t) __attribute__((alias("ftruncate64")));

int unlink(const char *path) {
    if (store == NULL || strncmp(path, store, store_length) != 0) {
        return (int)syscall(SYS_unlink, path);
    }
    pthread_mutex_lock(&lock);
    int result = -1;
    if (goes_wrong(UNLINK)) {
        errno = EIO;
    } else {
        result = (int)syscall(SYS_unlink, path);
        if (result == 0) undo_unlinked(path);
    }
    const int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
