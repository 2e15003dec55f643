/* SPDX-License-Identifier: MIT
 * Compares every output with every other file of the run. An output that is a directory is checked
 * by those who make it. */
#include "files/outputs.h"

#include "base/atomic_file.h"
#include "files/gnuplot.h"

#include <stdio.h>
#include <string.h>

/* A file, or a directory of plots, that an option names. */
struct named_file {
    const struct option *row;
    const char *path;
    const char *place; /* where it is given if not on the command line, else NULL */
};

static bool is_choice(const struct option *row, const char *text) {
    for (size_t c = 0; row->choices && row->choices[c]; c++)
        if (strcmp(row->choices[c], text) == 0)
            return true;
    return false;
}

/* Steps to the next file, from {row 0, text 0}; false at the end. */
struct named_files {
    const struct option_values *values;
    size_t row, text;
};

static bool named_files_next(struct named_files *files, struct named_file *file) {
    const struct option_values *values = files->values;
    for (; files->row < values->count; files->row++, files->text = 0) {
        const struct option *row = option_at(values->set, files->row, NULL);
        const struct option_value *value = &values->items[files->row];
        if (!(row->reads || row->replaces || row->plots) || !values_counts(values, row->name))
            continue;
        while (files->text < value->count) {
            *file = (struct named_file){
                row, value->texts[files->text],
                value->origin != ORIGIN_COMMAND_LINE ? value->places[files->text] : NULL};
            files->text++;
            if (!is_choice(row, file->path))
                return true;
        }
    }
    return false;
}

/* The plots of one directory are apart by their names. */
static bool check_plots(const struct named_file *plots, const struct named_file *other,
                        struct failure *failure) {
    for (const char *const *name = plots->row->plots; *name; name++)
        if (!gnuplot_check(plots->path, *name, other ? other->path : NULL, failure))
            return false;
    return true;
}

/* Whether the run makes the directory `made`, and is to keep or find the file there. */
static bool is_inside(const struct named_file *file, const struct named_file *made) {
    return made->row->directory && made->row->replaces && !file->row->directory &&
           atomic_file_is_in(file->path, made->path);
}

/* Of two files, at least one of which the run writes; the directory of plots is no file. */
static bool outputs_check_pair(const struct named_file *a, const struct named_file *b,
                               struct failure *failure) {
    const bool plots = a->row->plots || b->row->plots;
    if (a->row->plots && b->row->plots)
        return true;
    const bool inside = is_inside(a, b) || is_inside(b, a);
    if (!inside && (!atomic_file_same_target(a->path, b->path) ||
                    (plots && (a->row->directory || b->row->directory))))
        return !plots || check_plots(a->row->plots ? a : b, a->row->plots ? b : a, failure);
    if (inside && a->row->directory) {
        const struct named_file *directory = a;
        a = b;
        b = directory;
    }
    char text[2][512];
    const struct named_file *files[] = {a, b};
    for (int f = 0; f < 2; f++) {
        const struct option *row = files[f]->row;
        const char *place = files[f]->place;
        const bool argument = row->scope == OPTION_ARGUMENT;
        snprintf(text[f], sizeof text[f], "%s%s '%.300s'%s%.100s%s", argument ? "" : "--",
                 argument ? row->argument : row->name, files[f]->path, place ? " (" : "",
                 place ? place : "", place ? ")" : "");
    }
    return failure_set(failure, EXIT_USAGE,
                       inside ? "%s is inside %s, which has nothing else: name a file elsewhere"
                              : "%s and %s are one file: name another for one of them",
                       text[0], text[1]);
}

bool outputs_check(const struct option_values *values, struct failure *failure) {
    struct named_files all = {.values = values};
    struct named_file output, other;
    while (named_files_next(&all, &output)) {
        if (output.row->plots ? !check_plots(&output, NULL, failure)
                              : output.row->replaces && !output.row->directory &&
                                    !atomic_file_check(output.path, failure))
            return false;
        struct named_files before = {.values = values};
        while (named_files_next(&before, &other) &&
               (before.row != all.row || before.text != all.text))
            if ((!output.row->reads || !other.row->reads) &&
                !outputs_check_pair(&other, &output, failure))
                return false;
    }
    return true;
}
