/* SPDX-License-Identifier: MIT
 * Block decomposition. */
#include "base/decompose.h"

uint64_t decompose_block(uint64_t units, uint64_t parts, uint64_t part) {
    return units / parts + (part < units % parts ? 1 : 0);
}
