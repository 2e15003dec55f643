/* SPDX-License-Identifier: MIT
 * From rates of operations to that of steps. Internal. */
#ifndef PLAIT_KERNELS_LIMIT_RATES_H
#define PLAIT_KERNELS_LIMIT_RATES_H

/* A step of the escape kernel needs three multiply-adds, so a third of their rate bounds it. Where
 * the same units also add, the addition takes its turn: the four operations of a step of the mix
 * then take as long as four multiply-adds, and the mix is the bound. Both rates are per lane. */
static inline double limit_of_steps(double fma_per_second, double mix_per_second) {
    return 4 * mix_per_second < 1.05 * fma_per_second ? mix_per_second : fma_per_second / 3;
}

#endif
