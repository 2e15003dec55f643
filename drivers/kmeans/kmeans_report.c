/* SPDX-License-Identifier: MIT
 * The lines and the report of plait kmeans. */
#include "base/number.h"
#include "base/warning.h"
#include "kmeans/kmeans.h"
#include "run/shares.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void kmeans_print_outcome(const struct kmeans_outcome *outcome) {
    char inertia[NUMBER_TEXT_BYTES];
    number_text(outcome->inertia.value, inertia);
    const uint64_t changed = outcome->steps > 0 ? outcome->changed : 0;
    printf("k %" PRIu32 ": %" PRIu32 " iteration%s, %" PRIu64
           " label%s changed in the last, inertia %s",
           outcome->clusters, outcome->steps, outcome->steps == 1 ? "" : "s", changed,
           changed == 1 ? "" : "s", inertia);
}

/* Whether the iterations came to an end by themselves, and not by --max-iter. */
static bool kmeans_has_converged(const struct kmeans *kmeans,
                                 const struct kmeans_outcome *outcome) {
    return outcome->changed <= kmeans_changed_max(kmeans);
}

/* In one line; nothing where no iterations were asked for. */
static void kmeans_warn_of_changes(const struct kmeans *kmeans) {
    const uint32_t all = kmeans->high - kmeans->low + 1;
    const struct kmeans_outcome *first = NULL;
    uint32_t cut = 0;
    char line[192];
    for (uint32_t k = 0; k < all; k++) {
        const struct kmeans_outcome *outcome = &kmeans->outcomes[k];
        if (outcome->steps == 0 || kmeans_has_converged(kmeans, outcome))
            continue;
        first = first ? first : outcome;
        cut++;
    }
    if (cut == 0)
        return;
    if (all == 1)
        snprintf(line, sizeof line,
                 "k-means has not converged: %" PRIu64 " label%s changed in iteration %" PRIu32
                 ", the last that --max-iter allows: raise it",
                 first->changed, first->changed == 1 ? "" : "s", first->steps);
    else
        snprintf(line, sizeof line,
                 "k-means has not converged for %" PRIu32 " of %" PRIu32
                 " numbers of clusters, the first k %" PRIu32 ": raise --max-iter",
                 cut, all, first->clusters);
    warning_print(line);
}

static const struct kmeans_outcome *kmeans_last_outcome(const struct kmeans *kmeans) {
    return &kmeans->outcomes[kmeans->high - kmeans->low];
}

static void kmeans_warn_of_units(const struct kmeans *kmeans) {
    char line[192];
    if (!kmeans->is_coarse)
        return;
    snprintf(line, sizeof line,
             "squared distances count in steps of %.3g, too coarse for clusters so narrow: leave "
             "out values that lie far from all others",
             ldexp(1, -kmeans_last_outcome(kmeans)->inertia.scale));
    warning_print(line);
}

bool kmeans_print(const struct run *run, void *state, struct failure *failure) {
    const struct kmeans *kmeans = state;
    const struct kmeans_seconds *seconds = &kmeans->seconds;
    (void)failure;
    printf("kmeans %" PRIu64 " point%s", kmeans->points.points,
           kmeans->points.points == 1 ? "" : "s");
    if (kmeans->points.weight > 0)
        printf(" of weight %" PRIu64, kmeans->points.weight);
    printf(", %" PRIu32 " dimension%s", kmeans->points.dims, kmeans->points.dims == 1 ? "" : "s");
    if (kmeans->low < kmeans->high) {
        printf("\n");
        for (uint32_t k = 0; k <= kmeans->high - kmeans->low; k++) {
            kmeans_print_outcome(&kmeans->outcomes[k]);
            if (kmeans->outcomes[k].has_silhouette)
                printf(", silhouette %.3f", kmeans->outcomes[k].silhouette);
            printf("\n");
        }
    } else {
        printf(", ");
        kmeans_print_outcome(kmeans_last_outcome(kmeans));
        printf(", fnv1a %016" PRIx64 "\n", kmeans->labels_fnv1a);
    }
    if (run->seed_drawn)
        printf("seed %" PRIu64 "\n", run->seed);
    if (kmeans->checkpoint.resumed)
        printf("resumed after iteration %" PRIu32 " of k %" PRIu32 " from '%s'\n",
               kmeans->checkpoint.resumed_steps, kmeans->checkpoint.resumed_clusters,
               kmeans->checkpoint.path);
    if (run->session->size > 1)
        shares_print(kmeans->options->schedule == KMEANS_SCHEDULE_BLOCK ? SCHEDULE_BLOCK
                                                                        : SCHEDULE_WEIGHTED,
                     kmeans->shares, run->session->size, (double)kmeans->points.points);
    printf(
        "reading %.3f s, start %.3f s, assignment %.3f s, sums %.3f s, messages %.3f s, imbalance %.2f\n",
        seconds->reading, seconds->start, seconds->assignment, seconds->sums, seconds->messages,
        kmeans->imbalance);
    kmeans_warn_of_changes(kmeans);
    kmeans_warn_of_units(kmeans);
    return true;
}

size_t kmeans_amounts(const struct run *run, const void *state,
                      struct run_amount amounts[RUN_AMOUNTS]) {
    const struct kmeans *kmeans = state;
    (void)run;
    amounts[0] = (struct run_amount){(double)kmeans->points.points * (double)kmeans->iterations,
                                     "points x iterations"};
    return 1;
}

void kmeans_report_timing(const struct run *run, const void *state, struct report *report) {
    const struct kmeans *kmeans = state;
    const struct kmeans_seconds *seconds = &kmeans->seconds;
    report_real(report, "reading_seconds", seconds->reading);
    report_real(report, "start_seconds", seconds->start);
    report_real(report, "assignment_seconds", seconds->assignment);
    report_real(report, "sums_seconds", seconds->sums);
    report_real(report, "message_seconds", seconds->messages);
    report_real(report, "iteration_seconds", seconds->iterations);
    report_real(report, "imbalance", kmeans->imbalance);
    if (seconds->trial > 0)
        report_real(report, "trial_seconds", seconds->trial);
    report_open_array(report, "busy_seconds");
    for (int r = 0; r < run->session->size; r++)
        report_real(report, NULL, kmeans->shares[r].busy_seconds);
    report_close(report);
    report_open_array(report, "points");
    for (int r = 0; r < run->session->size; r++)
        report_count(report, NULL, kmeans->shares[r].units);
    report_close(report);
}

static void kmeans_report_inertia(struct report *report,
                                  const struct plait_kmeans_inertia *inertia) {
    char potential[40];
    if (inertia->high > 0)
        snprintf(potential, sizeof potential, "%" PRIx64 "%016" PRIx64, inertia->high,
                 inertia->low);
    else
        snprintf(potential, sizeof potential, "%" PRIx64, inertia->low);
    report_real(report, "inertia", inertia->value);
    report_text(report, "potential", potential);
    report_real(report, "potential_scale", inertia->scale);
}

void kmeans_report_result(const struct run *run, const void *state, struct report *report) {
    const struct kmeans *kmeans = state;
    const struct kmeans_outcome *outcome = kmeans_last_outcome(kmeans);
    (void)run;
    report_count(report, "points", kmeans->points.points);
    if (kmeans->points.weight > 0)
        report_count(report, "weight", kmeans->points.weight);
    report_count(report, "dimensions", kmeans->points.dims);
    if (kmeans->points.exponents) {
        report_open_array(report, "scales");
        for (uint32_t d = 0; d < kmeans->points.dims; d++)
            report_integer(report, NULL, kmeans->points.exponents[d]);
        report_close(report);
    }
    if (kmeans->low < kmeans->high) {
        report_open_array(report, "elbow");
        for (uint32_t k = 0; k <= kmeans->high - kmeans->low; k++) {
            report_open_object(report, NULL);
            report_count(report, "k", kmeans->outcomes[k].clusters);
            report_count(report, "iterations", kmeans->outcomes[k].steps);
            if (kmeans->outcomes[k].steps > 0)
                report_flag(report, "converged",
                            kmeans_has_converged(kmeans, &kmeans->outcomes[k]));
            kmeans_report_inertia(report, &kmeans->outcomes[k].inertia);
            if (kmeans->outcomes[k].has_silhouette)
                report_real(report, "silhouette", kmeans->outcomes[k].silhouette);
            report_close(report);
        }
        report_close(report);
        return;
    }
    struct plait_kmeans_result result;
    plait_kmeans_get_result(kmeans->work, &result);
    report_count(report, "k", outcome->clusters);
    report_count(report, "iterations", outcome->steps);
    if (outcome->steps > 0)
        report_flag(report, "converged", kmeans_has_converged(kmeans, outcome));
    report_count(report, "restart", outcome->restart);
    kmeans_report_inertia(report, &outcome->inertia);
    if (outcome->has_silhouette)
        report_real(report, "silhouette", outcome->silhouette);
    report_identifier(report, "labels_fnv1a", kmeans->labels_fnv1a);
    report_identifier(report, "centroids_fnv1a", kmeans->centroids_fnv1a);
    report_open_array(report, "counts");
    for (uint32_t j = 0; j < outcome->clusters; j++)
        report_count(report, NULL, result.counts[j]);
    report_close(report);
    report_open_array(report, "steps");
    for (uint32_t s = 0; s < outcome->steps && s < KMEANS_STEPS_LISTED; s++) {
        report_open_object(report, NULL);
        report_count(report, "changed", kmeans->best_steps[s].changed);
        report_real(report, "seconds", kmeans->best_steps[s].seconds);
        if (kmeans->best_steps[s].has_inertia)
            report_real(report, "inertia", kmeans->best_steps[s].inertia);
        report_close(report);
    }
    report_close(report);
}
