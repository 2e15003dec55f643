/* SPDX-License-Identifier: MIT
 * The launches of a run, in an order that is shuffled and interleaved; each sample is kept before
 * the next begins. */
#include "study/campaign.h"

#include "plait/pcg.h"
#include "study/answers.h"
#include "study/record.h"
#include "study/statistics.h"
#include "study/verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern char **environ;

/* What the samples see: this environment without the options of the study itself, which subcommands
 * would take for theirs. */
static bool campaign_environment(struct campaign *campaign, struct failure *failure) {
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    campaign->environment = calloc(count + 2, sizeof *campaign->environment);
    if (!campaign->environment)
        return study_out_of_memory(failure);
    for (size_t k = 0; k < count; k++) {
        bool ours = strncmp(environ[k], "OMP_NUM_THREADS=", 16) == 0;
        for (size_t i = 0; i < option_count(&study_run_option_set) && !ours; i++) {
            const struct option *option = option_at(&study_run_option_set, i, NULL);
            char variable[OPTION_VARIABLE_BYTES];
            option_variable(option, variable);
            const size_t bytes = strlen(variable);
            ours = option->scope < OPTION_COMMAND_LINE &&
                   strncmp(environ[k], variable, bytes) == 0 && environ[k][bytes] == '=';
        }
        if (!ours)
            campaign->environment[kept++] = environ[k];
    }
    return true;
}

/* -- one launch ----------------------------------------------------------------------------------
 */

static void note_started(void *context, pid_t group) {
    study_lock_note(context, group);
}

static void print_sample(const struct campaign *campaign, const struct sample *sample) {
    char label[256];
    grid_label(&campaign->study->grid, sample->point, label, sizeof label);
    printf("%zu/%zu %s%s: ", campaign->done, campaign->planned, label,
           sample->warmup ? " (warm-up)" : "");
    if (sample->outcome == OUTCOME_OK)
        printf("%.4g s", sample->seconds);
    else
        printf("%s", outcome_names[sample->outcome]);
    if (sample->complaint)
        printf(": %s", sample->complaint);
    else if (sample->outcome == OUTCOME_FAILED)
        printf(sample->signal ? ", signal %d" : ", exit status %d",
               sample->signal ? sample->signal : sample->exit_status);
    if (sample->outcome != OUTCOME_OK)
        printf(", see %s/output/%06" PRIu64 ".*", campaign->study->directory, sample->id);
    for (int k = 0; k < DISTURBANCES; k++)
        if (sample->disturbed & (1u << k))
            printf(" [%s]", disturbance_names[k]);
    struct build_use uses[BUILD_USES];
    if (sample->build && builds_find(campaign->study, uses) > 1 && sample->build != uses[0].columns)
        printf(" [another build]");
    putchar('\n');
    fflush(stdout);
}

struct task {
    size_t point;
    bool warmup;
    uint64_t round, replaces;
};

/* Launches a sample and keeps it. false with a failure, or when the study is asked to stop. */
static bool campaign_launch(struct campaign *campaign, const struct task *task,
                            struct failure *failure) {
    struct study *study = campaign->study;
    const struct point *point = &study->grid.points[task->point];
    const size_t count = compose_count(&campaign->composer, task->point);
    const time_t now = time(NULL);
    struct machine_moment before, after;
    struct launch_result result = {0};
    char name[64], threads[64], started[32];
    struct tm day;
    campaign->stopped = launch_stop_asked();
    if (campaign->stopped)
        return false;
    snprintf(name, sizeof name, "output/%06" PRIu64, study->next_id);
    snprintf(threads, sizeof threads, "OMP_NUM_THREADS=%" PRIu64, point->threads);
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &day));
    size_t end = 0;
    while (campaign->environment[end] &&
           strncmp(campaign->environment[end], "OMP_NUM_THREADS=", 16) != 0)
        end++;
    campaign->environment[end] = threads;

    char *output = study_path(study, name);
    struct texts *commands = calloc(count, sizeof *commands);
    bool good = (output && commands) || study_out_of_memory(failure);
    good = good && compose(&campaign->composer, task->point, output, commands, failure);
    const struct launch launch = {commands,
                                  count,
                                  output,
                                  campaign->environment,
                                  campaign->plan.timeout,
                                  campaign->plan.grace,
                                  note_started,
                                  &campaign->lock};
    /* Before the launch: what it runs may be built again in the meantime. */
    json_t *build = good && study->definition.program
                        ? builds_of_program(&study->definition.words, campaign->files)
                        : NULL;
    if (good) {
        machine_look(&before, &campaign->composer.machine_cpus, "");
        launch_run(&launch, &result);
        machine_look(&after, &campaign->composer.machine_cpus, "");
        campaign->stopped = result.end == LAUNCH_STOPPED;
        good = !campaign->stopped;
    }
    if (good) {
        const struct record record = {.composer = &campaign->composer,
                                      .launch = &launch,
                                      .result = &result,
                                      .before = &before,
                                      .after = &after,
                                      .point = task->point,
                                      .id = study->next_id,
                                      .replaces = task->replaces,
                                      .round = task->round,
                                      .warmup = task->warmup,
                                      .started = started,
                                      .build = build,
                                      .study = study};
        json_t *line = record_line(&record, failure);
        good = line && study_append(study, line, failure);
    }
    json_decref(build);
    if (good) {
        const struct sample *sample = &study->samples[study->sample_count - 1];
        campaign->done++;
        print_sample(campaign, sample);
    }
    campaign->environment[end] = NULL;
    for (size_t k = 0; commands && k < count; k++)
        texts_free(&commands[k]);
    free(commands);
    free(output);
    return good;
}

/* -- order ---------------------------------------------------------------------------------------
 */

/* Fisher and Yates' shuffle; the run of PCG says which. */
static void shuffle_tasks(struct task *tasks, size_t count, uint64_t seed, uint64_t run) {
    uint64_t state = plait_pcg_run(seed, run), output;
    for (size_t k = count; k > 1; k--) {
        state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
        const size_t other = (size_t)(((output >> 32) * (uint64_t)k) >> 32);
        const struct task kept = tasks[k - 1];
        tasks[k - 1] = tasks[other];
        tasks[other] = kept;
    }
}

/* Whether a point needs more samples than it has: fewer than --repeat, or its interval is too wide.
 */
static bool needs_more(const struct campaign *campaign, size_t point, uint64_t measured) {
    const struct campaign_plan *plan = &campaign->plan;
    if (measured < plan->repeat)
        return true;
    if (plan->interval == 0 || measured >= plan->max_repeat)
        return false;
    size_t count;
    double *seconds = point_seconds(campaign->study, point, false, &count);
    const bool wide = seconds && statistics_relative_width(seconds, count) > plan->interval;
    free(seconds);
    return wide;
}

/* The launches of one round over all points: a redo, a warm-up, or the next sample of each point
 * that has had as many as rounds before. */
enum round_kind { ROUND_REDO, ROUND_WARMUP, ROUND_MEASURE };

static size_t campaign_round_plan(const struct campaign *campaign, enum round_kind kind,
                                  uint64_t round, struct task *tasks) {
    const struct study *study = campaign->study;
    const struct campaign_plan *plan = &campaign->plan;
    size_t count = 0;
    for (size_t k = 0; kind == ROUND_REDO && k < study->sample_count; k++) {
        struct sample *sample = &study->samples[k];
        const bool again = plan->redo == REDO_ALL ||
                           (plan->redo == REDO_FAILED && sample->outcome != OUTCOME_OK) ||
                           (plan->redo == REDO_NOISY && sample->disturbed != 0);
        if (again && !sample->warmup && !sample->replaced && campaign->wanted[sample->point]) {
            tasks[count++] = (struct task){sample->point, false, round, sample->id};
            sample->again = true;
        }
    }
    for (size_t p = 0; kind != ROUND_REDO && p < study->grid.count; p++) {
        const struct point_progress *progress = &campaign->progress[p];
        const uint64_t had = kind == ROUND_WARMUP ? progress->warmups : progress->measured;
        if (!campaign->wanted[p] || had > round)
            continue;
        if (kind == ROUND_WARMUP ? progress->measured < plan->repeat : needs_more(campaign, p, had))
            tasks[count++] = (struct task){p, kind == ROUND_WARMUP, round, SAMPLE_NONE};
    }
    shuffle_tasks(tasks, count, plan->seed, 3 * round + (uint64_t)kind);
    return count;
}

static bool campaign_round(struct campaign *campaign, enum round_kind kind, uint64_t round,
                           struct failure *failure) {
    const size_t most = campaign->study->sample_count + campaign->study->grid.count + 1;
    struct task *tasks = malloc(most * sizeof *tasks);
    if (!tasks)
        return study_out_of_memory(failure);
    const size_t count = campaign_round_plan(campaign, kind, round, tasks);
    bool good = true;
    if (kind == ROUND_REDO || campaign->done + count > campaign->planned)
        campaign->planned += count; /* rounds for --ci come on top */
    for (size_t k = 0; good && k < count; k++) {
        good = campaign_launch(campaign, &tasks[k], failure);
        if (good && kind == ROUND_WARMUP)
            campaign->progress[tasks[k].point].warmups++;
        if (good && kind == ROUND_MEASURE)
            campaign->progress[tasks[k].point].measured++;
    }
    free(tasks);
    return good;
}

static void count_planned(struct campaign *campaign) {
    const struct campaign_plan *plan = &campaign->plan;
    for (size_t p = 0; p < campaign->study->grid.count; p++) {
        const struct point_progress *progress = &campaign->progress[p];
        if (!campaign->wanted[p] || progress->measured >= plan->repeat)
            continue;
        campaign->planned += plan->repeat - progress->measured;
        campaign->planned +=
            plan->warmup > progress->warmups ? plan->warmup - progress->warmups : 0;
    }
}

bool campaign_run(struct campaign *campaign, struct failure *failure) {
    const struct campaign_plan *plan = &campaign->plan;
    if (!campaign_environment(campaign, failure))
        return false;
    launch_prepare();
    campaign->progress = study_progress(campaign->study);
    if (!campaign->progress)
        return study_out_of_memory(failure);
    count_planned(campaign);
    if (plan->redo != REDO_NONE && !campaign_round(campaign, ROUND_REDO, 0, failure))
        return false;
    for (uint64_t round = 0; round < plan->warmup; round++)
        if (!campaign_round(campaign, ROUND_WARMUP, round, failure))
            return false;
    const uint64_t rounds =
        plan->interval > 0 && plan->max_repeat > plan->repeat ? plan->max_repeat : plan->repeat;
    for (uint64_t round = 0; round < rounds; round++)
        if (!campaign_round(campaign, ROUND_MEASURE, round, failure))
            return false;
    return true;
}

void campaign_free(struct campaign *campaign) {
    study_lock_release(&campaign->lock);
    free(campaign->progress);
    free(campaign->wanted);
    free(campaign->environment);
}
