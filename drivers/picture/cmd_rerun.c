/* SPDX-License-Identifier: MIT
 * plait rerun: where a picture comes from, and whether that is true. The file may be a stranger's:
 * what it says is only printed or computed once the readers of options have accepted it, and no
 * command in it is run. */
#include "base/exec_choice.h"
#include "base/standard_output.h"
#include "image/reader_png.h"
#include "options/config_file.h"
#include "picture/colour_options.h"
#include "picture/picture_options.h"
#include "picture/rerun_check.h"
#include "picture/rerun_options.h"
#include "run/command.h"

#include <stdio.h>

static bool check(const struct rerun_options *options, const struct origin *origin,
                  struct failure *failure) {
    if (origin->values.set == &colour_option_set)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' was coloured from the counts in '%s', which do not tell how they "
                           "were computed: nothing can be computed again",
                           options->file, values_text(&origin->values, "file"));
    struct plait_exec exec;
    const enum plait_escape_kind kind =
        origin->values.set == &julia_option_set ? PLAIT_JULIA : PLAIT_MANDELBROT;
    return exec_choose_alone(&exec, options->path, (int)options->threads, failure) &&
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
    const struct option_set *const sets[] = {&colour_option_set, &julia_option_set,
                                             &mandelbrot_option_set};
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

const struct command cmd_rerun = {.options = &rerun_option_set, .run_local = run, .local = true};
