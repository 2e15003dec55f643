/* SPDX-License-Identifier: MIT
 * Control groups of both versions: finds the directories in which the limits of this process
 * stand. */
#ifndef PLAIT_DRIVERS_CGROUP_H
#define PLAIT_DRIVERS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

enum { CGROUP_PATH_BYTES = 4096 };

/* A group that this process is in, as far as it can be seen from here: in a container the path ends
 * at the root of what is mounted, which carries the container's limits. */
struct cgroup {
    int version;        /* 1 or 2 */
    size_t mount_bytes; /* the first mount_bytes of the directory are the mount point */
    char directory[CGROUP_PATH_BYTES]; /* absolute, with `root` in front */
};

/* The group of this process in the hierarchy of a controller ("cpu", "memory", "pids"): version 1
 * has one for each, version 2 (`version` 2, `controller` not looked at) one for all. `root` is put
 * in front of every path, "" for this machine, else the directory of a made-up one with proc/ and
 * what is mounted. False if there is no such hierarchy. */
bool cgroup_find(const char *root, int version, const char *controller, struct cgroup *group);

/* Moves to the parent. False at the mount point, whose parent cannot be seen. */
bool cgroup_parent(struct cgroup *group);

/* Reads the start of a file of the group, with a zero after it. False if there is none. */
bool cgroup_read(const struct cgroup *group, const char *file, char *text, size_t bytes);

#endif
