/* SPDX-License-Identifier: MIT
 * The devices of this machine, each of them tried. Without MPI. */
#ifndef PLAIT_DRIVERS_DEVICE_LIST_H
#define PLAIT_DRIVERS_DEVICE_LIST_H

#include "plait/device.h"

#include <stdbool.h>
#include <stddef.h>

/* A device. No pointers: ranks send it to each other as bytes. */
struct device_entry {
    struct plait_device_info info;
    char why[PLAIT_DEVICE_WHY_BYTES]; /* empty: it has passed its trial */
};

enum { DEVICE_LIST_MAX = 16 };

/* Opens, tries and closes each device of the set. Returns how many there are, at most
 * DEVICE_LIST_MAX. */
size_t device_list(enum plait_device_set set, struct device_entry entries[DEVICE_LIST_MAX]);

enum { DEVICE_LINE_BYTES = 768 };

/* "NAME, DRIVER, 141 GiB, with doubles, trial passed", or "not used: " and the reason. */
void device_list_text(const struct device_entry *entry, char text[DEVICE_LINE_BYTES]);

/* "device 0: " and that with the speeds, without the end of the line. */
void device_list_line(const struct device_entry *entry, size_t index, char line[DEVICE_LINE_BYTES]);

#endif
