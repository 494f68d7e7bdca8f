#include "libraries.h"

#include "document_lazy.h"
#include "host.h"
#include "read_only.h"

#include <stdio.h>

// os.time and os.date of the event's time, in UTC. Our own calendar instead of the C library's:
// that one reads time zones from files and the environment.

struct civil_time {
    int64_t year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    // 0 = Sunday.
    int week_day;
    // 1 = January 1st.
    int year_day;
};

enum { DAY_SECONDS = 86400 };

static int64_t divide_down(int64_t dividend, int64_t divisor) {
    return dividend / divisor - (dividend % divisor < 0);
}

// Days from 1970-01-01. Years start in March here, so that the leap day is a year's last.
static int64_t days_of(int64_t year, int month, int64_t day) {
    const int64_t shifted_year = month <= 2 ? year - 1 : year;
    const int64_t era = divide_down(shifted_year, 400);
    const int64_t year_of_era = shifted_year - era * 400;
    const int64_t shifted_month = month > 2 ? month - 3 : month + 9;
    const int64_t day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    const int64_t leap_days = year_of_era / 4 - year_of_era / 100;
    const int64_t day_of_era = year_of_era * 365 + leap_days + day_of_year;
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    return era * 146097 + day_of_era - 719468;
}

static struct civil_time civil_of(int64_t seconds) {
    struct civil_time civil;
    const int64_t days = divide_down(seconds, DAY_SECONDS);
    const int64_t second_of_day = seconds - days * DAY_SECONDS;
    const int64_t shifted = days + 719468;
    const int64_t era = divide_down(shifted, 146097);
    const int64_t day_of_era = shifted - era * 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t shifted_month = (5 * day_of_year + 2) / 153;
    civil.day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    civil.month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    civil.year = era * 400 + year_of_era + (civil.month <= 2);
    civil.hour = (int)(second_of_day / 3600);
    civil.minute = (int)(second_of_day / 60 % 60);
    civil.second = (int)(second_of_day % 60);
    // 1970-01-01 was a Thursday.
    civil.week_day = (int)(((days + 4) % 7 + 7) % 7);
    civil.year_day = (int)(days - days_of(civil.year, 1, 1)) + 1;
    return civil;
}

static int64_t event_seconds(lua_State *lua, const char *what) {
    const struct host *host = host_of(lua);
    if (!host->is_running) {
        luaL_error(lua, "%s tells the event's time: call it in the handler", what);
    }
    return divide_down(host->event.record.time_microseconds, 1000000);
}

static int64_t field(lua_State *lua, const char *name, int64_t otherwise) {
    int is_integer;
    lua_pushstring(lua, name);
    if (lua_rawget(lua, 1) == LUA_TNIL) {
        if (otherwise < 0) luaL_error(lua, "os.time: field '%s' is missing", name);
        lua_pop(lua, 1);
        return otherwise;
    }
    const int64_t value = lua_tointegerx(lua, -1, &is_integer);
    // Far beyond any date, and far from overflow.
    if (!is_integer || value > 1000000000000 || value < -1000000000000) {
        luaL_error(lua, "os.time: field '%s' is not an integer of a date", name);
    }
    lua_pop(lua, 1);
    return value;
}

int library_time(lua_State *lua) {
    if (lua_isnoneornil(lua, 1)) {
        lua_pushinteger(lua, event_seconds(lua, "os.time"));
        return 1;
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    document_complete(lua, 1);
    read_only_open(lua, 1);
    const int64_t months = field(lua, "year", -1) * 12 + field(lua, "month", -1) - 1;
    const int64_t year = divide_down(months, 12);
    const int64_t days = days_of(year, (int)(months - year * 12) + 1, field(lua, "day", -1));
    const int64_t hours = days * 24 + field(lua, "hour", 12);
    const int64_t minutes = hours * 60 + field(lua, "min", 0);
    lua_pushinteger(lua, minutes * 60 + field(lua, "sec", 0));
    return 1;
}

static void set_field(lua_State *lua, const char *name, lua_Integer value) {
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

static void push_date_table(lua_State *lua, const struct civil_time *civil) {
    lua_createtable(lua, 0, 9);
    set_field(lua, "year", civil->year);
    set_field(lua, "month", civil->month);
    set_field(lua, "day", civil->day);
    set_field(lua, "hour", civil->hour);
    set_field(lua, "min", civil->minute);
    set_field(lua, "sec", civil->second);
    set_field(lua, "wday", civil->week_day + 1);
    set_field(lua, "yday", civil->year_day);
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "isdst");
}

static const char *const day_names[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};
static const char *const month_names[] = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
};

static void add_format(luaL_Buffer *text, const char *format, const struct civil_time *civil);

// One conversion, as the C locale writes it.
static void add_conversion(luaL_Buffer *text, char conversion, const struct civil_time *civil) {
    char part[32] = "";
    const int hour_of_12 = (civil->hour + 11) % 12 + 1;
    const char *day_name = day_names[civil->week_day];
    const char *month_name = month_names[civil->month - 1];
    switch (conversion) {
    case 'Y': snprintf(part, sizeof part, "%lld", (long long)civil->year); break;
    case 'y': snprintf(part, sizeof part, "%02d", (int)((civil->year % 100 + 100) % 100)); break;
    case 'm': snprintf(part, sizeof part, "%02d", civil->month); break;
    case 'd': snprintf(part, sizeof part, "%02d", civil->day); break;
    case 'e': snprintf(part, sizeof part, "%2d", civil->day); break;
    case 'H': snprintf(part, sizeof part, "%02d", civil->hour); break;
    case 'I': snprintf(part, sizeof part, "%02d", hour_of_12); break;
    case 'M': snprintf(part, sizeof part, "%02d", civil->minute); break;
    case 'S': snprintf(part, sizeof part, "%02d", civil->second); break;
    case 'j': snprintf(part, sizeof part, "%03d", civil->year_day); break;
    case 'w': snprintf(part, sizeof part, "%d", civil->week_day); break;
    case 'u': snprintf(part, sizeof part, "%d", (civil->week_day + 6) % 7 + 1); break;
    case 'a': snprintf(part, sizeof part, "%.3s", day_name); break;
    case 'A': snprintf(part, sizeof part, "%s", day_name); break;
    case 'b': snprintf(part, sizeof part, "%.3s", month_name); break;
    case 'B': snprintf(part, sizeof part, "%s", month_name); break;
    case 'p': snprintf(part, sizeof part, "%s", civil->hour < 12 ? "AM" : "PM"); break;
    case 'z': snprintf(part, sizeof part, "+0000"); break;
    case 'Z': snprintf(part, sizeof part, "UTC"); break;
    case '%': snprintf(part, sizeof part, "%%"); break;
    case 'c': add_format(text, "%a %b %e %H:%M:%S %Y", civil); return;
    case 'D':
    case 'x': add_format(text, "%m/%d/%y", civil); return;
    case 'F': add_format(text, "%Y-%m-%d", civil); return;
    case 'R': add_format(text, "%H:%M", civil); return;
    case 'T':
    case 'X': add_format(text, "%H:%M:%S", civil); return;
    default:
        luaL_error(text->L, "os.date: conversion '%%%c' is not available; there are "
                            "aAbBcdDeFHIjmMpRSTuwxXyYzZ%%", conversion);
    }
    luaL_addstring(text, part);
}

static void add_format(luaL_Buffer *text, const char *format, const struct civil_time *civil) {
    for (; *format != 0; format++) {
        if (*format == '%') add_conversion(text, *++format, civil);
        else luaL_addchar(text, *format);
        if (*format == 0) return;
    }
}

int library_date(lua_State *lua) {
    const char *format = luaL_optstring(lua, 1, "%c");
    const int64_t seconds = lua_isnoneornil(lua, 2) ? event_seconds(lua, "os.date")
                                                    : (int64_t)luaL_checkinteger(lua, 2);
    // Years of at most five digits.
    luaL_argcheck(lua, seconds > -3000000000000 && seconds < 3000000000000, 2, "time out of range");
    const struct civil_time civil = civil_of(seconds);
    // `!` asks for UTC, which is all there is.
    if (*format == '!') format++;
    if (strncmp(format, "*t", 2) == 0) {
        push_date_table(lua, &civil);
        return 1;
    }
    luaL_Buffer text;
    luaL_buffinit(lua, &text);
    add_format(&text, format, &civil);
    luaL_pushresult(&text);
    return 1;
}
