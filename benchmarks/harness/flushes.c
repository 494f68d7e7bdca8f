/* Loaded in front of libc: counts the flushes of a process in a file that FLUSHES_FILE names, and
   leaves them out where FLUSHES_OFF is set. What is left out is what a benchmark compares with; it
   is for nothing else. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic long *counter;
static int is_off;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FLUSHES_FILE");
    is_off = getenv("FLUSHES_OFF") != NULL;
    if (path == NULL) return;
    const int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, sizeof *counter) != 0) return;
    void *memory = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) counter = memory;
    close(file);
}

static int flush(const char *name, int file) {
    if (counter != NULL) atomic_fetch_add(counter, 1);
    if (is_off) return 0;
    int (*const real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(file);
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
