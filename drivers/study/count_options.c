/* SPDX-License-Identifier: MIT
 * The rows of struct count_options. */
#include "study/count_options.h"

#include <stddef.h>

const struct option count_option_rows[COUNT_OPTIONS] = {
    {
        .name = "disturbed",
        .kind = OPTION_FLAG,
        .help = "count disturbed samples, too",
        .offset = offsetof(struct count_options, disturbed),
    },
    {
        .name = "bootstrap-seed",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "seed of the bootstrap: the same samples give the same intervals",
        .default_value = "42",
        .offset = offsetof(struct count_options, seed),
        .max = UINT64_MAX,
    },
};
