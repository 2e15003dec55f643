/* SPDX-License-Identifier: MIT
 * Names with ranges in brackets, and sizes after them. */
#include "doctor/nodelist.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const nodelist_size_names[NODELIST_SIZES] = {"CPUs", "CoresPerSocket", "ThreadsPerCore",
                                                         "SocketsPerBoard", "RealMemory"};

/* Whether the digits at the beginning of a name are in one of the ranges 01-06,08 up to ']', and
 * what follows both is alike: red[1-6]-eth. */
static bool ranges_have(const char *ranges, const char *name) {
    const char *close = strchr(ranges, ']');
    const size_t digits = strspn(name, "0123456789");
    if (!close || digits == 0 || digits > 9 || strcmp(close + 1, name + digits) != 0)
        return false;
    const unsigned long number = strtoul(name, NULL, 10);
    while (ranges < close) {
        char *end;
        const size_t width = strspn(ranges, "0123456789");
        if (width == 0 || width > 9)
            return false;
        const unsigned long low = strtoul(ranges, &end, 10);
        unsigned long high = low;
        if (*end == '-')
            high = strtoul(end + 1, &end, 10);
        const bool padded = width > 1 && *ranges == '0';
        if (number >= low && number <= high && (!padded || width == digits))
            return true;
        if (*end != ',')
            return false;
        ranges = end + 1;
    }
    return false;
}

bool nodelist_has(const char *list, const char *name) {
    char item[FACT_TEXT_BYTES];
    for (;;) {
        size_t length = 0, depth = 0;
        for (; list[length] && (depth > 0 || list[length] != ','); length++)
            depth += list[length] == '[' ? 1 : list[length] == ']' && depth > 0 ? (size_t)-1 : 0;
        snprintf(item, sizeof item, "%.*s", (int)(length < sizeof item ? length : sizeof item - 1),
                 list);
        const char *open = strchr(item, '[');
        const size_t before = open ? (size_t)(open - item) : 0;
        if (open ? strncasecmp(item, name, before) == 0 && ranges_have(open + 1, name + before)
                 : strcasecmp(item, name) == 0)
            return true;
        if (!list[length])
            return false;
        list += length + 1;
    }
}

static void shape_of(const char *line, struct nodelist_shape *shape) {
    for (const char *word = line; *word; word += strcspn(word, " "), word += strspn(word, " ")) {
        for (int k = 0; k < NODELIST_SIZES; k++) {
            const size_t length = strlen(nodelist_size_names[k]);
            if (strncasecmp(word, nodelist_size_names[k], length) == 0 && word[length] == '=')
                shape->sizes[k] = strtod(word + length + 1, NULL);
        }
        if (strncasecmp(word, "Sockets=", 8) == 0) /* the older name */
            shape->sizes[3] = strtod(word + 8, NULL);
    }
}

bool nodelist_shape(const struct fact_list *lines, const char *name, struct nodelist_shape *shape) {
    struct nodelist_shape defaults;
    for (int k = 0; k < NODELIST_SIZES; k++)
        defaults.sizes[k] = NAN;
    for (size_t n = 0; n < lines->count; n++) {
        char names[FACT_TEXT_BYTES];
        const char *line = lines->items[n];
        if (strncasecmp(line, "NodeName=", 9) == 0)
            line += 9;
        snprintf(names, sizeof names, "%.*s", (int)strcspn(line, " "), line);
        if (strcasecmp(names, "DEFAULT") == 0) {
            shape_of(line, &defaults);
            continue;
        }
        const char *host = strcasestr(line, "NodeHostname=");
        char hosts[FACT_TEXT_BYTES] = "";
        if (host)
            snprintf(hosts, sizeof hosts, "%.*s", (int)strcspn(host + 13, " "), host + 13);
        if (name && !nodelist_has(names, name) && !(*hosts && nodelist_has(hosts, name)))
            continue;
        *shape = defaults;
        shape_of(line, shape);
        return true;
    }
    return false;
}
