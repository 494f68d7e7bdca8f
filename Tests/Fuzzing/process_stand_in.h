// Included before every source of the host when it is fuzzed: the process around it becomes one
// that a fuzzer can use again and again. Its socket is a buffer, leaving it ends the input, and
// what it allocated and could not free then is freed afterwards.
#ifndef MOONRAIL_FUZZING_PROCESS_STAND_IN_H
#define MOONRAIL_FUZZING_PROCESS_STAND_IN_H

// As the sources that need it say it, here because this comes before them.
#define _GNU_SOURCE

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

// Where leaving the process goes on; set before the host is called.
extern jmp_buf stand_in_left;

// Gives the host these bytes to read from its socket, and forgets what it was given before.
void stand_in_start(const uint8_t *bytes, size_t length);

// Frees what the host took with calloc since stand_in_start and left behind.
void stand_in_finish(void);

_Noreturn void stand_in_exit(int code);
ssize_t stand_in_read(int descriptor, void *bytes, size_t count);
ssize_t stand_in_write(int descriptor, const void *bytes, size_t count);
void *stand_in_calloc(size_t count, size_t size);
void stand_in_free(void *block);

#ifndef MOONRAIL_FUZZING_REAL_PROCESS
#define _exit(code) stand_in_exit(code)
#define read(descriptor, bytes, count) stand_in_read(descriptor, bytes, count)
#define write(descriptor, bytes, count) stand_in_write(descriptor, bytes, count)
#define calloc(count, size) stand_in_calloc(count, size)
#define free(block) stand_in_free(block)
#endif

#endif
