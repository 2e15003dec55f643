/* SPDX-License-Identifier: MIT
 * plait rerun: how a picture was made, and whether that is true. Anybody may have written the file:
 * its command is only printed or computed after the readers of options have accepted it, and is
 * never run. */
#include "base/exec_choice.h"
#include "image/reader_png.h"
#include "options/config_file.h"
#include "picture/colour_options.h"
#include "picture/picture_options.h"
#include "picture/rerun_check.h"
#include "picture/rerun_options.h"
#include "run/command.h"

#include <stdio.h>
#include <string.h>

struct rerun {
    struct png_content content;
    struct origin origin;
    struct rerun_job job;
    struct rerun_result result;
};

static bool rerun_prepare(struct run *run, void *state, struct failure *failure) {
    static const struct option_set *const sets[] = {&colour_option_set, &julia_option_set,
                                                    &mandelbrot_option_set};
    const struct rerun_options *options = run->options;
    struct rerun *rerun = state;
    struct png_content *content = &rerun->content;
    if (!png_read(options->file, content, NULL, NULL, failure))
        return false;
    const struct provenance_source source = {
        .path = options->file,
        .texts = content->texts,
        .text_count = content->text_count,
        .sets = sets,
        .set_count = sizeof sets / sizeof *sets,
    };
    if (!provenance_read(&rerun->origin, &source, failure))
        return false;
    if (!options->check)
        return true;
    const struct option_values *values = &rerun->origin.values;
    if (values->set == &colour_option_set)
        return failure_set(
            failure, EXIT_USAGE,
            "'%s' was coloured from the counts in '%s', which has no record of how they were computed: check a picture of mandelbrot or julia",
            options->file, values_text(values, "file"));
    rerun->job = (struct rerun_job){
        .path = options->file,
        .origin = &rerun->origin,
        .kind = values->set == &julia_option_set ? PLAIT_JULIA : PLAIT_MANDELBROT,
        .command = run->values->set->command,
        .progress = (enum progress_style)options->progress,
    };
    for (size_t k = 0; k < content->text_count; k++)
        rerun->job.values |= strcmp(content->texts[k].name, PROVENANCE_VALUES) == 0;
    return exec_choose_alone(&rerun->job.exec, options->run.path, (int)options->run.threads,
                             failure);
}

static bool rerun_work(struct run *run, void *state, struct failure *failure) {
    const struct rerun_options *options = run->options;
    struct rerun *rerun = state;
    return !options->check || rerun_check(&rerun->job, &rerun->result, failure);
}

static bool rerun_print_output(const struct run *run, void *state, struct failure *failure) {
    const struct rerun_options *options = run->options;
    const struct rerun *rerun = state;
    if (options->check)
        rerun_print(&rerun->job, &rerun->result);
    if (options->print)
        return config_file_write_definition(&rerun->origin.values, stdout, failure);
    if (!options->check)
        printf("%s\n", rerun->origin.command);
    return true;
}

static void rerun_free(void *state) {
    struct rerun *rerun = state;
    values_free(&rerun->origin.values);
    png_content_free(&rerun->content);
}

const struct command cmd_rerun = {
    .options = &rerun_option_set,
    .options_bytes = sizeof(struct rerun_options),
    .state_bytes = sizeof(struct rerun),
    .prepare = rerun_prepare,
    .work = rerun_work,
    .print = rerun_print_output,
    .free = rerun_free,
    .local = true,
};
