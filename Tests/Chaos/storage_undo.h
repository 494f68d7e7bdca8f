#ifndef STORAGE_UNDO_H
#define STORAGE_UNDO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// What the disk is not known to hold yet: an undo log of every change since the last flush of each
// file. All calls are made under the shim's one lock.

enum file_kind { FILE_DATA = 1, FILE_SHARED_MEMORY, FILE_DIRECTORY };

struct stored_file;

// The file behind an open descriptor; created tells that the call that opened it made it.
struct stored_file *undo_file(int descriptor, const char *path, enum file_kind kind, bool created);

// To be called before the change, so that the former bytes can be kept.
void undo_before_write(struct stored_file *file, int descriptor, off_t offset, size_t length);
void undo_before_truncate(struct stored_file *file, int descriptor, off_t length);

// The file's changes, or the directory's entries, are on disk now.
void undo_flushed(struct stored_file *file);

// A file of this path is gone.
void undo_unlinked(const char *path);

// Puts every file into a state in which a power cut may have left it: of the unflushed writes a
// part that the seed picks is there, whole or torn between sectors; the others are not.
void undo_cut_power(uint64_t seed, uint64_t *sectors_lost, uint64_t *sectors_kept);

#endif
