#define _GNU_SOURCE
#include "StorageFaults.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PLANS_MAX = 64, PATH_BYTES = 512 };

// What stood somewhere before a write that is not flushed yet.
struct change {
    struct change *before;
    ino_t file;
    off_t offset;
    off_t former_size;
    size_t length;
    uint8_t former[];
};

struct plan {
    char path[PATH_BYTES];
    struct storage_fault fault;
    long met;
    long made;
    struct change *latest;
};

static struct plan plans[PLANS_MAX];
static atomic_int plans_set;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;

static struct plan *plan_of(const char *path) {
    for (int i = 0; i < PLANS_MAX; i++) {
        if (plans[i].path[0] && strcmp(plans[i].path, path) == 0) return &plans[i];
    }
    return NULL;
}

static void forget(struct plan *plan, ino_t file) {
    struct change **link = &plan->latest;
    while (*link != NULL) {
        struct change *const change = *link;
        if (file != 0 && change->file != file) {
            link = &change->before;
            continue;
        }
        *link = change->before;
        free(change);
    }
}

void storage_faults_set(const char *path, struct storage_fault fault) {
    pthread_mutex_lock(&lock);
    struct plan *plan = plan_of(path);
    for (int i = 0; plan == NULL && i < PLANS_MAX; i++) {
        if (plans[i].path[0]) continue;
        plan = &plans[i];
        atomic_fetch_add(&plans_set, 1);
    }
    if (plan == NULL || strlen(path) >= PATH_BYTES) abort();
    strcpy(plan->path, path);
    plan->fault = fault;
    plan->met = plan->made = 0;
    pthread_mutex_unlock(&lock);
}

void storage_faults_clear(const char *path) {
    pthread_mutex_lock(&lock);
    struct plan *const plan = plan_of(path);
    if (plan != NULL) {
        forget(plan, 0);
        memset(plan, 0, sizeof *plan);
        atomic_fetch_sub(&plans_set, 1);
        pthread_cond_broadcast(&released);
    }
    pthread_mutex_unlock(&lock);
}

long storage_faults_met(const char *path) {
    pthread_mutex_lock(&lock);
    const struct plan *const plan = plan_of(path);
    const long met = plan != NULL ? plan->met : 0;
    pthread_mutex_unlock(&lock);
    return met;
}

long storage_faults_made(const char *path) {
    pthread_mutex_lock(&lock);
    const struct plan *const plan = plan_of(path);
    const long made = plan != NULL ? plan->made : 0;
    pthread_mutex_unlock(&lock);
    return made;
}

void storage_faults_release(const char *path) {
    pthread_mutex_lock(&lock);
    struct plan *const plan = plan_of(path);
    if (plan != NULL) plan->fault.holds = 0;
    pthread_cond_broadcast(&released);
    pthread_mutex_unlock(&lock);
}

// The plan for an open file, with the lock held; NULL and no lock when there is none.
static struct plan *enter(int descriptor, ino_t *file) {
    if (atomic_load(&plans_set) == 0) return NULL;
    char link[64], path[PATH_BYTES];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    struct stat status;
    if (length <= 0 || fstat(descriptor, &status) != 0) return NULL;
    path[length] = 0;
    *file = status.st_ino;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PLANS_MAX; i++) {
        const size_t prefix = strlen(plans[i].path);
        if (prefix == 0 || strncmp(path, plans[i].path, prefix) != 0) continue;
        if (!plans[i].fault.is_exact || path[prefix] == 0) return &plans[i];
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static int fails(struct plan *plan, enum storage_call call) {
    const struct storage_fault *const fault = &plan->fault;
    if ((fault->calls & (int)call) == 0) return 0;
    plan->met++;
    if (fault->first == 0 || plan->met < fault->first) return 0;
    if (plan->met >= fault->first + fault->count) return 0;
    plan->made++;
    while (plan->fault.holds) pthread_cond_wait(&released, &lock);
    return fault->error != 0;
}

static int leave(int result, int error) {
    pthread_mutex_unlock(&lock);
    if (result < 0) errno = error;
    return result;
}

static void remember(struct plan *plan, int descriptor, ino_t file, off_t offset, size_t length) {
    if (!plan->fault.drops_unflushed) return;
    struct change *const change = malloc(sizeof *change + length);
    struct stat status;
    if (change == NULL || fstat(descriptor, &status) != 0) abort();
    memset(change->former, 0, length);
    // A descriptor that only writes can't be read from: then zeros stand there.
    (void)syscall(SYS_pread64, descriptor, change->former, length, offset);
    change->file = file;
    change->offset = offset;
    change->length = length;
    change->former_size = status.st_size;
    change->before = plan->latest;
    plan->latest = change;
}

// The kernel gives up what it could not write: the latest change is taken back first. The length of
// the file stays, as that is written apart from the bytes.
static void drop(struct plan *plan, int descriptor, ino_t file) {
    for (struct change *change = plan->latest; change != NULL; change = change->before) {
        if (change->file != file) continue;
        if (syscall(SYS_pwrite64, descriptor, change->former, change->length, change->offset) < 0) {
            abort();
        }
    }
    forget(plan, file);
}

static ssize_t write_at(int descriptor, const void *bytes, size_t length, off_t offset) {
    return offset < 0 ? syscall(SYS_write, descriptor, bytes, length)
                      : syscall(SYS_pwrite64, descriptor, bytes, length, offset);
}

static ssize_t watched_write(int descriptor, const void *bytes, size_t length, off_t offset) {
    ino_t file;
    struct plan *const plan = enter(descriptor, &file);
    if (plan == NULL) return write_at(descriptor, bytes, length, offset);
    const int is_failing = fails(plan, STORAGE_WRITE);
    const int is_full = is_failing && plan->fault.error == ENOSPC;
    const int is_short = is_full && plan->made % 2 == 1 && length > 1;
    if (is_failing && !is_short) return leave(-1, plan->fault.error);
    if (offset >= 0) remember(plan, descriptor, file, offset, length);
    const ssize_t count = write_at(descriptor, bytes, is_short ? length / 2 : length, offset);
    leave(count < 0 ? -1 : 0, errno);
    return count;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    return watched_write(descriptor, bytes, length, -1);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t offset) {
    return watched_write(descriptor, bytes, length, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t length, off_t offset) {
    ino_t file;
    struct plan *const plan = enter(descriptor, &file);
    if (plan != NULL) {
        if (fails(plan, STORAGE_READ)) return leave(-1, plan->fault.error);
        pthread_mutex_unlock(&lock);
    }
    return syscall(SYS_pread64, descriptor, bytes, length, offset);
}

static int flush(int descriptor, long call) {
    ino_t file;
    struct plan *const plan = enter(descriptor, &file);
    if (plan == NULL) return (int)syscall(call, descriptor);
    if (fails(plan, STORAGE_FLUSH)) {
        if (plan->fault.drops_unflushed) drop(plan, descriptor, file);
        return leave(-1, plan->fault.error);
    }
    const int result = (int)syscall(call, descriptor);
    if (result == 0) forget(plan, file);
    return leave(result, errno);
}

int fsync(int descriptor) { return flush(descriptor, SYS_fsync); }

int fdatasync(int descriptor) { return flush(descriptor, SYS_fdatasync); }

int ftruncate64(int descriptor, off_t length) {
    ino_t file;
    struct plan *const plan = enter(descriptor, &file);
    if (plan == NULL) return (int)syscall(SYS_ftruncate, descriptor, length);
    if (fails(plan, STORAGE_TRUNCATE)) return leave(-1, plan->fault.error);
    return leave((int)syscall(SYS_ftruncate, descriptor, length), errno);
}
