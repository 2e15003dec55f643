/* SPDX-License-Identifier: MIT
 * Samples: which of many things to look at when there is no time for all of them. */
#ifndef PLAIT_SAMPLE_H
#define PLAIT_SAMPLE_H

#include "plait/api.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The sample k of `count` things, count >= 1: a number below count. Samples 0, 1, 2, ... are
 * multiples of the golden ratio, modulo 1, times count (D. E. Knuth, TAOCP vol. 3, 6.4: Fibonacci
 * hashing): spread evenly, however many are taken, and without a period that the things could
 * share. */
PLAIT_API uint64_t plait_sample(uint64_t count, uint64_t k);

#ifdef __cplusplus
}
#endif

#endif
