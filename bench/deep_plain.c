/* SPDX-License-Identifier: MIT
 * The plain loop of deep pixels: the same C as on the scalar path, one pixel at a time, compiled by
 * -O3 -mfma in a file of its own, so that fma is one instruction and nothing else is special. */
#include "deep_plain.h"

#define DEEP_TILE deep_plain_tile
#include "../arch/deep_body.h"

bool deep_plain_is_supported(void) {
#if defined(__x86_64__) && defined(__FMA__)
    return __builtin_cpu_supports("fma");
#else
    return true;
#endif
}
