/* SPDX-License-Identifier: MIT
 * How much memory this process can still get. */
#ifndef PLAIT_DRIVERS_MEMORY_H
#define PLAIT_DRIVERS_MEMORY_H

#include <stdint.h>

/* Bytes that the node can still give without swapping: the least of what the kernel estimates
 * (MemAvailable) and what the process's control groups leave. UINT64_MAX where nothing is known. An
 * allocation below this may still fail; one above it ends in swapping or the out-of-memory killer.
 */
uint64_t memory_available_bytes(void);

#endif
