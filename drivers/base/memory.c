/* SPDX-License-Identifier: MIT
 * Reads the kernel's and the control groups' word on free memory; asks for large pages. */
#define _DEFAULT_SOURCE /* strsep, madvise */
#include "base/memory.h"

#include "base/cgroup.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t memory_least(uint64_t a, uint64_t b) {
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

/* "max": not a number, no limit. */
static bool group_number_of(const struct cgroup *group, const char *file, uint64_t *value) {
    char text[64];
    return cgroup_read(group, file, text, sizeof text) && sscanf(text, "%" SCNu64, value) == 1;
}

/* Bytes of file cache that a group is charged for, with the groups below it: the kernel gives them
 * back when memory is short. Version 1 has the pages of the group alone under the plain names. */
static uint64_t reclaimable_bytes(const struct cgroup *group) {
    const char *prefix = group->version == 1 ? "total_" : "";
    const size_t prefix_bytes = strlen(prefix);
    char text[8192], *rest = text;
    uint64_t value, sum = 0;
    if (!cgroup_read(group, "memory.stat", text, sizeof text))
        return 0;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (strncmp(line, prefix, prefix_bytes) == 0 &&
            (sscanf(line + prefix_bytes, "active_file %" SCNu64, &value) == 1 ||
             sscanf(line + prefix_bytes, "inactive_file %" SCNu64, &value) == 1))
            sum += value;
    return sum;
}

static uint64_t left_in_group(const struct cgroup *group) {
    uint64_t limit, usage;
    if (!group_number_of(group, group->version == 2 ? "memory.max" : "memory.limit_in_bytes",
                         &limit) ||
        !group_number_of(group, group->version == 2 ? "memory.current" : "memory.usage_in_bytes",
                         &usage))
        return UINT64_MAX;
    const uint64_t cache = reclaimable_bytes(group);
    usage -= memory_least(cache, usage);
    return limit > usage ? limit - usage : 0;
}

uint64_t memory_group_left_bytes(const char *root) {
    uint64_t left = UINT64_MAX;
    for (int version = 1; version <= 2; version++) {
        struct cgroup group;
        if (!cgroup_find(root, version, "memory", &group))
            continue;
        do
            left = memory_least(left, left_in_group(&group));
        while (cgroup_parent(&group));
    }
    return left;
}

uint64_t memory_address_space_bytes(void) {
    struct rlimit limit;
    uint64_t pages = 0;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    FILE *stream = fopen("/proc/self/statm", "r");
    if (stream) {
        if (fscanf(stream, "%" SCNu64, &pages) != 1)
            pages = 0;
        fclose(stream);
    }
    const uint64_t used = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

uint64_t memory_available_bytes(void) {
    return memory_least(meminfo_available_bytes(), memory_group_left_bytes(""));
}

void *memory_in_large_pages(size_t bytes) {
    const size_t page = (size_t)1 << 21; /* of most processors; no harm where it is another */
    void *memory = NULL;
    if (bytes < 2 * page)
        return malloc(bytes);
    if (posix_memalign(&memory, page, bytes) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes / page * page, MADV_HUGEPAGE);
#endif
    return memory;
}
