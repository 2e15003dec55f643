/* SPDX-License-Identifier: MIT
 * Lists the devices of this machine. */
#include "base/device_list.h"

#include <stdio.h>
#include <string.h>

size_t device_list(enum plait_device_set set, struct device_entry entries[DEVICE_LIST_MAX]) {
    const size_t found = plait_device_count(set);
    const size_t count = found < DEVICE_LIST_MAX ? found : DEVICE_LIST_MAX;
    for (size_t k = 0; k < count; k++) {
        struct device_entry *entry = &entries[k];
        memset(entry, 0, sizeof *entry);
        struct plait_device *device = plait_device_open(set, k, &entry->info, entry->why);
        if (device)
            entry->why[0] = '\0';
        plait_device_close(device);
    }
    return count;
}

void device_list_line(const struct device_entry *entry, size_t index,
                      char line[DEVICE_LINE_BYTES]) {
    const struct plait_device_info *info = &entry->info;
    char trial[PLAIT_DEVICE_WHY_BYTES + 64], rows[48] = "";
    if (info->steps_per_s > 0)
        snprintf(rows, sizeof rows, ", %.3g steps/s", info->steps_per_s);
    if (entry->why[0])
        snprintf(trial, sizeof trial, "not used: %s", entry->why);
    else
        snprintf(trial, sizeof trial, "trial passed, %.3g darts/s%s", info->darts_per_s, rows);
    snprintf(line, DEVICE_LINE_BYTES, "device %zu: %s%s, %s, %.3g GiB, %s doubles, %s", index,
             info->name, info->gpu ? "" : " (not a GPU)", info->driver,
             (double)info->memory_bytes / 1073741824.0, info->doubles ? "with" : "without", trial);
}
