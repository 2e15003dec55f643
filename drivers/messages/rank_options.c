/* SPDX-License-Identifier: MIT
 * The option table of plait rank. */
#include "messages/rank_options.h"

#include "base/number.h"
#include "run/seed_options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char npy_ending[] = ".npy";

bool rank_is_file(const char *text) {
    const size_t length = strlen(text);
    return length >= strlen(npy_ending) &&
           strcmp(text + length - strlen(npy_ending), npy_ending) == 0;
}

static bool rank_check_out(const char *text, struct failure *failure) {
    return rank_is_file(text) ||
           failure_set(failure, EXIT_USAGE, "'%s' does not end in %s", text, npy_ending);
}

bool rank_read_integer(const char *text, int64_t *integer) {
    const bool negative = *text == '-';
    uint64_t size;
    if (number_count(text + (negative || *text == '+'), &size) != NULL ||
        size > (uint64_t)INT64_MAX + negative)
        return false;
    *integer = negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

const char *rank_copy_item(const char *text, char item[RANK_ITEM_BYTES]) {
    text += strspn(text, " ");
    const size_t length = strcspn(text, ",");
    snprintf(item, RANK_ITEM_BYTES, "%.*s%s",
             (int)(length < RANK_ITEM_BYTES ? length : RANK_ITEM_BYTES), text,
             length < RANK_ITEM_BYTES ? "" : "?");
    return text[length] ? text + length + 1 : NULL;
}

static bool rank_check_values(const char *text, struct failure *failure) {
    char item[RANK_ITEM_BYTES];
    int64_t integer;
    double real;
    for (const char *next = rank_is_file(text) ? NULL : text; next;) {
        next = rank_copy_item(next, item);
        const char *reason = number_real(item, &real);
        if (reason && !rank_read_integer(item, &integer))
            return failure_set(failure, EXIT_USAGE,
                               "'%s' %s: give numbers with commas, or a file whose name ends in %s",
                               item, reason, npy_ending);
    }
    return true;
}

#define MEMBER(name) offsetof(struct rank_options, name)

/* In the order of enum rank_type. */
static const char *const types[] = {"int", "float", NULL};

static const char *const values_rivals[] = {"seed", NULL};
static const char *const seed_rivals[] = {"values", NULL};

static const struct option rows[] = {
    {
        .name = "values",
        .kind = OPTION_TEXT,
        .argument = "LIST|FILE.npy",
        .help =
            "numbers with commas, one for each process, or a NumPy file with one dimension of int32, int64, float32 or float64, which is distributed over the processes",
        .default_text = "each process draws one",
        .offset = MEMBER(values),
        .rivals = values_rivals,
        .reads = true,
        .check = rank_check_values,
    },
    {
        .name = "type",
        .kind = OPTION_CHOICE,
        .argument = "TYPE",
        .help = "type of the values; drawn ones are 1 to 100, or from [0, 1)",
        .default_text = "that of the values, int for drawn ones",
        .offset = MEMBER(type),
        .choices = types,
    },
    {
        .name = "seed",
        .kind = OPTION_TEXT,
        .argument = "S",
        .help = SEED_HELP "the same seed gives the same values everywhere",
        .default_value = "42",
        .offset = MEMBER(seed),
        .rivals = seed_rivals,
        .check = seed_check,
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "FILE.npy",
        .help = "write the ranks of all values, in their order, as int64",
        .offset = MEMBER(out),
        .check = rank_check_out,
        .replaces = true,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct rank_options, run)),
    OPTION_STANDARD_TABLE,
};

const struct option_set rank_option_set = {
    .command = "rank",
    .summary = "find the position of each process's number in sorted order",
    .details =
        "Each process has one or more numbers, and gets the number of those before each in the order of all: 0 for the smallest. "
        "Of equal numbers that of the lower process comes first, in a file the earlier one. "
        "NaN comes last, after infinity; -0 equals 0. "
        "Of more than 100 values of a file the first 20 are printed. "
        "The processes sort in parallel, by regular sampling; no process holds all values.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
