/* SPDX-License-Identifier: MIT
 * The rows of struct counting_options. */
#include "study/counting_options.h"

#include <stddef.h>

const struct option counting_option_rows[COUNTING_OPTIONS] = {
    {
        .name = "disturbed",
        .kind = OPTION_FLAG,
        .help = "count disturbed samples, too",
        .offset = offsetof(struct counting_options, disturbed),
    },
    {
        .name = "bootstrap-seed",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "seed of the bootstrap: the same samples give the same intervals",
        .default_value = "42",
        .offset = offsetof(struct counting_options, seed),
        .max = UINT64_MAX,
    },
};
