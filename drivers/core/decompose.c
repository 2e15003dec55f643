/* SPDX-License-Identifier: MIT
 * Block decomposition. */
#include "core/decompose.h"

uint32_t decompose_block(uint32_t units, uint32_t parts, uint32_t part) {
    return units / parts + (part < units % parts ? 1 : 0);
}
