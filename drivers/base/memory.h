/* SPDX-License-Identifier: MIT
 * How much memory this process can still get, and memory in large pages. */
#ifndef PLAIT_DRIVERS_MEMORY_H
#define PLAIT_DRIVERS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that the node can still give without swapping: the least of what the kernel estimates
 * (MemAvailable) and what the process's control groups leave. UINT64_MAX where nothing is known. An
 * allocation below this may still fail; one above it ends in swapping or the out-of-memory killer.
 */
uint64_t memory_available_bytes(void);

/* Bytes that this process may still map (ulimit -v). UINT64_MAX: no limit. An allocation above it
 * fails. */
uint64_t memory_address_space_bytes(void);

/* Memory to be freed, NULL where there is none; in large pages where it has some and the system
 * gives them to those who ask, so that values that lie far apart are found with fewer searches. */
void *memory_in_large_pages(size_t bytes);

/* What the control groups of this process leave, the smallest of all from its own up. UINT64_MAX:
 * no limit. `root`: "" for this machine, see cgroup_find. */
uint64_t memory_group_left_bytes(const char *root);

#endif
