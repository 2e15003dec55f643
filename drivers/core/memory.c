/* SPDX-License-Identifier: MIT
 * Reads the kernel's and the control groups' word on free memory. */
#include "core/memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t meminfo_available_bytes(void) {
    FILE *stream = fopen("/proc/meminfo", "r");
    if (!stream)
        return UINT64_MAX;
    char line[256];
    uint64_t kib = UINT64_MAX;
    while (fgets(line, sizeof line, stream))
        if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
            break;
    fclose(stream);
    return kib == UINT64_MAX ? UINT64_MAX : kib * 1024;
}

static bool read_number(const char *path, uint64_t *value) {
    FILE *stream = fopen(path, "r");
    if (!stream)
        return false;
    const bool found = fscanf(stream, "%" SCNu64, value) == 1; /* "max": not a number, no limit */
    fclose(stream);
    return found;
}

static uint64_t left_of(const char *limit_path, const char *usage_path) {
    uint64_t limit, usage;
    if (!read_number(limit_path, &limit) || !read_number(usage_path, &usage))
        return UINT64_MAX;
    return limit > usage ? limit - usage : 0;
}

/* Control groups version 2: every group up to the root may have a limit. /proc/self/cgroup has the
 * line "0::/the/path"; inside a container the path is "/" and the root itself carries the limit. */
static uint64_t cgroup2_left_bytes(void) {
    FILE *stream = fopen("/proc/self/cgroup", "r");
    if (!stream)
        return UINT64_MAX;
    char line[2048], group[2048] = "";
    while (fgets(line, sizeof line, stream))
        if (sscanf(line, "0::%2047[^\n]", group) == 1)
            break;
    fclose(stream);

    uint64_t left = UINT64_MAX;
    for (;;) {
        char limit[2200], usage[2200];
        const char *path = strcmp(group, "/") == 0 ? "" : group;
        snprintf(limit, sizeof limit, "/sys/fs/cgroup%s/memory.max", path);
        snprintf(usage, sizeof usage, "/sys/fs/cgroup%s/memory.current", path);
        left = least(left, left_of(limit, usage));
        char *slash = strrchr(group, '/');
        if (!slash)
            return left;
        *slash = '\0';
    }
}

uint64_t memory_available_bytes(void) {
    const uint64_t cgroup1 = left_of("/sys/fs/cgroup/memory/memory.limit_in_bytes",
                                     "/sys/fs/cgroup/memory/memory.usage_in_bytes");
    return least(meminfo_available_bytes(), least(cgroup1, cgroup2_left_bytes()));
}
