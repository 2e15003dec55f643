/* SPDX-License-Identifier: MIT
 * plait study run: launches every point of the grid as often as asked for, one after the other, in
 * an order that is shuffled and interleaved, and keeps each sample before the next begins. */
#include "base/atomic_file.h"
#include "base/number.h"
#include "base/standard_output.h"
#include "base/warning.h"
#include "options/shell_words.h"
#include "plait/pcg.h"
#include "study/lock.h"
#include "study/preset.h"
#include "study/progress.h"
#include "study/record.h"
#include "study/slots.h"
#include "study/statistics.h"
#include "study/verbs.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum redo { REDO_NONE, REDO_FAILED, REDO_NOISY, REDO_ALL };
static const char *const redo_names[] = {"none", "failed", "noisy", "all", NULL};

struct run_request {
    struct option_texts words, settings;
    const char *ranks, *threads, *out, *launcher, *hostfile, *program, *grow, *timer, *check_output,
        *interval;
    uint64_t repeat, max_repeat, warmup, seed, cores_per_node;
    double timeout, grace;
    int mode, redo, preset;
    bool zip, dry_run, in_allocation;
};

/* A run under way. */
struct study_work {
    const struct run_request *request;
    struct study *study;
    struct composer composer;
    struct study_lock lock;
    bool *wanted; /* points that this run is about */
    struct point_progress *progress;
    char **environment;
    size_t done, planned;
    size_t bad;
    bool stopped;
};

/* -- what to run ---------------------------------------------------------------------------------
 */

static bool set_copy(char **text, const char *value, struct failure *failure) {
    return !value || (*text = strdup(value)) || study_out_of_memory(failure);
}

/* As a part of 1; 0 if it is none. */
static double interval_of(const char *text) {
    double value;
    return number_part(text, &value) ? 0 : value;
}

static bool check_interval(const char *text, struct failure *failure) {
    const double value = interval_of(text);
    return (value > 0 && value < 1) ||
           failure_set(failure, EXIT_USAGE,
                       "'%s' is no part of the median: give something like 2%%", text);
}

static bool check_pattern(const char *text, struct failure *failure) {
    regex_t expression;
    char why[128];
    const int error = regcomp(&expression, text, REG_EXTENDED);
    if (error == 0) {
        regfree(&expression);
        return true;
    }
    regerror(error, &expression, why, sizeof why);
    return failure_set(failure, EXIT_USAGE, "'%s' is no extended regular expression: %s", text,
                       why);
}

/* The definition as the command line has it. */
static bool define_study(const struct run_request *request, struct study_definition *definition,
                         struct failure *failure) {
    definition->mode = (enum study_mode)request->mode;
    definition->program = request->program != NULL;
    if (!request->program && request->words.count == 0)
        return failure_set(
            failure, EXIT_USAGE,
            "nothing to run: give a subcommand and its options after --, or --program");
    if (request->program && !texts_add(&definition->words, request->program, failure))
        return false;
    for (size_t k = 0; k < request->words.count; k++)
        if (!texts_add(&definition->words, request->words.items[k], failure))
            return false;
    const char *timer = request->timer ? request->timer : request->program ? "launch" : "total";
    const char *launcher = request->launcher;
    if (request->in_allocation && !slots_find_allocation(&launcher, failure))
        return false;
    return set_copy(&definition->launcher, launcher, failure) &&
           set_copy(&definition->hostfile, request->hostfile, failure) &&
           set_copy(&definition->grow, request->grow, failure) &&
           set_copy(&definition->check_output, request->check_output, failure) &&
           set_copy(&definition->timer, timer, failure);
}

/* Adds the points asked for, and notes which these are. */
static bool add_points(struct study_work *work, struct failure *failure) {
    const struct run_request *request = work->request;
    struct grid *grid = &work->study->grid, asked = {0};
    struct counts *lists = malloc(2 * sizeof *lists);
    const struct grid_axes axes = {&lists[0], &lists[1], request->settings.items,
                                   request->settings.count, request->zip};
    bool good = lists != NULL || study_out_of_memory(failure);
    good = good &&
           counts_parse(&lists[0], "--ranks", request->ranks, work->composer.slots, failure) &&
           counts_parse(&lists[1], "--threads", request->threads, work->composer.cores_per_node,
                        failure) &&
           grid_add_axes(grid, &axes, failure) && grid_add_axes(&asked, &axes, failure);
    free(lists);
    work->wanted = good ? calloc(grid->count + 1, sizeof *work->wanted) : NULL;
    good = good && (work->wanted || study_out_of_memory(failure));
    for (size_t p = 0; good && p < asked.count; p++) {
        size_t index;
        good = grid_find_of(grid, &asked, p, &index, failure);
        if (good)
            work->wanted[index] = true;
    }
    grid_free(&asked);
    return good;
}

/* What the samples see: this environment without the options of the study itself, which subcommands
 * would take for theirs. */
static bool make_environment(struct study_work *work, struct failure *failure) {
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    work->environment = calloc(count + 2, sizeof *work->environment);
    if (!work->environment)
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
            work->environment[kept++] = environ[k];
    }
    return true;
}

/* -- one launch ----------------------------------------------------------------------------------
 */

static void note_started(void *context, pid_t group) {
    study_lock_note(context, group);
}

/* The answer of the right samples of the same work; NULL: there is none yet. One that is measured
 * again, or was, has no say: it may be the one that is wrong. */
static const char *find_answer(const struct study *study, size_t point, uint64_t replaces) {
    for (size_t k = 0; k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        if (sample->answer && sample->outcome == OUTCOME_OK && !sample->replaced &&
            sample->id != replaces && grid_same_setting(&study->grid, sample->point, point) &&
            study_work(&study->definition, &study->grid.points[sample->point]) ==
                study_work(&study->definition, &study->grid.points[point]))
            return sample->answer;
    }
    return NULL;
}

static void print_sample(const struct study_work *work, const struct sample *sample) {
    char label[256];
    grid_label(&work->study->grid, sample->point, label, sizeof label);
    printf("%zu/%zu %s%s: ", work->done, work->planned, label, sample->warmup ? " (warm-up)" : "");
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
        printf(", see %s/output/%06" PRIu64 ".*", work->study->directory, sample->id);
    for (int k = 0; k < DISTURBANCES; k++)
        if (sample->disturbed & (1u << k))
            printf(" [%s]", disturbance_names[k]);
    putchar('\n');
    fflush(stdout);
}

struct task {
    size_t point;
    bool warmup;
    uint64_t round, replaces;
};

/* Launches a sample and keeps it. false with a failure, or when the study is asked to stop. */
static bool run_task(struct study_work *work, const struct task *task, struct failure *failure) {
    struct study *study = work->study;
    const struct point *point = &study->grid.points[task->point];
    const size_t count = compose_count(&work->composer, task->point);
    const time_t now = time(NULL);
    struct machine_moment before, after;
    struct launch_result result = {0};
    char name[64], threads[64], started[32];
    struct tm day;
    work->stopped = launch_stop_asked();
    if (work->stopped)
        return false;
    snprintf(name, sizeof name, "output/%06" PRIu64, study->next_id);
    snprintf(threads, sizeof threads, "OMP_NUM_THREADS=%" PRIu64, point->threads);
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &day));
    size_t end = 0;
    while (work->environment[end] && strncmp(work->environment[end], "OMP_NUM_THREADS=", 16) != 0)
        end++;
    work->environment[end] = threads;

    char *output = study_path(study, name);
    struct texts *commands = calloc(count, sizeof *commands);
    bool good = (output && commands) || study_out_of_memory(failure);
    good = good && compose(&work->composer, task->point, output, commands, failure);
    const struct launch launch = {commands,
                                  count,
                                  output,
                                  work->environment,
                                  work->request->timeout,
                                  work->request->grace,
                                  note_started,
                                  &work->lock};
    if (good) {
        machine_look(&before, &work->composer.machine_cpus, "");
        launch_run(&launch, &result);
        machine_look(&after, &work->composer.machine_cpus, "");
        work->stopped = result.end == LAUNCH_STOPPED;
        good = !work->stopped;
    }
    if (good) {
        const struct record record = {
            &work->composer, &launch,        &result,
            &before,         &after,         task->point,
            study->next_id,  task->replaces, task->round,
            task->warmup,    started,        find_answer(study, task->point, task->replaces)};
        json_t *line = record_line(&record, failure);
        good = line && study_append(study, line, failure);
    }
    if (good) {
        const struct sample *sample = &study->samples[study->sample_count - 1];
        work->done++;
        work->bad += sample->outcome != OUTCOME_OK;
        print_sample(work, sample);
    }
    work->environment[end] = NULL;
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
static bool needs_more(const struct study_work *work, size_t point, uint64_t measured) {
    const struct run_request *request = work->request;
    if (measured < request->repeat)
        return true;
    if (!request->interval || measured >= request->max_repeat)
        return false;
    size_t count;
    double *seconds = point_seconds(work->study, point, false, &count);
    const bool wide =
        seconds && statistics_relative_width(seconds, count) > interval_of(request->interval);
    free(seconds);
    return wide;
}

/* The launches of one round over all points: a redo, a warm-up, or the next sample of each point
 * that has had as many as rounds before. */
enum round_kind { ROUND_REDO, ROUND_WARMUP, ROUND_MEASURE };

static size_t plan_round(const struct study_work *work, enum round_kind kind, uint64_t round,
                         struct task *tasks) {
    const struct study *study = work->study;
    const struct run_request *request = work->request;
    size_t count = 0;
    for (size_t k = 0; kind == ROUND_REDO && k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        const bool again = request->redo == REDO_ALL ||
                           (request->redo == REDO_FAILED && sample->outcome != OUTCOME_OK) ||
                           (request->redo == REDO_NOISY && sample->disturbed != 0);
        if (again && !sample->warmup && !sample->replaced && work->wanted[sample->point])
            tasks[count++] = (struct task){sample->point, false, round, sample->id};
    }
    for (size_t p = 0; kind != ROUND_REDO && p < study->grid.count; p++) {
        const struct point_progress *progress = &work->progress[p];
        const uint64_t had = kind == ROUND_WARMUP ? progress->warmups : progress->measured;
        if (!work->wanted[p] || had > round)
            continue;
        if (kind == ROUND_WARMUP ? progress->measured < request->repeat : needs_more(work, p, had))
            tasks[count++] = (struct task){p, kind == ROUND_WARMUP, round, SAMPLE_NONE};
    }
    shuffle_tasks(tasks, count, request->seed, 3 * round + (uint64_t)kind);
    return count;
}

static bool run_round(struct study_work *work, enum round_kind kind, uint64_t round,
                      struct failure *failure) {
    const size_t most = work->study->sample_count + work->study->grid.count + 1;
    struct task *tasks = malloc(most * sizeof *tasks);
    if (!tasks)
        return study_out_of_memory(failure);
    const size_t count = plan_round(work, kind, round, tasks);
    bool good = true;
    if (kind == ROUND_REDO || work->done + count > work->planned)
        work->planned += count; /* rounds for --ci come on top */
    for (size_t k = 0; good && k < count; k++) {
        good = run_task(work, &tasks[k], failure);
        if (good && kind == ROUND_WARMUP)
            work->progress[tasks[k].point].warmups++;
        if (good && kind == ROUND_MEASURE)
            work->progress[tasks[k].point].measured++;
    }
    free(tasks);
    return good;
}

static void count_planned(struct study_work *work) {
    const struct run_request *request = work->request;
    for (size_t p = 0; p < work->study->grid.count; p++) {
        const struct point_progress *progress = &work->progress[p];
        if (!work->wanted[p] || progress->measured >= request->repeat)
            continue;
        work->planned += request->repeat - progress->measured;
        work->planned +=
            request->warmup > progress->warmups ? request->warmup - progress->warmups : 0;
    }
}

static bool run_all_rounds(struct study_work *work, struct failure *failure) {
    const struct run_request *request = work->request;
    count_planned(work);
    if (request->redo != REDO_NONE && !run_round(work, ROUND_REDO, 0, failure))
        return false;
    for (uint64_t round = 0; round < request->warmup; round++)
        if (!run_round(work, ROUND_WARMUP, round, failure))
            return false;
    const uint64_t rounds = request->interval && request->max_repeat > request->repeat
                                ? request->max_repeat
                                : request->repeat;
    for (uint64_t round = 0; round < rounds; round++)
        if (!run_round(work, ROUND_MEASURE, round, failure))
            return false;
    return true;
}

/* -- the subcommand ------------------------------------------------------------------------------
 */

static void print_commands(const struct study_work *work, struct failure *failure) {
    const struct study *study = work->study;
    bool good = true;
    for (size_t p = 0; good && p < study->grid.count; p++) {
        const size_t count = work->wanted[p] ? compose_count(&work->composer, p) : 0;
        struct texts *commands = calloc(count + 1, sizeof *commands);
        char *output = study_path(study, "output/SAMPLE");
        good = (commands && output) || study_out_of_memory(failure);
        good = good && (count == 0 || compose(&work->composer, p, output, commands, failure));
        for (size_t k = 0; good && k < count; k++) {
            printf("OMP_NUM_THREADS=%" PRIu64, study->grid.points[p].threads);
            for (size_t w = 0; w < commands[k].count; w++) {
                putchar(' ');
                shell_word_write(commands[k].items[w], stdout);
            }
            putchar('\n');
        }
        for (size_t k = 0; commands && k < count; k++)
            texts_free(&commands[k]);
        free(commands);
        free(output);
    }
}

static void print_end(const struct study_work *work, struct failure *failure) {
    const struct study *study = work->study;
    size_t disturbed = 0, measured = 0;
    for (size_t k = 0; k < study->sample_count; k++) {
        measured += !study->samples[k].warmup && !study->samples[k].replaced;
        disturbed += !study->samples[k].warmup && !study->samples[k].replaced &&
                     study->samples[k].disturbed != 0;
    }
    if (work->stopped) {
        failure_set(
            failure, EXIT_STOPPED, "stopped: %zu sample%s kept in '%s', and the same command %s",
            study->sample_count, study->sample_count == 1 ? " is" : "s are", study->directory,
            study->sample_count == 0 ? "begins from the start: nothing is gained yet"
                                     : "continues from there");
        return;
    }
    printf("study: %zu points, %zu samples, %zu new, %zu of them failed, %zu disturbed -> %s\n",
           study->grid.count, measured, work->done, work->bad, disturbed, study->directory);
}

/* Reads the study that is there, or begins one. */
static bool open_study(struct study_work *work, struct failure *failure) {
    const struct run_request *request = work->request;
    struct study_definition definition = {0};
    struct study_difference difference;
    bool good = define_study(request, &definition, failure);
    if (good && study_exists(request->out)) {
        good = study_read_definition(work->study, request->out, failure);
        if (good && !study_same_definition(&work->study->definition, &definition, &difference))
            good = failure_set(failure, EXIT_USAGE,
                               "--out: '%s' is of another study: %s: choose another directory",
                               request->out, difference.text);
        /* The lock comes first, or samples could be added after they were read. */
        good = good &&
               (request->dry_run ||
                study_lock_take(&work->lock, request->out, request->grace, failure)) &&
               study_read_samples(work->study, failure);
        study_definition_free(&definition);
        return good;
    }
    *work->study =
        (struct study){.journal = -1, .definition = definition, .directory = strdup(request->out)};
    return good && (work->study->directory || study_out_of_memory(failure));
}

/* The directory of a study that begins. */
static bool begin_directory(struct study_work *work, struct failure *failure) {
    const char *directory = work->study->directory;
    return study_make_directory(directory, failure) &&
           study_lock_take(&work->lock, directory, work->request->grace, failure) &&
           (!study_exists(directory) ||
            failure_set(failure, EXIT_USAGE, "--out: another study has just begun in '%s'",
                        directory));
}

/* What becomes part of study.json and of the samples is kept as JSON, which is UTF-8. */
static bool check_encoding(const char *what, const char *text, struct failure *failure) {
    json_t *kept = text ? json_string(text) : NULL;
    const bool good = !text || kept;
    json_decref(kept);
    return good || failure_set(failure, EXIT_USAGE,
                               "%s is not UTF-8, in which a study is kept: give other text", what);
}

static bool check_encodings(const struct run_request *request, struct failure *failure) {
    bool good = check_encoding("--program", request->program, failure) &&
                check_encoding("--launcher", request->launcher, failure) &&
                check_encoding("--hostfile", request->hostfile, failure) &&
                check_encoding("--grow", request->grow, failure) &&
                check_encoding("--timer", request->timer, failure) &&
                check_encoding("--check-output", request->check_output, failure);
    for (size_t k = 0; good && k < request->words.count; k++)
        good = check_encoding("a word of the command", request->words.items[k], failure);
    for (size_t k = 0; good && k < request->settings.count; k++)
        good = check_encoding("--set", request->settings.items[k], failure);
    return good;
}

static bool check_request(const struct run_request *request, struct failure *failure) {
    if (!check_encodings(request, failure))
        return false;
    if (!request->out)
        return failure_set(failure, EXIT_USAGE, "--out is missing: name a directory for the study");
    if (request->interval && request->max_repeat < request->repeat)
        return failure_set(failure, EXIT_USAGE, "--max-repeat is below --repeat");
    if (request->check_output && !request->program)
        return failure_set(
            failure, EXIT_USAGE,
            "--check-output is for --program: the answers of a subcommand are compared anyway");
    if (request->in_allocation && request->hostfile)
        return failure_set(
            failure, EXIT_USAGE,
            "--hostfile and --in-allocation: the hosts are those of the allocation, leave one out");
    if (request->in_allocation && request->mode == STUDY_THROUGHPUT)
        return failure_set(
            failure, EXIT_USAGE,
            "--in-allocation: copies of --mode throughput all run on this node, leave it out");
    if (request->program && strchr(request->program, '/') && access(request->program, X_OK) != 0)
        return failure_set(failure, EXIT_USAGE, "--program: '%s' cannot be run: %s",
                           request->program, strerror(errno));
    return true;
}

/* A study from its request to its end. */
static void run_study(const struct run_request *request, const struct option_set *const *sets,
                      size_t set_count, bool *stopped, struct failure *failure) {
    struct study study = {.journal = -1};
    struct study_work work = {.request = request, .study = &study, .lock.descriptor = -1};
    bool good = check_request(request, failure) && open_study(&work, failure) &&
                composer_look(&work.composer, &study, failure);
    if (request->cores_per_node > 0)
        work.composer.cores_per_node = request->cores_per_node;
    good = good && add_points(&work, failure);
    work.composer.dry_run = request->dry_run;
    work.composer.in_allocation = request->in_allocation;
    good = good && composer_check(&work.composer, sets, set_count, work.wanted, failure) &&
           make_environment(&work, failure);
    if (good && request->dry_run) {
        print_commands(&work, failure);
    } else if (good) {
        launch_prepare();
        study.repeat = request->repeat;
        good = (work.lock.descriptor >= 0 || begin_directory(&work, failure)) &&
               study_write_definition(&study, failure) && study_open_journal(&study, failure);
        work.progress = good ? study_progress(&study) : NULL;
        good = good && (work.progress || study_out_of_memory(failure));
        if (good && (run_all_rounds(&work, failure) || work.stopped))
            print_end(&work, failure);
    }
    *stopped = work.stopped;
    study_lock_release(&work.lock);
    free(work.progress);
    free(work.wanted);
    free(work.environment);
    study_free(&study);
}

/* The studies of a preset, one after the other, each in a directory below --out. */
static void run_preset(const struct run_request *request, const struct option_set *const *sets,
                       size_t set_count, struct failure *failure) {
    bool stopped = false;
    if (request->words.count || request->settings.count || request->program || request->grow ||
        request->mode != STUDY_STRONG) {
        failure_set(
            failure, EXIT_USAGE,
            "--preset says what runs: leave out the subcommand, --program, --set, --grow and --mode");
        return;
    }
    if (!request->out) {
        failure_set(failure, EXIT_USAGE, "--out is missing: name a directory for the studies");
        return;
    }
    if (!request->dry_run && !study_make_directory(request->out, failure))
        return;
    for (size_t k = 0; k < PRESET_PARTS && failure->exit_status == EXIT_DONE && !stopped; k++) {
        const struct preset_part *part = &preset_parts[k];
        struct run_request each = *request;
        char *out = text_format("%s/%s", request->out, part->words[0]);
        each.out = out;
        each.words = (struct option_texts){part->words, part->word_count};
        each.settings = (struct option_texts){&part->setting, part->setting ? 1 : 0};
        if (out)
            run_study(&each, sets, set_count, &stopped, failure);
        else
            study_out_of_memory(failure);
        free(out);
    }
}

void study_run(const struct option_values *values, const void *options,
               const struct option_set *const *sets, size_t set_count, struct failure *failure) {
    const struct run_request request = *(const struct run_request *)options;
    bool stopped;
    if (values_has(values, "preset"))
        run_preset(&request, sets, set_count, failure);
    else
        run_study(&request, sets, set_count, &stopped, failure);
    if (failure->exit_status == EXIT_DONE)
        standard_output_flush(failure);
}

_Static_assert(sizeof(struct run_request) <= STUDY_OPTIONS_BYTES, "raise STUDY_OPTIONS_BYTES");

#define MEMBER(name) offsetof(struct run_request, name)
static const struct option rows[] = {
    {
        .name = "words",
        .kind = OPTION_TEXTS,
        .scope = OPTION_ARGUMENT,
        .argument = "WORD",
        .help =
            "a subcommand with --json and its options, or the arguments of --program; after '--' they may begin with '-'",
        .offset = MEMBER(words),
        .optional = true,
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .directory = true,
        .help =
            "directory of the study; one that has this study already is continued: only what is missing runs",
        .offset = MEMBER(out),
    },
    {
        .name = "mode",
        .kind = OPTION_CHOICE,
        .argument = "MODE",
        .help =
            "strong: the same work on more cores; weak: the work grows with the cores; throughput: as many independent copies at the same time as --ranks says, without a launcher",
        .default_value = "strong",
        .offset = MEMBER(mode),
        .choices = study_modes,
    },
    {
        .name = "ranks",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help =
            "ranks: 1,2,4,7; 1..8 for each; 1..max*2 or 2^0..2^3 for powers; max is what the hostfile, the allocation or this machine has",
        .default_value = "1..max*2",
        .offset = MEMBER(ranks),
    },
    {
        .name = "threads",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help = "threads of each rank, in the same way",
        .default_value = "1",
        .offset = MEMBER(threads),
    },
    {
        .name = "set",
        .kind = OPTION_TEXTS,
        .scope = OPTION_COMMAND_LINE,
        .argument = "NAME=VALUE,VALUE",
        .help =
            "values of an option of the subcommand, or of a placeholder {NAME} of the program; several are crossed",
        .offset = MEMBER(settings),
    },
    {
        .name = "zip",
        .kind = OPTION_FLAG,
        .help =
            "take the first values of all --set together, then the second ones, instead of crossing them",
        .offset = MEMBER(zip),
    },
    {
        .name = "grow",
        .kind = OPTION_TEXT,
        .argument = "NAME",
        .help =
            "what --mode weak multiplies by the cores: an option of the subcommand, or a name of --set",
        .default_text = "what the subcommand declares: size, runs, n",
        .offset = MEMBER(grow),
    },
    {
        .name = "program",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .reads = true,
        .help =
            "run this program instead of a subcommand; {ranks}, {threads}, {cores}, {nodes}, {copy}, {output} and the names of --set stand for their values in its arguments",
        .offset = MEMBER(program),
    },
    {
        .name = "preset",
        .kind = OPTION_CHOICE,
        .argument = "NAME",
        .help =
            "instead of a subcommand: report runs pi, mandelbrot and julia as the report MPI with Python does, each in a directory of its own below --out",
        .offset = MEMBER(preset),
        .choices = preset_names,
    },
    {
        .name = "launcher",
        .kind = OPTION_TEXT,
        .argument = "TEMPLATE",
        .help =
            "command that starts the ranks, such as 'srun -N {nodes} -n {ranks} -c {threads}'; none for no launcher",
        .default_text = "mpirun, with a core for each thread",
        .offset = MEMBER(launcher),
    },
    {
        .name = "hostfile",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .reads = true,
        .help = "hosts and slots, handed to mpirun, or {hostfile} of --launcher",
        .offset = MEMBER(hostfile),
    },
    {
        .name = "cores-per-node",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help =
            "cores of a node, by which {nodes} is counted: as few nodes as have the cores of a point",
        .default_text = "what the allocation or the hostfile says, else those of this machine",
        .offset = MEMBER(cores_per_node),
        .min = 1,
        .max = 1000000,
    },
    {
        .name = "in-allocation",
        .kind = OPTION_FLAG,
        .help =
            "run all points one after another inside the batch job that this command is part of: refused where there is none, or where a point does not fit into it",
        .offset = MEMBER(in_allocation),
    },
    {
        .name = "check-output",
        .kind = OPTION_TEXT,
        .argument = "REGEX",
        .help =
            "extended regular expression that a line printed by --program must match, or the sample is wrong; what its first group (...) holds must be the same in all samples of the same work",
        .offset = MEMBER(check_output),
        .check = check_pattern,
    },
    {
        .name = "timer",
        .kind = OPTION_TEXT,
        .argument = "NAME",
        .help =
            "time of a sample: launch, wall clock of the whole launch; total, compute or another time of --json; of a program the NAME of its '# csv,' lines",
        .default_text = "total, of a program launch",
        .offset = MEMBER(timer),
    },
    {
        .name = "repeat",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "samples of each point; an interval needs 6",
        .default_value = "6",
        .offset = MEMBER(repeat),
        .min = 1,
        .max = 100000,
    },
    {
        .name = "ci",
        .kind = OPTION_TEXT,
        .argument = "PERCENT",
        .help =
            "measure on until the 95 % interval of the median is that narrow on both sides, by samples that were not disturbed",
        .default_text = "no more than --repeat",
        .offset = MEMBER(interval),
        .check = check_interval,
    },
    {
        .name = "max-repeat",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "most samples of a point with --ci",
        .default_value = "50",
        .offset = MEMBER(max_repeat),
        .min = 1,
        .max = 100000,
    },
    {
        .name = "warmup",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "launches of each point before the others, kept apart",
        .default_value = "1",
        .offset = MEMBER(warmup),
        .max = 1000,
    },
    {
        .name = "order-seed",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "seed of the order of the launches",
        .default_value = "42",
        .offset = MEMBER(seed),
        .max = UINT64_MAX,
    },
    {
        .name = "timeout",
        .kind = OPTION_REAL,
        .argument = "SECONDS",
        .help = "end a launch that takes longer, and record it as such; 0: wait for ever",
        .default_value = "600",
        .offset = MEMBER(timeout),
        .real_max = 1e7,
    },
    {
        .name = "kill-after",
        .kind = OPTION_REAL,
        .argument = "SECONDS",
        .help = "from SIGTERM to SIGKILL for a launch that is ended",
        .default_value = "5",
        .offset = MEMBER(grace),
        .real_max = 3600,
    },
    {
        .name = "redo",
        .kind = OPTION_CHOICE,
        .argument = "WHICH",
        .help =
            "measure samples again that failed, were disturbed, or all; the old ones stay in the journal, and the new ones take their places",
        .default_value = "none",
        .offset = MEMBER(redo),
        .choices = redo_names,
    },
    {
        .name = "dry-run",
        .kind = OPTION_FLAG,
        .help = "print the command of each point and run nothing",
        .offset = MEMBER(dry_run),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    OPTION_STANDARD_TABLE,
};

const struct option_set study_run_option_set = {
    .command = "study run",
    .summary = "measure a grid of ranks, threads and parameters, sample by sample",
    .details =
        "Launches every point of the grid --repeat times, one launch at a time, in rounds over all points that are shuffled from --order-seed. "
        "Each launch is a sample, kept as one line of JSON in DIRECTORY/samples.jsonl before the next begins. "
        "A launch that fails, hangs or gives another answer than the others is recorded as such, and the study continues.\n\n"
        "The same command continues a study that was stopped or killed. "
        "SIGINT, SIGTERM, SIGHUP and SIGUSR1 end the launch under way, which does not count, and the study with status 75. "
        "The exit status is 0 when all samples are there, whatever became of them. "
        "No MPI is started by plait study itself.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
