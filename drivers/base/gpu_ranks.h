/* SPDX-License-Identifier: MIT
 * Which ranks are to use a device: the text of --gpu-ranks. */
#ifndef PLAIT_DRIVERS_GPU_RANKS_H
#define PLAIT_DRIVERS_GPU_RANKS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

enum gpu_ranks {
    GPU_RANKS_AUTO, /* those whose node has a GPU for them that is worth it */
    GPU_RANKS_NONE,
    GPU_RANKS_ALL, /* every rank must have one */
    GPU_RANKS_LIST /* those of the list must */
};

/* The words that stand for ranks, ended by NULL. */
extern const char *const gpu_ranks_words[];

/* Checks a text, as a row of an option table does: a word, or ranks and ranges of ranks such as
 * 0,2-5. */
bool gpu_ranks_check(const char *text, struct failure *failure);

/* What a text that has passed the check means. */
enum gpu_ranks gpu_ranks_of(const char *text);

/* Whether a list contains the rank, and the largest rank in it. */
bool gpu_ranks_has(const char *list, uint64_t rank);
uint64_t gpu_ranks_last(const char *list);

#endif
