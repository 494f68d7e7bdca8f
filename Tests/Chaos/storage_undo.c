#define _GNU_SOURCE
#include "storage_undo.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES_MAX = 256, SECTOR_BYTES = 512 };

// A change that was not flushed: what stood there before it.
struct change {
    struct change *before;
    off_t offset;
    size_t length;
    // Bytes of the former file within the range; the rest of the range lay beyond its end.
    size_t former_length;
    off_t former_size;
    uint8_t former[];
};

struct stored_file {
    dev_t device;
    ino_t inode;
    enum file_kind kind;
    // Its directory entry is not flushed.
    bool is_new;
    bool is_used;
    char path[512];
    struct change *latest;
    uint32_t changes;
};

static struct stored_file files[FILES_MAX];

static ssize_t read_at(int descriptor, void *bytes, size_t length, off_t offset) {
    size_t done = 0;
    while (done < length) {
        const ssize_t count = syscall(
            SYS_pread64, descriptor, (char *)bytes + done, length - done, offset + (off_t)done);
        if (count <= 0) break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

static void write_at(int descriptor, const void *bytes, size_t length, off_t offset) {
    size_t done = 0;
    while (done < length) {
        const ssize_t count = syscall(SYS_pwrite64, descriptor, (const char *)bytes + done,
            length - done, offset + (off_t)done);
        // Half a power cut would prove nothing.
        if (count <= 0) abort();
        done += (size_t)count;
    }
}

static off_t size_of(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

static void forget_changes(struct stored_file *file) {
    while (file->latest != NULL) {
        struct change *const change = file->latest;
        file->latest = change->before;
        free(change);
    }
    file->changes = 0;
}

struct stored_file *undo_file(int descriptor, const char *path, enum file_kind kind, bool created) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return NULL;
    struct stored_file *free_place = NULL;
    for (int i = 0; i < FILES_MAX; i++) {
        struct stored_file *const file = &files[i];
        if (!file->is_used) {
            if (free_place == NULL) free_place = file;
        } else if (file->device == status.st_dev && file->inode == status.st_ino) {
            return file;
        }
    }
    if (free_place == NULL) abort();
    *free_place = (struct stored_file){
        .device = status.st_dev,
        .inode = status.st_ino,
        .kind = kind,
        .is_new = created,
        .is_used = true,
    };
    strncpy(free_place->path, path, sizeof free_place->path - 1);
    return free_place;
}

static void keep(struct stored_file *file, int descriptor, off_t offset, size_t length) {
    if (file->kind != FILE_DATA) return;
    struct change *const change = malloc(sizeof *change + length);
    if (change == NULL) abort();
    change->offset = offset;
    change->length = length;
    change->former_size = size_of(descriptor);
    change->former_length = (size_t)read_at(descriptor, change->former, length, offset);
    change->before = file->latest;
    file->latest = change;
    file->changes++;
}

void undo_before_write(struct stored_file *file, int descriptor, off_t offset, size_t length) {
    keep(file, descriptor, offset, length);
}

void undo_before_truncate(struct stored_file *file, int descriptor, off_t length) {
    const off_t size = size_of(descriptor);
    const off_t from = length < size ? length : size;
    keep(file, descriptor, from, (size_t)(size - from));
}

void undo_flushed(struct stored_file *file) {
    forget_changes(file);
    if (file->kind != FILE_DIRECTORY) return;
    for (int i = 0; i < FILES_MAX; i++) files[i].is_new = false;
}

void undo_unlinked(const char *path) {
    for (int i = 0; i < FILES_MAX; i++) {
        if (!files[i].is_used || strcmp(files[i].path, path) != 0) continue;
        forget_changes(&files[i]);
        files[i].is_used = false;
    }
}

static uint64_t random_state;

// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
static uint64_t next_random(void) {
    random_state += 0x9e3779b97f4a7c15;
    uint64_t mixed = random_state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

// How the unflushed part of a file fares.
enum fate { ALL_LOST, WHOLE_WRITES, SINGLE_SECTORS, LAST_TORN, MOST_KEPT, FATES };

static bool sector_stays(enum fate fate, uint64_t write_coin, bool is_last_write) {
    switch (fate) {
    case ALL_LOST: return false;
    case WHOLE_WRITES: return write_coin % 2 == 0;
    case SINGLE_SECTORS: return next_random() % 2 == 0;
    case LAST_TORN: return !is_last_write || next_random() % 2 == 0;
    default: return next_random() % 16 != 0;
    }
}

// Takes back all changes, the latest first, and notes which change wrote each sector last.
static void take_back(struct stored_file *file, int descriptor, uint32_t *writers, size_t sectors) {
    uint32_t number = file->changes;
    for (struct change *change = file->latest; change != NULL; change = change->before) {
        const size_t first = (size_t)change->offset / SECTOR_BYTES;
        const size_t end = ((size_t)change->offset + change->length + SECTOR_BYTES - 1) /
            SECTOR_BYTES;
        for (size_t sector = first; sector < end && sector < sectors; sector++) {
            if (writers[sector] == 0) writers[sector] = number;
        }
        number--;
        write_at(descriptor, change->former, change->former_length, change->offset);
        if (syscall(SYS_ftruncate, descriptor, change->former_size) != 0) abort();
    }
}

static void cut(struct stored_file *file, int descriptor, uint64_t *lost, uint64_t *kept) {
    const off_t size = size_of(descriptor);
    const size_t sectors = ((size_t)size + SECTOR_BYTES - 1) / SECTOR_BYTES;
    char *const bytes = malloc((size_t)size + 1);
    uint32_t *const writers = calloc(sectors + 1, sizeof *writers);
    uint64_t *const coins = calloc(file->changes + 1, sizeof *coins);
    if (bytes == NULL || writers == NULL || coins == NULL) abort();
    read_at(descriptor, bytes, (size_t)size, 0);
    take_back(file, descriptor, writers, sectors);
    const off_t flushed_size = size_of(descriptor);
    const enum fate fate = (enum fate)(next_random() % FATES);
    for (uint32_t i = 0; i <= file->changes; i++) coins[i] = next_random();
    for (size_t sector = 0; sector < sectors; sector++) {
        if (writers[sector] == 0) continue;
        const bool is_last = writers[sector] == file->changes;
        if (!sector_stays(fate, coins[writers[sector]], is_last)) {
            (*lost)++;
            continue;
        }
        (*kept)++;
        const size_t start = sector * SECTOR_BYTES;
        const size_t rest = (size_t)size - start;
        write_at(descriptor, bytes + start, rest < SECTOR_BYTES ? rest : SECTOR_BYTES,
            (off_t)start);
    }
    // The length is written apart from the bytes: it may be new where they are not.
    if (size != flushed_size && size != size_of(descriptor) && fate != ALL_LOST &&
        next_random() % 2 == 0 && syscall(SYS_ftruncate, descriptor, size) != 0) {
        abort();
    }
    free(bytes);
    free(writers);
    free(coins);
}

void undo_cut_power(uint64_t seed, uint64_t *sectors_lost, uint64_t *sectors_kept) {
    random_state = seed;
    for (int i = 0; i < FILES_MAX; i++) {
        struct stored_file *const file = &files[i];
        if (!file->is_used || file->kind != FILE_DATA) continue;
        if (file->is_new && next_random() % 2 == 0) {
            syscall(SYS_unlink, file->path);
            continue;
        }
        if (file->latest == NULL) continue;
        const int descriptor = (int)syscall(SYS_openat, AT_FDCWD, file->path, O_RDWR);
        if (descriptor < 0) abort();
        cut(file, descriptor, sectors_lost, sectors_kept);
        // Closing it would release SQLite's locks; the process ends now anyway.
    }
}
