/* SPDX-License-Identifier: MIT
 * The option table of plait amdahl. */
#include "amdahl/amdahl_options.h"

#include "base/number.h"

#include <stddef.h>

static bool check_serial(const char *text, struct failure *failure) {
    double part;
    const char *why = number_part(text, &part);
    return (!why && part >= 0 && part <= 1) ||
           failure_set(failure, EXIT_USAGE, "'%s' %s", text,
                       why ? why : "is not between 0% and 100%");
}

#define MEMBER(name) offsetof(struct amdahl_options, name)

static const struct option rows[] = {
    {
        .name = "serial",
        .kind = OPTION_TEXT,
        .argument = "PERCENT",
        .help = "share of the work that one thread does while all others wait",
        .default_value = "5%",
        .offset = MEMBER(serial),
        .check = check_serial,
    },
    {
        .name = "work",
        .kind = OPTION_REAL,
        .argument = "SECONDS",
        .help = "all work, in seconds of CPU time",
        .default_value = "1",
        .offset = MEMBER(work),
        .positive = true,
        .real_max = 1e6,
        .grows = true,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    {run_option_rows, 1, MEMBER(run)}, /* --threads */
    RUN_REPORT_TABLE(MEMBER(run)),
    ENERGY_TABLE(MEMBER(energy)),
    OPTION_STANDARD_TABLE,
};

const struct option_set amdahl_option_set = {
    .command = "amdahl",
    .summary = "a load with a known serial share, to learn about scaling with",
    .details =
        "First one thread of rank 0 works for the serial share of SECONDS while all others wait; then all threads of all ranks share the rest equally. Work is CPU time of a thread, by the clock of that thread: on cores of its own a run takes SECONDS (s + (1 - s) / cores), as Amdahl's law has it, and more where threads must share a core. --csv has the times of both parts.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
