/* SPDX-License-Identifier: MIT
 * Option table of pi; from options to a checked sweep. */
#include "pi/pi_options.h"

#include "pi/pi_scatter.h"
#include "plait/darts.h"
#include "run/seed_options.h"

#include <inttypes.h>

#define MEMBER(name) offsetof(struct pi_options, name)

/* In the order of enum plait_generator. */
static const char *const generators[] = {"rxs64", "pcg32", NULL};

const char *const pi_plots[] = {"pi_vs_log2_N", "log2_std_vs_log2_N", NULL};

static const char *const darts_rivals[] = {"sweep", NULL};
static const char *const sweep_rivals[] = {"darts", NULL};

static bool check_sweep(const char *text, struct failure *failure) {
    struct sweep sweep;
    return sweep_parse(text, &sweep, failure);
}

const struct option pi_option_rows[PI_OPTIONS] = {
    {
        .name = "sweep",
        .kind = OPTION_TEXT,
        .argument = "B^I:B^J",
        .help = "throw each power of B from B^I to B^J as the darts of a run",
        .default_value = "4^5:4^14",
        .offset = MEMBER(sweep),
        .rivals = sweep_rivals,
        .check = check_sweep,
    },
    {
        .name = "darts",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "throw N darts a run, instead of --sweep",
        .offset = MEMBER(darts),
        .min = 1,
        .max = PLAIT_DARTS_MAX,
        .rivals = darts_rivals,
    },
    {
        .name = "runs",
        .kind = OPTION_COUNT,
        .argument = "R",
        .help = "independent runs of which mean and standard deviation are taken",
        .default_value = "64",
        .offset = MEMBER(runs),
        .min = 1,
        .max = SWEEP_RUNS_MAX,
        .grows = true,
    },
    SEED_ROW(MEMBER(seed), "the same seed gives the same hits everywhere"),
    {
        .name = "generator",
        .kind = OPTION_CHOICE,
        .argument = "NAME",
        .help =
            "random numbers: rxs64 is PCG RXS-M-XS 64/64, pcg32 PCG XSH-RR 64/32, which is slower",
        .default_value = "rxs64",
        .offset = MEMBER(generator),
        .choices = generators,
    },
    {
        .name = "target-error",
        .kind = OPTION_REAL,
        .argument = "E",
        .help =
            "end with the first N whose standard error of the mean, by the spread of the runs (std_sample / sqrt(R); with one run, which has no spread, the expected one), is at most E; N goes on by B beyond B^J, or doubles from --darts, up to --max-darts; if none meets it, also where --max-time ends, the exit status is 1, with plots and picture written and the checkpoint kept",
        .offset = MEMBER(target_error),
        .positive = true,
    },
    {
        .name = "max-darts",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help =
            "most darts of a run that --target-error may continue to; a larger one continues from the checkpoint of a smaller one",
        .default_value = "4^18",
        .offset = MEMBER(max_darts),
        .min = 1,
        .max = PLAIT_DARTS_MAX,
    },
    {
        .name = "max-time",
        .kind = OPTION_REAL,
        .argument = "SECONDS",
        .help =
            "end after that many seconds of computing, in the middle of an N if need be: where that is depends on the machine, and every output is marked as not reproducible",
        .offset = MEMBER(max_time),
        .positive = true,
    },
    SCHEDULE_ROW(MEMBER(schedule), "the darts of all runs", "hits"),
    {
        .name = "plot",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .help =
            "plot mean and standard deviation against log2 N into DIRECTORY: pi_vs_log2_N and log2_std_vs_log2_N, each as .png, .pdf and .svg by gnuplot, with data (.csv) and script (.gp)",
        .offset = MEMBER(plot),
        .plots = pi_plots,
    },
    {
        .name = "scatter",
        .kind = OPTION_TEXT,
        .argument = "FILE.png",
        .help =
            "draw the first 4000 darts of run 0, fewer where N is smaller, in two colours for inside and outside the circle",
        .offset = MEMBER(scatter),
        .check = pi_scatter_check_name,
        .replaces = true,
    },
    {
        .name = "verify",
        .kind = OPTION_FLAG,
        .help =
            "count a sample of the darts again by the scalar reference; a difference is an error",
        .offset = MEMBER(verify),
    },
    CHECKPOINT_ROW(MEMBER(checkpoint), "darts"),
    CHECKPOINT_EVERY_ROW(MEMBER(checkpoint_every)),
    PROGRESS_ROW(MEMBER(progress)),
};

/* The last step takes the most numbers, so it is the one that may run into the next run. */
static bool check_overlap(const struct pi_options *options, const struct sweep *sweep,
                          struct failure *failure) {
    const uint64_t darts = sweep->darts[sweep->steps - 1];
    return plait_darts_check((enum plait_generator)options->generator, darts, sweep->runs) ==
               PLAIT_OK ||
           failure_set(
               failure, EXIT_USAGE,
               "%" PRIu64 " runs of %" PRIu64
               " darts might draw the same random numbers: choose fewer --runs or fewer darts",
               sweep->runs, darts);
}

/* Where the sweep ends if the target is not met before. */
static bool reach_out(const struct pi_options *options, const struct option_values *values,
                      struct sweep *sweep, struct failure *failure) {
    char max[VALUES_TEXT_BYTES];
    if (!(options->target_error > 0))
        return values_origin(values, "max-darts") == ORIGIN_DEFAULT ||
               failure_set(failure, EXIT_USAGE,
                           "%s bounds a search that is not asked for: add --target-error",
                           values_blame(values, "max-darts", max));
    if (sweep->darts[0] > options->max_darts) {
        const char *begin = values_counts(values, "darts") ? "darts" : "sweep";
        char from[VALUES_TEXT_BYTES], set_max[VALUES_TEXT_BYTES], set_from[VALUES_TEXT_BYTES];
        return failure_set(failure, EXIT_USAGE,
                           "the first N, %" PRIu64
                           ", is above %s and comes from %s: raise %s, or begin lower by %s",
                           sweep->darts[0], values_describe(values, "max-darts", max),
                           values_describe(values, begin, from),
                           values_setters(values, "max-darts", set_max),
                           values_setters(values, begin, set_from));
    }
    sweep_go_on(sweep, options->max_darts);
    return true;
}

bool pi_sweep_of_options(const struct pi_options *options, const struct option_values *values,
                         struct sweep *sweep, struct failure *failure) {
    const bool by_darts = values_counts(values, "darts");
    char one[VALUES_TEXT_BYTES], other[VALUES_TEXT_BYTES];
    if (by_darts && values_counts(values, "sweep"))
        return failure_set(failure, EXIT_USAGE, "%s and %s both set the darts: give only one",
                           values_blame(values, "darts", one),
                           values_blame(values, "sweep", other));
    if (options->checkpoint && options->max_time > 0)
        return failure_set(failure, EXIT_USAGE,
                           "%s continues to the same hits, and %s ends anywhere: give only one",
                           values_blame(values, "checkpoint", one),
                           values_blame(values, "max-time", other));
    sweep->runs = options->runs;
    if (by_darts)
        sweep_of_darts(options->darts, sweep);
    else if (!sweep_parse(options->sweep, sweep, failure))
        return false;
    /* Between two steps somebody looks whether to go on. */
    sweep->apart = options->target_error > 0 || options->max_time > 0;
    return checkpoint_options_check(values, failure) &&
           reach_out(options, values, sweep, failure) && check_overlap(options, sweep, failure);
}

static const struct option_table tables[] = {
    {pi_option_rows, PI_OPTIONS, 0},
    {run_option_rows, RUN_OPTIONS, offsetof(struct pi_options, run)},
    ENERGY_TABLE(offsetof(struct pi_options, energy)),
    OPTION_STANDARD_TABLE,
};

const struct option_set pi_option_set = {
    .command = "pi",
    .summary = "estimate pi by throwing darts",
    .details =
        "Counts how many of N darts, thrown at random at the square [-1, 1)^2, hit the circle, in independent runs; 4 hits / N is about pi. "
        "Prints N, mean and population standard deviation of the runs as each N ends, and more in lines that begin with '#'. "
        "Without options it is the study of the report \"MPI with Python\". "
        "The hits are the same for any number of ranks and threads and on any path.\n\n"
        "Each N begins its runs at the same places: the darts of a smaller one are the first of a larger one, so lines are not independent of each other.\n\n"
        "The 95 % interval for pi is Wilson's, from all darts of the largest N; it is not 1.96 times the standard error of the table, which is by the spread of the runs.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
