/* SPDX-License-Identifier: MIT
 * Option tables for the tests, with every kind of option. Two commands share one table, as real
 * ones do. */
#ifndef PLAIT_TESTS_SAMPLE_OPTIONS_H
#define PLAIT_TESTS_SAMPLE_OPTIONS_H

#include "options/option.h"

#include <string.h>

struct sample_common {
    uint64_t threads;
    struct option_texts out;
    const char *json;
};

struct sample {
    struct option_size size;
    double region[4];
    double zoom;
    uint64_t maxit;
    uint64_t darts;
    int progress;
    bool verify;
    bool smooth;
    struct sample_common common;
};

static inline bool sample_check_out(const char *text, struct failure *failure) {
    if (strcmp(text, "bad.gif") == 0)
        return failure_set(failure, EXIT_USAGE, "'%s' has an unknown ending", text);
    return true;
}

static const char *const sample_progress[] = {"auto", "bar", "lines", "none", NULL};

static const struct option sample_rows[] = {
    {.name = "size",
     .kind = OPTION_SIZE,
     .argument = "WxH",
     .help = "picture size in pixels",
     .default_value = "1200x800",
     .min = 1,
     .max = 32768,
     .offset = offsetof(struct sample, size)},
    {.name = "region",
     .kind = OPTION_REALS,
     .argument = "XMIN,XMAX,YMIN,YMAX",
     .help = "part of the plane to draw",
     .default_value = "-2,1,-1,1",
     .reals = 4,
     .offset = offsetof(struct sample, region)},
    {.name = "zoom",
     .kind = OPTION_REAL,
     .argument = "Z",
     .help = "magnification",
     .positive = true,
     .real_max = 1e15,
     .offset = offsetof(struct sample, zoom)},
    {.name = "maxit",
     .kind = OPTION_COUNT,
     .argument = "N",
     .help = "most steps per pixel, after which a point counts as one of the set's own",
     .default_value = "127",
     .min = 1,
     .max = INT32_MAX,
     .offset = offsetof(struct sample, maxit)},
    {.name = "darts",
     .kind = OPTION_COUNT,
     .argument = "N",
     .help = "darts",
     .default_value = "4^5",
     .variable = "DARTS",
     .offset = offsetof(struct sample, darts)},
    {.name = "progress",
     .kind = OPTION_CHOICE,
     .argument = "HOW",
     .help = "show progress",
     .default_value = "auto",
     .choices = sample_progress,
     .offset = offsetof(struct sample, progress)},
    {.name = "verify",
     .kind = OPTION_FLAG,
     .help = "recompute a sample by the reference",
     .offset = offsetof(struct sample, verify)},
    {.name = "smooth",
     .alias = "soft",
     .kind = OPTION_FLAG,
     .help = "smooth colours",
     .default_value = "yes",
     .offset = offsetof(struct sample, smooth)},
};

static const struct option sample_common_rows[] = {
    {.name = "threads",
     .kind = OPTION_COUNT,
     .argument = "N",
     .help = "threads per rank",
     .default_text = "all visible cores",
     .min = 1,
     .max = 1024,
     .offset = offsetof(struct sample_common, threads)},
    {.name = "out",
     .kind = OPTION_TEXTS,
     .argument = "FILE",
     .replaces = true,
     .help = "where to write, format by ending",
     .default_value = "mandelbrot.png",
     .check = sample_check_out,
     .offset = offsetof(struct sample_common, out)},
    {.name = "json",
     .kind = OPTION_TEXT,
     .argument = "FILE",
     .replaces = true,
     .help = "write the result as JSON",
     .offset = offsetof(struct sample_common, json)},
};

static const struct option_table sample_tables[] = {
    {sample_rows, sizeof sample_rows / sizeof *sample_rows, 0},
    {sample_common_rows, sizeof sample_common_rows / sizeof *sample_common_rows,
     offsetof(struct sample, common)},
    OPTION_STANDARD_TABLE,
};

static const struct option_set sample_set = {
    .command = "mandelbrot",
    .summary = "draw the Mandelbrot set",
    .details = "The picture is computed in tiles of rows that all threads of all ranks share, and "
               "is the same to the last bit whatever their number.\n\nSecond paragraph.",
    .tables = sample_tables,
    .table_count = sizeof sample_tables / sizeof *sample_tables,
};

/* Another command: its options stand at other places. */
static const struct option_table sample_other_tables[] = {
    {sample_common_rows, sizeof sample_common_rows / sizeof *sample_common_rows, 0},
    OPTION_STANDARD_TABLE,
};

static const struct option_set sample_other_set = {
    .command = "hello",
    .alias = "hallo",
    .summary = "print where each rank runs",
    .tables = sample_other_tables,
    .table_count = sizeof sample_other_tables / sizeof *sample_other_tables,
};

/* A command with arguments. */
struct sample_merge {
    int action;
    struct option_texts files;
};

static const char *const sample_actions[] = {"merge", "split", NULL};

static const struct option sample_merge_rows[] = {
    {.name = "action",
     .kind = OPTION_CHOICE,
     .scope = OPTION_ARGUMENT,
     .argument = "ACTION",
     .help = "what to do",
     .choices = sample_actions,
     .offset = offsetof(struct sample_merge, action)},
    {.name = "files",
     .kind = OPTION_TEXTS,
     .scope = OPTION_ARGUMENT,
     .argument = "FILE",
     .reads = true,
     .help = "logs to read",
     .offset = offsetof(struct sample_merge, files)},
};

static const struct option_table sample_merge_tables[] = {
    {sample_merge_rows, sizeof sample_merge_rows / sizeof *sample_merge_rows, 0},
    OPTION_STANDARD_TABLE,
};

static const struct option_set sample_merge_set = {
    .command = "logs",
    .summary = "work on logs",
    .tables = sample_merge_tables,
    .table_count = sizeof sample_merge_tables / sizeof *sample_merge_tables,
};

static const struct option_set *const sample_sets[] = {&sample_set, &sample_other_set,
                                                       &sample_merge_set};
enum { SAMPLE_SETS = 3 };

#endif
