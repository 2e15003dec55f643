/* SPDX-License-Identifier: MIT
 * Tells of a picture's run: summary, shares of the ranks, report. */
#include "picture/picture_report.h"

#include "files/report.h"
#include "run/shares.h"

#include <inttypes.h>
#include <stdio.h>

void picture_print(const struct picture *picture, const char *command) {
    const struct timing *timing = &picture->timing;
    const uint64_t steps = picture->tally.steps - picture->rows.resumed.steps;
    const uint32_t samples = (uint32_t)picture->options->samples;
    printf("%s %" PRIu32 "x%" PRIu32, command, picture->escape.width / samples,
           picture->escape.height / samples);
    if (samples > 1)
        printf(" of %" PRIu32 "x%" PRIu32 " samples", samples, samples);
    printf(", maxit %" PRId32 ": %" PRIu64
           " steps in %.4g s, %.3g G steps/s effective, imbalance %.2f, gather %.2g s, encode %.2g "
           "s, fnv1a %016" PRIx64,
           picture->escape.maxit, picture->tally.steps, timing->compute,
           (double)steps * 1e-9 / timing->compute,
           queue_imbalance(picture->rows.queue.shares, picture->session->size), timing->gather,
           timing->encode, picture->fnv1a);
    if (picture->options->verify)
        printf(", %d pixels verified", VERIFY_SAMPLES);
    if (picture->checkpoint.resumed > 0)
        printf(", %" PRIu64 " rows from '%s'", picture->checkpoint.resumed,
               picture->options->checkpoint);
    for (size_t k = 0; k < picture->options->out.count; k++)
        printf("%s%s", k == 0 ? " -> " : ", ", picture->options->out.items[k]);
    putchar('\n');
    if (picture->session->size > 1 && picture->rows.queue.schedule.total > 0)
        shares_print((enum schedule_kind)picture->options->schedule, picture->rows.queue.shares,
                     picture->session->size, picture->rows.queue.schedule.total);
}

bool picture_mismatch(const struct plait_escape_difference *difference, struct failure *failure) {
    return failure_set(failure, EXIT_RUN,
                       "verification failed: row %" PRIu32 ", column %" PRIu32 " has count %" PRId32
                       ", the reference says %" PRId32 ": please report this",
                       difference->row, difference->col, difference->got, difference->expected);
}

bool picture_report(const struct picture *picture, const struct option_values *values,
                    struct failure *failure) {
    const char *path = picture->options->run.json;
    struct report *report = report_new(values, picture->placements, (size_t)picture->session->size);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "compute_seconds", picture->timing.compute);
        report_real(report, "gather_seconds", picture->timing.gather);
        report_real(report, "encode_seconds", picture->timing.encode);
        report_real(report, "total_seconds", picture->timing.total);
        report_open_array(report, "busy_seconds");
        for (int r = 0; r < picture->session->size; r++)
            report_real(report, NULL, picture->rows.queue.shares[r].busy_seconds);
        report_close(report);
        report_real(report, "imbalance",
                    queue_imbalance(picture->rows.queue.shares, picture->session->size));
        report_open_array(report, "rows");
        for (int r = 0; r < picture->session->size; r++)
            report_count(report, NULL, picture->rows.queue.shares[r].units);
        report_close(report);
        if (picture->checkpoint.resumed > 0)
            report_count(report, "resumed_rows", picture->checkpoint.resumed);
        report_close(report);
        report_open_object(report, "result");
        const uint32_t samples = (uint32_t)picture->options->samples;
        report_count(report, "width", picture->escape.width / samples);
        report_count(report, "height", picture->escape.height / samples);
        report_count(report, "samples", samples);
        report_count(report, "maxit", (uint64_t)picture->escape.maxit);
        report_count(report, "steps", picture->tally.steps);
        report_count(report, "interior", picture->tally.interior);
        report_identifier(report, "fnv1a", picture->fnv1a);
        report_close(report);
    }
    const bool written = report_write(report, path, failure);
    report_free(report);
    return written;
}
