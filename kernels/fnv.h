/* SPDX-License-Identifier: MIT
 * Steps of FNV-1a 64, for what hashes values as they come. Internal: plait/digest.h has the hash of
 * bytes. */
#ifndef PLAIT_KERNELS_FNV_H
#define PLAIT_KERNELS_FNV_H

#include <stdint.h>

#define FNV_OFFSET UINT64_C(0xcbf29ce484222325) /* of no bytes */
#define FNV_PRIME UINT64_C(0x100000001b3)

static inline uint64_t fnv_byte(uint64_t hash, uint64_t byte) {
    return (hash ^ byte) * FNV_PRIME;
}

/* The lowest `bytes` bytes of value, little-endian. */
static inline uint64_t fnv_value(uint64_t hash, uint64_t value, int bytes) {
    for (int b = 0; b < bytes; b++)
        hash = fnv_byte(hash, value >> (8 * b) & 0xff);
    return hash;
}

#endif
