/* SPDX-License-Identifier: MIT
 * The graphics processors of a node, as its kernel knows them: whether a program can compute on
 * them is another question. */
#ifndef PLAIT_DRIVERS_DEVICES_H
#define PLAIT_DRIVERS_DEVICES_H

#include <stdint.h>

enum { DEVICES_LISTED = 8, DEVICES_NAME_BYTES = 96 };

/* Members have fixed widths and no pointers, since ranks send them to each other as bytes. */
struct devices {
    int32_t count; /* of the node; the first DEVICES_LISTED are in the list */
    char names[DEVICES_LISTED]
              [DEVICES_NAME_BYTES]; /* "NVIDIA H100 PCIe", "v3d", "amdgpu 1002:744c" */
};

/* root: "" for this machine; else a directory in which proc and sys are read. */
void devices_find(struct devices *devices, const char *root);

#endif
