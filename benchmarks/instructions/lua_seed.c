// Preloaded into the counted host: Lua seeds its string hashes with the time, and so the order and
// the collisions in its tables would differ from run to run.
#include <stddef.h>
#include <time.h>

time_t time(time_t *result) {
    const time_t fixed = 1;
    if (result != NULL) *result = fixed;
    return fixed;
}
