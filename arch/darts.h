/* SPDX-License-Identifier: MIT
 * The dart kernel as a path sees it: a job (which darts) in, the number of hits out. Sums are
 * integers and each dart depends on its own outputs only, so any cut into jobs gives the same
 * total. docs/determinism.md has the arithmetic. */
#ifndef PLAIT_ARCH_DARTS_H
#define PLAIT_ARCH_DARTS_H

#include <stdbool.h>
#include <stdint.h>

/* Consecutive darts of one orbit. Built by kernels/darts.c from checked arguments. */
struct plait_darts_job {
    bool pcg32; /* XSH-RR 64/32, two outputs per dart; else RXS-M-XS 64/64, two darts per output */
    bool odd;   /* rxs64: the first dart is the odd one of the first output; else false */
    bool strides;   /* a path that can do both adds instead of multiplying; the hits are the same */
    uint64_t state; /* of the first dart's first output */
    uint64_t count; /* darts, 0 .. 2^62 */
};

/* The number of hits among the darts of the job. */
typedef uint64_t plait_darts_hits_fn(const struct plait_darts_job *job);

/* The reference: dart by dart, every one refined, no shortcut. Every path equals it on every job.
 */
plait_darts_hits_fn plait_darts_reference;

/* Where the first dart of a job lies by the reference, in units of 2^-48 (rxs64) or 2^-31 (pcg32)
 * of half the square's side, and whether it hits. */
struct plait_darts_point {
    int64_t x, y;
    bool hit;
};
struct plait_darts_point plait_darts_reference_point(const struct plait_darts_job *job);

/* Drops the first dart of a job; count must be at least 1. */
void plait_darts_reference_next(struct plait_darts_job *job);

#endif
