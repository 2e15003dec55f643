/* SPDX-License-Identifier: MIT
 * Reports the run of a picture: summary, shares of the ranks, timing, result. */
#include "picture/picture_report.h"

#include "picture/frames/frames_report.h"
#include "picture/picture.h"
#include "run/shares.h"

#include <inttypes.h>
#include <stdio.h>

bool picture_print(const struct run *run, void *state, struct failure *failure) {
    const struct picture_options *options = run->options;
    const struct picture *picture = state;
    const struct keeper *keeper = &picture->keeper;
    const struct queue *queue = &picture->work.queue;
    const uint64_t steps = keeper->tally.steps - keeper->resumed.steps;
    const uint32_t samples = (uint32_t)options->samples;
    (void)failure;
    if (options->frames > 0) {
        frames_print(run, picture);
        if (run->session->size > 1 && queue->schedule.total > 0)
            shares_print((enum schedule_kind)options->schedule, queue->shares, run->session->size,
                         queue->schedule.total);
        return true;
    }
    printf("%s %" PRIu32 "x%" PRIu32, run->values->set->command, picture->escape.width / samples,
           picture->escape.height / samples);
    if (samples > 1)
        printf(" of %" PRIu32 "x%" PRIu32 " samples", samples, samples);
    printf(
        ", maxit %" PRId32 ": %" PRIu64
        " step%s in %.4g s, %.3g G steps/s effective, imbalance %.2f, gather %.2g s, encode %.2g s, fnv1a %016" PRIx64,
        picture->escape.maxit, keeper->tally.steps, keeper->tally.steps == 1 ? "" : "s",
        run->compute.seconds, (double)steps * 1e-9 / run->compute.seconds,
        queue_imbalance(queue->shares, run->session->size), run->gather.seconds,
        run->encode.seconds, picture->fnv1a);
    if (picture->request.deep)
        printf(", reference %.2g s of %.2g s", picture->deep.seconds, run->total.seconds);
    if (options->reference)
        printf(", %" PRIu64 " of %" PRIu64 " steps from '%s'", picture->deep.kept_steps,
               plait_deep_size_of(picture->deep.tables).steps, options->reference);
    if (options->verify)
        printf(", %d pixels verified", VERIFY_SAMPLES);
    if (options->verify_exact)
        printf(", %" PRIu64 " of %" PRIu64
               " samples equal to full precision, largest difference %" PRIu64,
               picture->exact.equal, picture->exact.compared, picture->exact.largest);
    if (picture->checkpoint.resumed > 0)
        printf(", %" PRIu64 " rows from '%s'", picture->checkpoint.resumed, options->checkpoint);
    /* With tiles "null" need not be said. */
    const bool named = !options->tiles || values_origin(run->values, "out") != ORIGIN_DEFAULT;
    for (size_t k = 0; named && k < options->out.count; k++)
        printf("%s%s", k == 0 ? " -> " : ", ", options->out.items[k]);
    if (options->tiles) {
        const uint64_t tiles =
            tile_total(picture->escape.width / samples, picture->escape.height / samples);
        printf("%s%s: %" PRIu64 " tile%s", named ? ", " : " -> ", options->tiles, tiles,
               tiles == 1 ? "" : "s");
    }
    for (size_t k = 0; k < options->values.count; k++)
        printf(", %s", options->values.items[k]);
    putchar('\n');
    if (run->session->size > 1 && queue->schedule.total > 0)
        shares_print((enum schedule_kind)options->schedule, queue->shares, run->session->size,
                     queue->schedule.total);
    return true;
}

/* Rows of a checkpoint took their energy in an earlier run; their steps are known. */
size_t picture_amounts(const struct run *run, const void *state,
                       struct run_amount amounts[RUN_AMOUNTS]) {
    const struct picture *picture = state;
    const struct keeper *keeper = &picture->keeper;
    const uint64_t frames = picture->frames.run ? picture->frames.count : 1;
    (void)run;
    amounts[0] =
        (struct run_amount){(double)(keeper->tally.steps - keeper->resumed.steps), "orbit steps"};
    amounts[1] = (struct run_amount){
        (double)frames * picture->escape.width * picture->escape.height, "pixels"};
    return picture->checkpoint.resumed > 0 ? 1 : 2;
}

bool picture_limit(const struct run *run, const void *state, enum plait_work *work,
                   double *amount) {
    const struct picture *picture = state;
    *work = PLAIT_WORK_STEPS;
    *amount = (double)picture->keeper.tally.steps;
    (void)run;
    return picture->escape.brute && picture->checkpoint.resumed == 0 && !picture->request.deep &&
           !picture->frames.run && !picture->colouring.distance;
}

void picture_report_timing(const struct run *run, const void *state, struct report *report) {
    const struct picture *picture = state;
    const struct queue_share *shares = picture->work.queue.shares;
    report_real(report, "commit_seconds", picture->files.commit_seconds);
    report_open_array(report, "busy_seconds");
    for (int r = 0; r < run->session->size; r++)
        report_real(report, NULL, shares[r].busy_seconds);
    report_close(report);
    report_real(report, "imbalance", queue_imbalance(shares, run->session->size));
    report_open_array(report, "rows");
    for (int r = 0; r < run->session->size; r++)
        report_count(report, NULL, shares[r].units);
    report_close(report);
    if (picture->frames.run)
        frames_report_timing(picture, report);
    else if (picture->request.deep)
        report_real(report, "reference_seconds", picture->deep.seconds);
    if (picture->request.reference)
        report_count(report, "reference_kept_steps", picture->deep.kept_steps);
    if (picture->checkpoint.resumed > 0)
        report_count(report, "resumed_rows", picture->checkpoint.resumed);
}

void picture_report_result(const struct run *run, const void *state, struct report *report) {
    const struct picture_options *options = run->options;
    const struct picture *picture = state;
    const uint32_t samples = (uint32_t)options->samples;
    report_count(report, "width", picture->escape.width / samples);
    report_count(report, "height", picture->escape.height / samples);
    report_count(report, "samples", samples);
    report_count(report, "maxit", (uint64_t)picture->escape.maxit);
    report_count(report, "steps", picture->keeper.tally.steps);
    report_count(report, "interior", picture->keeper.tally.interior);
    if (picture->frames.run) {
        frames_report_result(run, picture, report);
    } else if (picture->request.deep) {
        report_count(report, "reference_bits", deep_reference_bits(picture->deep.reference));
        report_count(report, "reference_steps", plait_deep_size_of(picture->deep.tables).steps);
    }
    if (options->verify_exact) {
        report_open_object(report, "exact");
        report_count(report, "samples", picture->exact.compared);
        report_count(report, "equal", picture->exact.equal);
        report_count(report, "largest_difference", picture->exact.largest);
        report_close(report);
    }
    if (options->values.count > 0) { /* where no point escapes there is no range */
        const struct plait_smooth_range *range = &picture->values.range;
        report_open_object(report, "values");
        if (range->min <= range->max) {
            report_real(report, "min", (double)range->min / PLAIT_SMOOTH_UNIT);
            report_real(report, "max", (double)range->max / PLAIT_SMOOTH_UNIT);
        }
        report_close(report);
    }
    if (options->tiles) {
        const uint32_t width = picture->escape.width / samples;
        const uint32_t height = picture->escape.height / samples;
        report_open_object(report, "tiles");
        report_count(report, "levels", tile_steps(width, height) + 1);
        report_count(report, "count", tile_total(width, height));
        report_close(report);
    }
    report_identifier(report, "fnv1a", picture->fnv1a);
}
