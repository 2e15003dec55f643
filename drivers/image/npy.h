/* SPDX-License-Identifier: MIT
 * How a .npy file of counts begins, for those who write its rows themselves. */
#ifndef PLAIT_DRIVERS_NPY_H
#define PLAIT_DRIVERS_NPY_H

#include <stdint.h>

/* The format asks for data that starts at a multiple of 64; the longest shape leaves room in two.
 */
enum { NPY_HEADER_BYTES = 128 };

/* What stands before the counts, int32 [height][width] as they lie in memory. */
void npy_header(uint32_t width, uint32_t height, char header[NPY_HEADER_BYTES]);

#endif
