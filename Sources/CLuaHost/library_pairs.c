#include "libraries.h"

#include "document_lazy.h"
#include "event_object.h"
#include "host.h"
#include "read_only.h"

#include <string.h>

// pairs in an order that is always the same: numbers ascending, strings bytewise, false, true. The
// keys are taken when the loop starts; members removed since are left out.

struct key {
    int rank;
    bool is_integer;
    union {
        lua_Integer integer;
        lua_Number number;
        struct {
            const char *text;
            size_t length;
        };
    };
};

enum rank { RANK_NUMBER, RANK_STRING, RANK_FALSE, RANK_TRUE };

static int compare_numbers(const struct key *left, const struct key *right) {
    if (left->is_integer && right->is_integer) {
        return (left->integer > right->integer) - (left->integer < right->integer);
    }
    // No integer equals a float key: Lua turns floats with integral values into integers.
    const lua_Number a = left->is_integer ? (lua_Number)left->integer : left->number;
    const lua_Number b = right->is_integer ? (lua_Number)right->integer : right->number;
    return (a > b) - (a < b);
}

static int compare(const struct key *left, const struct key *right) {
    if (left->rank != right->rank) return left->rank - right->rank;
    if (left->rank == RANK_NUMBER) return compare_numbers(left, right);
    if (left->rank != RANK_STRING) return 0;
    const size_t shorter = left->length < right->length ? left->length : right->length;
    const int order = memcmp(left->text, right->text, shorter);
    if (order != 0) return order;
    return (left->length > right->length) - (left->length < right->length);
}

// Sorts keys, with room for half as many in `scratch`.
static void sort_keys(struct key *keys, struct key *scratch, size_t count) {
    if (count < 2) return;
    const size_t half = count / 2;
    sort_keys(keys, scratch, half);
    sort_keys(keys + half, scratch, count - half);
    if (compare(&keys[half - 1], &keys[half]) <= 0) return;
    memcpy(scratch, keys, half * sizeof *keys);
    size_t left = 0;
    size_t right = half;
    for (size_t out = 0; left < half; out++) {
        const bool take_right = right < count && compare(&keys[right], &scratch[left]) < 0;
        keys[out] = take_right ? keys[right++] : scratch[left++];
    }
}

// The key on the stack below a value, by value: strings stay alive in the table.
static struct key key_at(lua_State *lua, int index) {
    struct key key = {0};
    switch (lua_type(lua, index)) {
    case LUA_TNUMBER:
        key.rank = RANK_NUMBER;
        key.is_integer = lua_isinteger(lua, index);
        if (key.is_integer) key.integer = lua_tointeger(lua, index);
        else key.number = lua_tonumber(lua, index);
        return key;
    case LUA_TSTRING:
        key.rank = RANK_STRING;
        key.text = lua_tolstring(lua, index, &key.length);
        return key;
    case LUA_TBOOLEAN:
        key.rank = lua_toboolean(lua, index) ? RANK_TRUE : RANK_FALSE;
        return key;
    default:
        luaL_error(lua, "pairs: a key is a %s; only strings, numbers and booleans have an order",
            luaL_typename(lua, index));
        return key;
    }
}

static void push_key(lua_State *lua, const struct key *key) {
    if (key->rank == RANK_STRING) lua_pushlstring(lua, key->text, key->length);
    else if (key->rank != RANK_NUMBER) lua_pushboolean(lua, key->rank == RANK_TRUE);
    else if (key->is_integer) lua_pushinteger(lua, key->integer);
    else lua_pushnumber(lua, key->number);
}

// Pushes a list of the table's keys in order.
static void push_sorted_keys(lua_State *lua, int table) {
    size_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) count++;
    lua_createtable(lua, count < 1 << 24 ? (int)count : 0, 0);
    if (count == 0) return;
    struct key *keys = lua_newuserdatauv(lua, (count + count / 2 + 1) * sizeof *keys, 0);
    size_t filled = 0;
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        keys[filled++] = key_at(lua, -2);
    }
    sort_keys(keys, keys + count, count);
    limits_check(lua);
    for (size_t i = 0; i < count; i++) {
        push_key(lua, &keys[i]);
        lua_rawseti(lua, -3, (lua_Integer)i + 1);
    }
    lua_pop(lua, 1);
}

enum upvalue { UPVALUE_TABLE = 1, UPVALUE_KEYS, UPVALUE_POSITION };

// The loop's iterator. It does not look at its arguments: a script may call it with anything.
static int next_pair(lua_State *lua) {
    lua_settop(lua, 0);
    lua_Integer position = lua_tointeger(lua, lua_upvalueindex(UPVALUE_POSITION));
    for (;;) {
        position++;
        if (lua_rawgeti(lua, lua_upvalueindex(UPVALUE_KEYS), position) == LUA_TNIL) return 1;
        lua_pushvalue(lua, -1);
        if (lua_rawget(lua, lua_upvalueindex(UPVALUE_TABLE)) != LUA_TNIL) break;
        lua_settop(lua, 0);
    }
    lua_pushinteger(lua, position);
    lua_replace(lua, lua_upvalueindex(UPVALUE_POSITION));
    return 2;
}

bool library_pairs_is_iterator(lua_State *lua, int index) {
    return lua_tocfunction(lua, index) == next_pair;
}

int library_pairs(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    event_object_complete(lua, 1);
    document_complete(lua, 1);
    // The loop's state, which the script can see, stays the stand-in of a frozen table.
    lua_pushvalue(lua, 1);
    read_only_open(lua, 2);
    push_sorted_keys(lua, 2);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, next_pair, 3);
    lua_pushvalue(lua, 1);
    lua_pushnil(lua);
    return 3;
}
