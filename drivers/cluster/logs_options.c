/* SPDX-License-Identifier: MIT
 * The option table of plait logs. */
#include "cluster/logs_options.h"

#include <stddef.h>

static const char *const actions[] = {"merge", NULL};
static const char *const standard_input[] = {"-", NULL};

static const struct option rows[] = {
    {
        .name = "action",
        .kind = OPTION_CHOICE,
        .scope = OPTION_ARGUMENT,
        .argument = "ACTION",
        .help = "what to do with the logs",
        .offset = OPTION_NO_MEMBER, /* there is only one */
        .choices = actions,
    },
    {
        .name = "logs",
        .kind = OPTION_TEXTS,
        .scope = OPTION_ARGUMENT,
        .argument = "FILE",
        .help = "logs to read, '-' is standard input; pipes are read like files",
        .offset = offsetof(struct logs_options, logs),
        .reads = true,
        .choices = standard_input,
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help = "where to write the table",
        .default_text = "standard output",
        .offset = offsetof(struct logs_options, out),
        .replaces = true,
    },
    {
        .name = "skip-bad",
        .kind = OPTION_FLAG,
        .help = "accept that lines of the wrong form are left out: exit status 0 nevertheless",
        .offset = offsetof(struct logs_options, skip_bad),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    OPTION_STANDARD_TABLE,
};

const struct option_set logs_option_set = {
    .command = "logs",
    .summary = "merge the StopWatch lines of many logs into one table",
    .details =
        "Reads the lines that begin with '# csv,' or '#csv,', which other subcommands and the report's StopWatch print with --csv, also after a launcher's label of the rank. "
        "Writes each line once, however often it is in the logs, into one CSV file with one header. "
        "A log may hold anything else; its own header says which columns it has. "
        "Values of Python with commas between brackets are one column. "
        "Lines of the wrong form are reported on standard error with their file and number, counted and left out; then the exit status is 1 without --skip-bad. "
        "No MPI is started.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
