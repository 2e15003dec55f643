/* SPDX-License-Identifier: MIT
 * With x = (2 i + 1) / (2 n), a term 4 / (1 + x^2) / n is 16 n / (4 n^2 + (2 i + 1)^2): a quotient
 * of whole numbers, the upper one a double, the lower one a sum of two exact products. */
#include "messages/midpoint.h"

int midpoint_blocks(uint64_t intervals) {
    return intervals < MIDPOINT_BLOCKS_MAX ? (int)intervals : MIDPOINT_BLOCKS_MAX;
}

/* The first interval of a block: the first blocks are longer by one if not all can be equal. */
static uint64_t midpoint_block_begin(uint64_t intervals, int block) {
    const uint64_t blocks = (uint64_t)midpoint_blocks(intervals), b = (uint64_t)block;
    const uint64_t extra = intervals % blocks;
    return b * (intervals / blocks) + (b < extra ? b : extra);
}

struct double_double midpoint_block(uint64_t intervals, int block) {
    const double n = (double)intervals;
    const struct double_double numerator = {16 * n, 0};
    const struct double_double square = dd_two_product(2 * n, 2 * n);
    struct double_double sum = {0, 0};
    const uint64_t end = midpoint_block_begin(intervals, block + 1);
    for (uint64_t i = midpoint_block_begin(intervals, block); i < end; i++) {
        const double odd = 2 * (double)i + 1;
        const struct double_double denominator = dd_add(square, dd_two_product(odd, odd));
        sum = dd_add(sum, dd_divide(numerator, denominator));
    }
    return sum;
}

double midpoint_total(const struct double_double *parts, int blocks) {
    struct double_double sum = {0, 0};
    for (int b = 0; b < blocks; b++)
        sum = dd_add(sum, parts[b]);
    return sum.high;
}
