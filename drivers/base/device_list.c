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

void device_list_text(const struct device_entry *entry, char text[DEVICE_LINE_BYTES]) {
    const struct plait_device_info *info = &entry->info;
    snprintf(text, DEVICE_LINE_BYTES, "%s%s, %s, %.3g GiB, %s doubles, %s%s", info->name,
             info->gpu ? "" : " (not a GPU)", info->driver,
             (double)info->memory_bytes / 1073741824.0, info->doubles ? "with" : "without",
             entry->why[0] ? "not used: " : "trial passed", entry->why);
}

void device_list_line(const struct device_entry *entry, size_t index,
                      char line[DEVICE_LINE_BYTES]) {
    const struct plait_device_info *info = &entry->info;
    char text[DEVICE_LINE_BYTES], darts[48] = "", steps[48] = "", products[48] = "";
    device_list_text(entry, text);
    if (!entry->why[0])
        snprintf(darts, sizeof darts, ", %.3g darts/s", info->darts_per_s);
    if (!entry->why[0] && info->steps_per_s > 0)
        snprintf(steps, sizeof steps, ", %.3g steps/s", info->steps_per_s);
    if (!entry->why[0] && info->products_per_s > 0)
        snprintf(products, sizeof products, ", %.3g products/s", info->products_per_s);
    snprintf(line, DEVICE_LINE_BYTES, "device %zu: %.600s%s%s%s", index, text, darts, steps,
             products);
}
