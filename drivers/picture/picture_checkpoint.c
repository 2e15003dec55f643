/* SPDX-License-Identifier: MIT
 * Keeps the rows of a picture. */
#include "picture/picture_checkpoint.h"

#include "base/decimal.h"
#include "base/stop_signal.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/share_units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exact numbers in their one form, "12e-1,0e0"; a long one by its beginning and a checksum of it.
 */
static bool picture_checkpoint_describe_exact(struct checkpoint_parameters *parameters,
                                              const char *name, const char *text, size_t numbers) {
    enum { SHOWN = 60, SPARE = 64 };
    char line[2 * (SHOWN + SPARE)] = "";
    for (size_t k = 0; k < numbers; k++) {
        const char *begin;
        const size_t length = numbers > 1 ? decimal_piece(text, k, &begin) : strlen(text);
        const struct decimal number = decimal_of(numbers > 1 ? begin : text, length);
        char *form = malloc(number.digits + SPARE);
        if (!form)
            return false;
        decimal_write(&number, form, number.digits + SPARE);
        char *end = line + strlen(line);
        const size_t left = sizeof line - (size_t)(end - line);
        if (strlen(form) <= SHOWN)
            snprintf(end, left, "%s%s", k > 0 ? "," : "", form);
        else
            snprintf(end, left, "%s%.30s...%016" PRIx64, k > 0 ? "," : "", form,
                     plait_digest_bytes((const unsigned char *)form, strlen(form)));
        free(form);
    }
    checkpoint_parameter(parameters, name, "%s", line);
    return true;
}

/* Of the counts alone, as they are computed: two ways to ask for one view are one view, and the
 * shortcuts of --interior change no count. Seventeen digits identify a double. What files did not
 * have at first, the bailout of mandelbrot, is in them where it is not the default. False: out of
 * memory, and without one of its lines a file would be that of other views, too. */
static bool picture_checkpoint_describe(struct checkpoint_parameters *parameters,
                                        const struct picture_request *request) {
    const struct plait_escape *escape = &request->escape;
    const bool julia = escape->kind == PLAIT_JULIA;
    checkpoint_parameter(parameters, "subcommand", "%s", julia ? "julia" : "mandelbrot");
    checkpoint_parameter(parameters, "size", "%" PRIu32 "x%" PRIu32, escape->width, escape->height);
    checkpoint_parameter(parameters, "maxit", "%" PRId32, escape->maxit);
    if (julia || escape->bailout != 2)
        checkpoint_parameter(parameters, "bailout", "%.17g", escape->bailout);
    if (request->deep) {
        return (!julia ||
                picture_checkpoint_describe_exact(parameters, "c", request->texts.c, 2)) &&
               picture_checkpoint_describe_exact(parameters, "center", request->texts.center, 2) &&
               picture_checkpoint_describe_exact(parameters, "zoom", request->texts.zoom, 1);
    }
    if (julia)
        checkpoint_parameter(parameters, "c", "%.17g,%.17g", escape->cre, escape->cim);
    checkpoint_parameter(parameters, "center", "%.17g,%.17g", escape->cx, escape->cy);
    checkpoint_parameter(parameters, "pixel-size", "%.17g,%.17g", escape->dx, escape->dy);
    return true;
}

/* Which rows the file has. A run with --interior brute has kept rows that are not distinct, too. */
static bool picture_checkpoint_list_rows(struct picture_checkpoint *checkpoint,
                                         struct failure *failure) {
    const struct plait_escape *escape = checkpoint->escape;
    const uint64_t distinct = plait_escape_distinct_rows(escape);
    struct checkpoint_record record;
    uint64_t cursor = 0;
    while (checkpoint_next(&checkpoint->file, &cursor, &record, failure)) {
        if (record.row_bytes != escape->width * sizeof(int32_t) || record.first >= escape->height ||
            record.count > escape->height - record.first)
            return checkpoint_damaged(&checkpoint->file, "rows of another picture", failure);
        struct piece piece = {record.first, record.count};
        if (piece.first + piece.count > distinct)
            piece.count = piece.first < distinct ? distinct - piece.first : 0;
        if (!unit_set_add(&checkpoint->finished, piece))
            return failure_set(failure, EXIT_RUN, "out of memory");
    }
    return failure->exit_status == EXIT_DONE;
}

static bool picture_checkpoint_open_on_root(struct picture_checkpoint *checkpoint,
                                            struct failure *failure) {
    if (!picture_checkpoint_describe(&checkpoint->parameters, checkpoint->request))
        return failure_set(
            failure, EXIT_RUN,
            "out of memory for the digits by which checkpoint '%s' is known: leave it out, or start fewer ranks on this node",
            checkpoint->path);
    return checkpoint_open(&checkpoint->file, checkpoint->path, &checkpoint->parameters,
                           &checkpoint->found, failure) &&
           (!checkpoint->found || (checkpoint_find_log(&checkpoint->file, failure) &&
                                   picture_checkpoint_list_rows(checkpoint, failure))) &&
           (unit_set_rest(&checkpoint->finished, plait_escape_distinct_rows(checkpoint->escape),
                          &checkpoint->rest) ||
            failure_set(failure, EXIT_RUN, "out of memory"));
}

bool picture_checkpoint_open(struct picture_checkpoint *checkpoint, const struct session *session,
                             const struct picture_request *request,
                             const struct plait_escape *escape,
                             const struct picture_options *options, struct failure *failure) {
    *checkpoint = (struct picture_checkpoint){
        .session = session,
        .request = request,
        .escape = escape,
        .path = options->checkpoint,
        .every_seconds = options->checkpoint_every,
    };
    if (!options->checkpoint)
        return true;
    stop_signal_watch();
    if (session_is_root(checkpoint->session))
        picture_checkpoint_open_on_root(checkpoint, failure);
    if (!agree(session, failure) || !share_units(session, &checkpoint->rest, failure))
        return false;
    checkpoint->resumed = plait_escape_distinct_rows(escape) - unit_set_units(&checkpoint->rest);
    return true;
}

bool picture_checkpoint_load(struct picture_checkpoint *checkpoint, const struct plait_exec *exec,
                             const struct checkpoint_sink *sink, struct failure *failure) {
    struct checkpoint_record record;
    uint64_t cursor = 0;
    if (!checkpoint->found && !checkpoint_create_log(&checkpoint->file, failure))
        return false;
    while (checkpoint->found && checkpoint_next(&checkpoint->file, &cursor, &record, failure)) {
        const struct piece piece = {record.first, record.count};
        int32_t *counts;
        uint64_t *digests;
        if (!sink->place(sink->context, piece, &counts, &digests))
            return failure_set(failure, EXIT_RUN, "out of memory");
        if (!checkpoint_read(&checkpoint->file, &record, exec, counts, digests, failure) ||
            (sink->take && !sink->take(sink->context, piece, failure)))
            return false;
    }
    if (failure->exit_status != EXIT_DONE)
        return false;
    checkpoint_set_interval(&checkpoint->file, checkpoint->every_seconds);
    return true;
}

bool picture_checkpoint_keep(struct picture_checkpoint *checkpoint, struct piece piece,
                             const int32_t *rows, const uint64_t *digests) {
    struct failure *failure = &checkpoint->failure;
    const struct checkpoint_record record = {
        .first = piece.first,
        .count = piece.count,
        .row_bytes = checkpoint->escape->width * sizeof *rows,
    };
    return (checkpoint_append(&checkpoint->file, &record, digests, rows, failure) &&
            (unit_set_add(&checkpoint->finished, piece) ||
             failure_set(failure, EXIT_RUN, "out of memory"))) &&
           picture_checkpoint_tend(checkpoint);
}

bool picture_checkpoint_tend(struct picture_checkpoint *checkpoint) {
    /* A request to stop does not wait for the end of the interval. */
    return (!checkpoint_is_due(&checkpoint->file) && !stop_signal_seen()) ||
           checkpoint_commit(&checkpoint->file, &checkpoint->failure);
}

/* All rows are kept, but the files are not written. Returns false. */
static bool picture_checkpoint_stopped_with_all_rows(const struct picture_checkpoint *checkpoint,
                                                     struct failure *failure) {
    return failure_set(
        failure, EXIT_STOPPED,
        "stopped: checkpoint '%s' has all rows, and the same command writes the files",
        checkpoint->path);
}

static bool picture_checkpoint_end_on_root(struct picture_checkpoint *checkpoint, bool stopped,
                                           struct failure *failure) {
    const uint64_t all = plait_escape_distinct_rows(checkpoint->escape);
    const uint64_t finished = unit_set_units(&checkpoint->finished);
    if (checkpoint->failure.exit_status == EXIT_DONE)
        checkpoint_commit(&checkpoint->file, &checkpoint->failure);
    if (checkpoint->failure.exit_status != EXIT_DONE) {
        *failure = checkpoint->failure;
        return false;
    }
    if (!stopped && !stop_signal_seen())
        return true;
    if (finished == all)
        return picture_checkpoint_stopped_with_all_rows(checkpoint, failure);
    if (finished == 0)
        return failure_set(
            failure, EXIT_STOPPED,
            "stopped: checkpoint '%s' has 0 of %" PRIu64
            " rows: nothing is gained yet, and the same command begins from the start",
            checkpoint->path, all);
    return failure_set(failure, EXIT_STOPPED,
                       "stopped: checkpoint '%s' has %" PRIu64 " of %" PRIu64
                       " rows, and the same command continues from there",
                       checkpoint->path, finished, all);
}

bool picture_checkpoint_end_work(struct picture_checkpoint *checkpoint, bool stopped,
                                 struct failure *failure) {
    if (session_is_root(checkpoint->session))
        picture_checkpoint_end_on_root(checkpoint, stopped, failure);
    if (!agree(checkpoint->session, failure))
        return false;
    struct failure later = {0};
    picture_checkpoint_stopped_with_all_rows(checkpoint, &later);
    stop_signal_end_at_once(session_is_root(checkpoint->session) ? later.text : NULL);
    return true;
}

bool picture_checkpoint_remove(const struct picture_checkpoint *checkpoint,
                               struct failure *failure) {
    stop_signal_release();
    return !session_is_root(checkpoint->session) || checkpoint_remove(&checkpoint->file, failure);
}

void picture_checkpoint_free(struct picture_checkpoint *checkpoint) {
    checkpoint_close(&checkpoint->file);
    unit_set_free(&checkpoint->finished);
    unit_set_free(&checkpoint->rest);
}
