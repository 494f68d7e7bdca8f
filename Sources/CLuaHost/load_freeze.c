#include "load_freeze.h"

#include "fault.h"
#include "libraries.h"
#include "read_only.h"
#include "upvalue_assignments.h"

// Where things stand on the stack of load_freeze.
enum place {
    PLACE_DEFINITION = 1,
    // For each table that was met its stand-in, for each function true.
    PLACE_MET,
    // Tables and functions that were met and not yet looked through, in a list.
    PLACE_QUEUE,
};

struct walk {
    lua_State *lua;
    struct host *host;
    lua_Integer taken;
    lua_Integer queued;
};

static void enqueue(struct walk *walk, int index) {
    lua_pushvalue(walk->lua, index);
    lua_rawseti(walk->lua, PLACE_QUEUE, ++walk->queued);
}

static bool is_array(lua_State *lua, int index) {
    if (!lua_getmetatable(lua, index)) return false;
    const bool is_array = lua_topointer(lua, -1) == host_of(lua)->array_metatable;
    lua_pop(lua, 1);
    return is_array;
}

// Meets the table on top of the stack and replaces it by its stand-in.
static bool meet_table(struct walk *walk) {
    lua_State *lua = walk->lua;
    const int table = lua_gettop(lua);
    // The host's own tables, and stand-ins.
    if (read_only_is_protected(lua, table) && !is_array(lua, table)) return false;
    lua_pushvalue(lua, table);
    if (lua_rawget(lua, PLACE_MET) == LUA_TNIL) {
        lua_pop(lua, 1);
        lua_newtable(lua);
        // At once: it is known as a stand-in wherever it is met again.
        read_only_freeze(lua, table + 1, table);
        lua_pushvalue(lua, table);
        lua_pushvalue(lua, table + 1);
        lua_rawset(lua, PLACE_MET);
        enqueue(walk, table);
    }
    lua_replace(lua, table);
    return true;
}

static void meet_function(struct walk *walk) {
    lua_State *lua = walk->lua;
    const int function = lua_gettop(lua);
    lua_pushvalue(lua, function);
    if (lua_rawget(lua, PLACE_MET) == LUA_TNIL) {
        lua_pushvalue(lua, function);
        lua_pushboolean(lua, 1);
        lua_rawset(lua, PLACE_MET);
        enqueue(walk, function);
    }
    lua_settop(lua, function);
}

// Meets the value on top of the stack. Returns whether it was replaced by another.
static bool meet(struct walk *walk) {
    switch (lua_type(walk->lua, -1)) {
    case LUA_TTABLE: return meet_table(walk);
    case LUA_TFUNCTION: meet_function(walk); return false;
    default: return false;
    }
}

// A table as a key: the member moves to the stand-in's place.
static void move_members(struct walk *walk, int table, int keys) {
    lua_State *lua = walk->lua;
    const lua_Integer count = (lua_Integer)lua_rawlen(lua, keys);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, keys, i);
        lua_pushvalue(lua, -1);
        meet(walk);
        lua_pushvalue(lua, -2);
        lua_rawget(lua, table);
        lua_rawset(lua, table);
        lua_pushnil(lua);
        lua_rawset(lua, table);
    }
}

// Meets all keys and values of the table, whose contents are the script's to be frozen.
static void meet_members(struct walk *walk, int table) {
    lua_State *lua = walk->lua;
    // A list of the keys that are tables, once there is one: while a table is walked through, it
    // can't get new keys.
    int keys = 0;
    lua_pushnil(lua);
    const int slot = lua_gettop(lua);
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        limits_check(lua);
        if (meet(walk)) {
            lua_pushvalue(lua, -2);
            lua_pushvalue(lua, -2);
            lua_rawset(lua, table);
        }
        const int type = lua_type(lua, -2);
        if (type != LUA_TTABLE && type != LUA_TFUNCTION) continue;
        lua_pushvalue(lua, -2);
        if (meet(walk)) {
            if (keys == 0) {
                lua_newtable(lua);
                lua_replace(lua, slot);
                keys = slot;
            }
            lua_pushvalue(lua, -3);
            lua_rawseti(lua, keys, (lua_Integer)lua_rawlen(lua, keys) + 1);
        }
        lua_pop(lua, 1);
    }
    if (keys != 0) move_members(walk, table, keys);
    lua_settop(lua, slot - 1);
}

// What a stand-in reads where its contents lack a key and their metatable had a function for that:
// it gets the stand-in, never the contents.
static int read_through_function(lua_State *lua) {
    lua_settop(lua, 2);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pop(lua, 1);
    lua_pushvalue(lua, lua_upvalueindex(2));
    lua_insert(lua, 1);
    if (lua_isfunction(lua, 1)) lua_call(lua, 2, 1);
    else lua_gettable(lua, 1);
    return 1;
}

// The contents had the `__index` on top of the stack, which is popped.
static void keep_index(lua_State *lua, int contents, int metatable) {
    if (lua_isnil(lua, -1)) {
        lua_pop(lua, 1);
    } else if (lua_istable(lua, -1)) {
        lua_createtable(lua, 0, 1);
        lua_insert(lua, -2);
        lua_setfield(lua, -2, "__index");
        lua_setmetatable(lua, contents);
    } else {
        lua_pushvalue(lua, contents);
        lua_insert(lua, -2);
        lua_pushcclosure(lua, read_through_function, 2);
        lua_setfield(lua, metatable, "__index");
    }
}

// Moves what the script's metatable says from the contents to the stand-in's metatable.
static void keep_metatable(struct walk *walk, int contents, int metatable) {
    lua_State *lua = walk->lua;
    if (!lua_getmetatable(lua, contents)) return;
    const int original = lua_gettop(lua);
    meet_members(walk, original);
    lua_pushnil(lua);
    lua_setmetatable(lua, contents);
    for (lua_pushnil(lua); lua_next(lua, original) != 0; lua_pop(lua, 1)) {
        const bool is_name = lua_type(lua, -2) == LUA_TSTRING;
        if (is_name && strcmp(lua_tostring(lua, -2), "__index") == 0) continue;
        if (is_name && strcmp(lua_tostring(lua, -2), "__newindex") == 0) continue;
        lua_pushvalue(lua, -2);
        lua_pushvalue(lua, -2);
        lua_rawset(lua, metatable);
    }
    lua_pushstring(lua, "__index");
    lua_rawget(lua, original);
    keep_index(lua, contents, metatable);
    lua_pop(lua, 1);
}

static void freeze_table(struct walk *walk, int contents) {
    lua_State *lua = walk->lua;
    meet_members(walk, contents);
    // An array's contents stay marked as such.
    if (is_array(lua, contents)) return;
    lua_pushvalue(lua, contents);
    lua_rawget(lua, PLACE_MET);
    lua_getmetatable(lua, -1);
    keep_metatable(walk, contents, lua_gettop(lua));
}

static void check_assignments(struct walk *walk, int function) {
    lua_State *lua = walk->lua;
    lua_pushvalue(lua, function);
    const struct upvalue_assignment found =
        upvalue_assignment_find(lua, &walk->host->compiled_form);
    if (found.upvalue == 0) {
        lua_pop(lua, 1);
        return;
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_HANDLER);
    const bool is_handler = lua_rawequal(lua, -1, function);
    const char *name = lua_getupvalue(lua, function, found.upvalue);
    lua_Debug debug;
    lua_pushvalue(lua, function);
    lua_getinfo(lua, ">S", &debug);
    luaL_error(lua, "%s:%d: '%s' is assigned by %s; " READ_ONLY_ADVICE, debug.short_src,
        (int)found.line, name, is_handler ? "the handler" : "a function that the handler can call");
}

static void check_iterator(lua_State *lua, int function) {
    bool remembers = library_pairs_is_iterator(lua, function);
    for (int i = 1; !remembers && lua_getupvalue(lua, function, i) != NULL; i++) {
        remembers = lua_type(lua, -1) == LUA_TUSERDATA;
        lua_pop(lua, 1);
    }
    if (!remembers) return;
    luaL_error(lua,
        "%s: an iterator of pairs or string.gmatch is kept from when the file was loaded, and "
        "remembers how far it came; " READ_ONLY_ADVICE, host_of(lua)->load.file_name);
}

static void look_through_function(struct walk *walk, int function) {
    lua_State *lua = walk->lua;
    if (lua_iscfunction(lua, function)) {
        check_iterator(lua, function);
        return;
    }
    int count = 0;
    while (lua_getupvalue(lua, function, count + 1) != NULL) {
        count++;
        if (meet(walk)) lua_setupvalue(lua, function, count);
        else lua_pop(lua, 1);
    }
    // Without upvalues there is nothing to assign beyond a call.
    if (count > 0) check_assignments(walk, function);
}

static void look_through_queue(struct walk *walk) {
    lua_State *lua = walk->lua;
    const int top = lua_gettop(lua);
    while (walk->taken < walk->queued) {
        limits_check(lua);
        lua_rawgeti(lua, PLACE_QUEUE, ++walk->taken);
        lua_pushnil(lua);
        lua_rawseti(lua, PLACE_QUEUE, walk->taken);
        if (lua_istable(lua, -1)) freeze_table(walk, lua_gettop(lua));
        else look_through_function(walk, lua_gettop(lua));
        lua_settop(lua, top);
    }
}

int load_freeze(lua_State *lua) {
    static const int roots[] = {
        REGISTRY_GLOBALS, REGISTRY_LIBRARIES_LOADED, REGISTRY_CONTEXT_FIELDS,
    };
    struct walk walk = {.lua = lua, .host = host_of(lua)};
    luaL_checkstack(lua, 32, NULL);
    lua_settop(lua, PLACE_DEFINITION);
    lua_newtable(lua);
    lua_newtable(lua);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, REGISTRY_HANDLER);
    meet(&walk);
    lua_pushvalue(lua, PLACE_DEFINITION);
    meet(&walk);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, roots[i]);
        meet_members(&walk, lua_gettop(lua));
    }
    look_through_queue(&walk);
    byte_buffer_free(&walk.host->compiled_form);
    return 0;
}
