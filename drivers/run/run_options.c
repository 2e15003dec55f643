/* SPDX-License-Identifier: MIT
 * The table of the options that all subcommands share. */
#include "run/run_options.h"

#include "plait/exec.h"

const struct option run_option_rows[RUN_OPTIONS] = {
    {
        .name = "threads",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "OpenMP threads of each rank",
        .default_text =
            "OMP_NUM_THREADS, else the cores and the CPU quota that the rank sees, shared with the ranks of its node that see them too",
        .offset = offsetof(struct run_options, threads),
        .min = 1,
        .max = PLAIT_THREADS_MAX,
    },
    {
        .name = "path",
        .kind = OPTION_TEXT,
        .argument = "NAME",
        .help =
            "SIMD path of the kernels, such as scalar or avx2; a wrong one lists what the machine has",
        .default_text = "the fastest of each node",
        .offset = offsetof(struct run_options, path),
    },
    {
        .name = "json",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "write parameters, placement, timing and result to FILE when the computation has succeeded; plots are drawn later, and one that fails leaves FILE there",
        .offset = offsetof(struct run_options, json),
        .replaces = true,
    },
    {
        .name = "csv",
        .kind = OPTION_FLAG,
        .help =
            "print the timers after the results, those of rank 0, except that a timer that is also in the --json report is of the slowest rank: a table, and lines that begin with '# csv,' for plait logs merge",
        .offset = offsetof(struct run_options, csv),
    },
    {
        .name = "watchdog",
        .kind = OPTION_REAL,
        .argument = "S",
        .help =
            "end the job, with a line that names them, if ranks are not responding for S seconds: stopped, asleep, or cut off from rank 0; more than the longest wait for a disk",
        .default_text = "none",
        .offset = offsetof(struct run_options, watchdog),
        .real_min = 1,
        .real_max = 1e6,
    },
};

const struct option gpu_ranks_row[1] = {
    {
        .name = "gpu-ranks",
        .kind = OPTION_TEXT,
        .argument = "WHICH",
        .help =
            "ranks that compute on a GPU, or another device of OpenCL: auto takes GPUs that are right to the bit and faster than the threads of the rank, all or a list of ranks such as 0,2-5 insists, none leaves them alone; the results are the same",
        .default_value = "auto",
        .offset = offsetof(struct run_options, gpu_ranks),
        .choices = gpu_ranks_words,
        .check = gpu_ranks_check,
    },
};

const struct option energy_option_rows[ENERGY_OPTIONS] = {
    {
        .name = "energy",
        .kind = OPTION_FLAG,
        .help =
            "print the energy that the processors of all nodes take during the work, and the work per joule; the counters of Linux (powercap) often need root",
        .offset = offsetof(struct energy_options, energy),
    },
    {
        .name = "watts",
        .kind = OPTION_REAL,
        .argument = "W",
        .help = "the same as --energy, with W watts taken for each node instead of a measurement",
        .offset = offsetof(struct energy_options, watts),
        .positive = true,
        .real_max = 1e6,
    },
};

bool checkpoint_options_check(const struct option_values *values, struct failure *failure) {
    return values_has(values, "checkpoint") ||
           values_origin(values, "checkpoint-every") != ORIGIN_COMMAND_LINE ||
           failure_set(failure, EXIT_USAGE, "%s has no checkpoint to save to: add --checkpoint",
                       values_where(values, "checkpoint-every"));
}
