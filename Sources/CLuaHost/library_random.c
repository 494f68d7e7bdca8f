#include "libraries.h"

#include "host.h"

// math.random of an event: xoshiro256** seeded through splitmix64, both by David Blackman and
// Sebastiano Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018), in the public domain;
// written here from the paper.

static uint64_t rotate_left(uint64_t value, int bits) {
    return value << bits | value >> (64 - bits);
}

static uint64_t split_mix(uint64_t *state) {
    *state += 0x9E3779B97F4A7C15u;
    uint64_t mixed = *state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

static uint64_t next_random(uint64_t state[4]) {
    const uint64_t result = rotate_left(state[1] * 5, 7) * 9;
    const uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

// FNV-1a, which is enough to tell names apart: splitmix does the mixing.
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++) hash = (hash ^ at[i]) * 0x100000001B3u;
    return hash;
}

static uint64_t hash_text(uint64_t hash, struct byte_span text) {
    const uint64_t length = text.length;
    return hash_bytes(hash_bytes(hash, &length, sizeof length), text.bytes, text.length);
}

// The seed depends on nothing but what a replay of the event has again.
static void seed(struct host *host) {
    uint64_t hash = hash_text(0xCBF29CE484222325u, host->load.function_name);
    if (host->is_running) {
        hash = hash_text(hash, host->event.station);
        hash = hash_bytes(hash, &host->load.partition, sizeof host->load.partition);
        hash = hash_bytes(hash, &host->event.offset, sizeof host->event.offset);
    }
    if (host->is_running && host->event.is_firing) {
        const struct timer *timer = &host->timers.current;
        hash = hash_bytes(hash, &timer->time, sizeof timer->time);
        hash = hash_text(hash, host->event.record.key);
        hash = hash_text(hash, (struct byte_span){timer->name, timer->name_length});
    }
    for (int i = 0; i < 4; i++) host->random_state[i] = split_mix(&hash);
    host->event.random_seeded = true;
}

// A number from 0 to `most`, each equally likely: draws under a mask until one fits.
static uint64_t random_up_to(uint64_t state[4], uint64_t most) {
    uint64_t mask = most;
    for (int bits = 1; bits < 64; bits *= 2) mask |= mask >> bits;
    uint64_t drawn;
    do drawn = next_random(state) & mask;
    while (drawn > most);
    return drawn;
}

int library_random(lua_State *lua) {
    struct host *host = host_of(lua);
    if (!host->event.random_seeded) seed(host);
    lua_Integer low = 1;
    lua_Integer high;
    switch (lua_gettop(lua)) {
    case 0:
        // The upper 53 bits: as many as a double holds.
        lua_pushnumber(lua, (lua_Number)(next_random(host->random_state) >> 11) * 0x1p-53);
        return 1;
    case 1:
        high = luaL_checkinteger(lua, 1);
        if (high == 0) {
            lua_pushinteger(lua, (lua_Integer)next_random(host->random_state));
            return 1;
        }
        break;
    case 2:
        low = luaL_checkinteger(lua, 1);
        high = luaL_checkinteger(lua, 2);
        break;
    default: return luaL_error(lua, "math.random takes at most two arguments");
    }
    luaL_argcheck(lua, low <= high, lua_gettop(lua), "interval is empty");
    const uint64_t width = (uint64_t)high - (uint64_t)low;
    const uint64_t drawn = random_up_to(host->random_state, width);
    lua_pushinteger(lua, (lua_Integer)((uint64_t)low + drawn));
    return 1;
}
