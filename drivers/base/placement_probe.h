/* SPDX-License-Identifier: MIT
 * What this process can find out about its own placement, without the other ranks. */
#ifndef PLAIT_DRIVERS_PLACEMENT_PROBE_H
#define PLAIT_DRIVERS_PLACEMENT_PROBE_H

#include "base/launcher.h"
#include "base/placement.h"

#include <stddef.h>

/* Fills *mine as for a rank that is alone on its node: host, version, cores, quota, launcher, and
 * threads: `asked` of them, 0: as many as OMP_NUM_THREADS has, or else its share of cores and
 * quota. *quota_group: see struct cpu_quota. */
void placement_probe(struct placement *mine, const struct launcher *launcher, int asked,
                     uint64_t *quota_group);

#endif
