/* SPDX-License-Identifier: MIT
 * Counts samples. */
#include "study/progress.h"

#include "study/answers.h"
#include "study/builds.h"
#include "study/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct point_progress *study_progress(const struct study *study) {
    struct point_progress *progress = calloc(study->grid.count + 1, sizeof *progress);
    if (!progress)
        return NULL;
    for (size_t k = 0; k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        struct point_progress *point = &progress[sample->point];
        if (sample->replaced)
            continue;
        if (sample->warmup) {
            point->warmups++;
            continue;
        }
        point->measured++;
        point->good += sample->outcome == OUTCOME_OK && sample->disturbed == 0;
        point->disturbed += sample->outcome == OUTCOME_OK && sample->disturbed != 0;
        point->bad += sample->outcome != OUTCOME_OK;
        point->launch_seconds += sample->launch_seconds;
    }
    for (size_t p = 0; p < study->grid.count; p++)
        progress[p].launch_seconds =
            progress[p].measured ? progress[p].launch_seconds / (double)progress[p].measured : NAN;
    return progress;
}

double *point_seconds(const struct study *study, size_t point, bool with_disturbed, size_t *count) {
    double *seconds = NULL;
    *count = 0;
    for (int pass = 0; pass < 2; pass++) { /* counted first, then taken */
        size_t found = 0;
        for (size_t k = 0; k < study->sample_count; k++)
            if (study->samples[k].point == point &&
                sample_counts(&study->samples[k], with_disturbed)) {
                if (seconds)
                    seconds[found] = study->samples[k].seconds;
                found++;
            }
        if (pass == 0 && !(seconds = malloc((found + 1) * sizeof *seconds)))
            return NULL;
        *count = found;
    }
    statistics_sort(seconds, *count);
    return seconds;
}

void progress_print_notes(const struct study *study, FILE *stream) {
    struct build_use uses[BUILD_USES];
    const size_t builds = builds_find(study, uses);
    size_t measured = 0, disturbed = 0, by[DISTURBANCES] = {0};
    if (builds > 1)
        fprintf(stream, "# the samples are of %zu%s builds, which may be why they differ:\n",
                builds, builds == BUILD_USES ? " or more" : "");
    for (size_t b = 0; builds > 1 && b < builds; b++) {
        char text[BUILD_TEXT_BYTES];
        builds_text(uses[b].columns, text);
        fprintf(stream, "#   %zu sample%s: %s\n", uses[b].samples, uses[b].samples == 1 ? "" : "s",
                text);
    }
    answers_print(study, stream);
    for (size_t k = 0; k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        if (sample->warmup || sample->replaced || sample->outcome != OUTCOME_OK)
            continue;
        measured++;
        disturbed += sample->disturbed != 0;
        for (int d = 0; d < DISTURBANCES; d++)
            by[d] += (sample->disturbed >> d) & 1;
    }
    if (2 * disturbed <= measured)
        return;
    fprintf(stream, "# %zu of %zu samples are disturbed (", disturbed, measured);
    for (int d = 0, named = 0; d < DISTURBANCES; d++)
        if (by[d] > 0)
            fprintf(stream, "%s%s %zu", named++ ? ", " : "", disturbance_names[d], by[d]);
    fputs(
        ") and do not count: --redo noisy of study run measures them again, --disturbed of study report, compare and export counts them\n",
        stream);
}

void duration_text(double seconds, char *text, size_t bytes) {
    const double minutes = floor(seconds / 60 + 0.5);
    if (seconds < 100)
        snprintf(text, bytes, "%.3g s", seconds);
    else if (minutes < 100)
        snprintf(text, bytes, "%.0f min", minutes);
    else
        snprintf(text, bytes, "%.0f h %.0f min", floor(minutes / 60), fmod(minutes, 60));
}
