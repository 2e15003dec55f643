/* SPDX-License-Identifier: MIT
 * plait rerun: where a picture comes from, and whether that is true. The file may be a stranger's:
 * what it says is only printed or computed once the readers of options have accepted it, and no
 * command in it is run. */
#include "base/exec_choice.h"
#include "base/standard_output.h"
#include "image/reader_png.h"
#include "options/config_file.h"
#include "picture/rerun_check.h"
#include "run/command.h"

#include <stdio.h>

struct rerun_options {
    const char *file;
    bool check, print;
    uint64_t threads;
    const char *path;
};

static bool check(const struct rerun_options *options, const struct origin *origin,
                  struct failure *failure) {
    if (origin->values.set == cmd_colour.options)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' was coloured from the counts in '%s', which do not tell how they "
                           "were computed: nothing can be computed again",
                           options->file, values_text(&origin->values, "file"));
    struct plait_exec exec;
    const int threads =
        options->threads > 0 ? (int)options->threads : exec_threads_of_environment();
    const enum plait_escape_kind kind =
        origin->values.set == cmd_julia.options ? PLAIT_JULIA : PLAIT_MANDELBROT;
    return exec_choose(&exec, options->path, threads, failure) &&
           rerun_check(options->file, origin, kind, &exec, failure);
}

static bool tell(const struct rerun_options *options, const struct origin *origin,
                 struct failure *failure) {
    if (options->check && !check(options, origin, failure))
        return false;
    if (options->print && !config_file_write_definition(&origin->values, stdout, failure))
        return false;
    if (!options->print && !options->check)
        printf("%s\n", origin->command);
    return standard_output_flush(failure);
}

static void run(struct option_values *values, struct failure *failure) {
    const struct option_set *const sets[] = {cmd_colour.options, cmd_julia.options,
                                             cmd_mandelbrot.options};
    struct rerun_options options = {0};
    struct png_content content = {0};
    struct origin origin = {0};
    if (values_apply(values, &options, failure) &&
        png_read(options.file, &content, NULL, NULL, failure) &&
        provenance_read(&origin, options.file, content.texts, content.text_count, sets,
                        sizeof sets / sizeof *sets, failure))
        tell(&options, &origin, failure);
    values_free(&origin.values);
    png_content_free(&content);
}

static const struct option rows[] = {
    {
        .name = "file",
        .kind = OPTION_TEXT,
        .scope = OPTION_ARGUMENT,
        .argument = "FILE.png",
        .help = "a picture that Plait has drawn",
        .offset = offsetof(struct rerun_options, file),
    },
    {
        .name = "check",
        .kind = OPTION_FLAG,
        .help = "compute the picture again and compare its checksum; a difference is an error",
        .offset = offsetof(struct rerun_options, check),
    },
    {
        .name = "print",
        .kind = OPTION_FLAG,
        .help = "print all parameters of the picture, as --config reads them",
        .offset = offsetof(struct rerun_options, print),
    },
    {
        .name = "threads",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "threads of --check",
        .default_text = "OMP_NUM_THREADS, else all visible cores",
        .offset = offsetof(struct rerun_options, threads),
        .min = 1,
        .max = PLAIT_THREADS_MAX,
    },
    {
        .name = "path",
        .kind = OPTION_TEXT,
        .argument = "NAME",
        .help = "SIMD path of --check, such as scalar or avx2; a wrong one lists what the machine "
                "has",
        .default_text = "the fastest",
        .offset = offsetof(struct rerun_options, path),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof *rows, 0},
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "rerun",
    .summary = "tell where a picture comes from; compute it again and compare",
    .details =
        "Prints the command that draws the picture again: the PNG files of mandelbrot and julia "
        "carry command, parameters, version and checksum, and keep them in programs that keep "
        "text. The checksum is that of the counts, so --check holds for a copy that was resized "
        "or recoloured, too; it says whether the pixels are still those that were drawn.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_rerun = {.options = &set, .run_local = run};
