/* SPDX-License-Identifier: MIT
 * plait study run: what is to be measured, checked before the first launch; its options. */
#include "base/number.h"
#include "base/standard_output.h"
#include "base/warning.h"
#include "options/shell_words.h"
#include "study/campaign.h"
#include "study/preset.h"
#include "study/slots.h"
#include "study/verbs.h"

#include <errno.h>
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of enum redo. */
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
static bool add_points(struct campaign *campaign, const struct run_request *request,
                       struct failure *failure) {
    struct grid *grid = &campaign->study->grid, asked = {0};
    struct counts *lists = malloc(2 * sizeof *lists);
    const struct grid_axes axes = {&lists[0], &lists[1], request->settings.items,
                                   request->settings.count, request->zip};
    bool good = lists != NULL || study_out_of_memory(failure);
    good = good &&
           counts_parse(&lists[0], "--ranks", request->ranks, campaign->composer.slots, failure) &&
           counts_parse(&lists[1], "--threads", request->threads, campaign->composer.cores_per_node,
                        failure) &&
           grid_add_axes(grid, &axes, failure) && grid_add_axes(&asked, &axes, failure);
    free(lists);
    campaign->wanted = good ? calloc(grid->count + 1, sizeof *campaign->wanted) : NULL;
    good = good && (campaign->wanted || study_out_of_memory(failure));
    for (size_t p = 0; good && p < asked.count; p++) {
        size_t index;
        good = grid_find_of(grid, &asked, p, &index, failure);
        if (good)
            campaign->wanted[index] = true;
    }
    grid_free(&asked);
    return good;
}

/* -- the subcommand ------------------------------------------------------------------------------
 */

static void print_commands(const struct campaign *campaign, struct failure *failure) {
    const struct study *study = campaign->study;
    bool good = true;
    for (size_t p = 0; good && p < study->grid.count; p++) {
        const size_t count = campaign->wanted[p] ? compose_count(&campaign->composer, p) : 0;
        struct texts *commands = calloc(count + 1, sizeof *commands);
        char *output = study_path(study, "output/SAMPLE");
        good = (commands && output) || study_out_of_memory(failure);
        good = good && (count == 0 || compose(&campaign->composer, p, output, commands, failure));
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

static void print_end(const struct campaign *campaign, struct failure *failure) {
    const struct study *study = campaign->study;
    size_t disturbed = 0, measured = 0, bad = 0;
    for (size_t k = 0; k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        if (sample->warmup || sample->replaced)
            continue;
        measured++;
        bad += sample->outcome != OUTCOME_OK;
        disturbed += sample->outcome == OUTCOME_OK && sample->disturbed != 0;
    }
    if (campaign->stopped) {
        failure_set(
            failure, EXIT_STOPPED, "stopped: %zu sample%s kept in '%s', and the same command %s",
            study->sample_count, study->sample_count == 1 ? " is" : "s are", study->directory,
            study->sample_count == 0 ? "begins from the start: nothing is gained yet"
                                     : "continues from there");
        return;
    }
    printf("study: %zu point%s, %zu sample%s, %zu new, %zu disturbed, %zu failed or wrong -> %s\n",
           study->grid.count, study->grid.count == 1 ? "" : "s", measured, measured == 1 ? "" : "s",
           campaign->done, disturbed, bad, study->directory);
    progress_print_notes(study, stdout);
}

/* Reads the study that is there, or begins one. */
static bool open_study(struct campaign *campaign, const struct run_request *request,
                       struct failure *failure) {
    struct study_definition definition = {0};
    struct study_difference difference;
    bool good = define_study(request, &definition, failure);
    if (good && study_exists(request->out)) {
        good = study_read_definition(campaign->study, request->out, failure);
        if (good && !study_same_definition(&campaign->study->definition, &definition, &difference))
            good = failure_set(failure, EXIT_USAGE,
                               "--out: '%s' is of another study: %s: choose another directory",
                               request->out, difference.text);
        /* The lock comes first, or samples could be added after they were read. */
        good = good &&
               (request->dry_run ||
                study_lock_take(&campaign->lock, request->out, campaign->plan.grace, failure)) &&
               study_read_samples(campaign->study, failure);
        study_definition_free(&definition);
        return good;
    }
    *campaign->study =
        (struct study){.journal = -1, .definition = definition, .directory = strdup(request->out)};
    return good && (campaign->study->directory || study_out_of_memory(failure));
}

/* The directory of a study that begins. */
static bool begin_directory(struct campaign *campaign, struct failure *failure) {
    const char *directory = campaign->study->directory;
    return study_make_directory(directory, failure) &&
           study_lock_take(&campaign->lock, directory, campaign->plan.grace, failure) &&
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

static bool check_program(const char *program, struct failure *failure) {
    struct stat status;
    if (!program || !strchr(program, '/'))
        return true; /* PATH is searched when the first one starts */
    if (access(program, X_OK) != 0)
        return failure_set(failure, EXIT_USAGE, "--program: '%s' cannot be run: %s", program,
                           strerror(errno));
    return stat(program, &status) != 0 || !S_ISDIR(status.st_mode) ||
           failure_set(failure, EXIT_USAGE, "--program: '%s' is a directory: name a file in it",
                       program);
}

static bool check_request(const struct run_request *request, struct failure *failure) {
    if (!check_encodings(request, failure))
        return false;
    if (!request->out)
        return failure_set(failure, EXIT_USAGE, "--out is missing: name a directory for the study");
    if (request->interval && request->max_repeat < request->repeat)
        return failure_set(failure, EXIT_USAGE,
                           "--max-repeat: %ju is below the %ju of --repeat: give as many or more",
                           (uintmax_t)request->max_repeat, (uintmax_t)request->repeat);
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
    if (request->launcher && strcmp(request->launcher, "none") != 0 &&
        request->mode == STUDY_THROUGHPUT)
        return failure_set(
            failure, EXIT_USAGE,
            "--launcher: copies of --mode throughput have no launcher, leave it out");
    return check_program(request->program, failure);
}

/* A study from its request to its end. */
static void run_study(const struct run_request *request, const struct option_set *const *sets,
                      size_t set_count, bool *stopped, struct failure *failure) {
    struct study study = {.journal = -1};
    struct campaign campaign = {
        .plan = {.repeat = request->repeat,
                 .max_repeat = request->max_repeat,
                 .interval = request->interval ? interval_of(request->interval) : 0,
                 .warmup = request->warmup,
                 .seed = request->seed,
                 .timeout = request->timeout,
                 .grace = request->grace,
                 .redo = (enum redo)request->redo},
        .study = &study,
        .lock.descriptor = -1,
    };
    struct composer *composer = &campaign.composer;
    bool good = check_request(request, failure) && open_study(&campaign, request, failure) &&
                composer_look(composer, &study, failure);
    if (request->cores_per_node > 0)
        composer->cores_per_node = request->cores_per_node;
    good = good && add_points(&campaign, request, failure);
    composer->dry_run = request->dry_run;
    composer->in_allocation = request->in_allocation;
    good = good && composer_check(composer, sets, set_count, campaign.wanted, failure);
    if (good && request->dry_run) {
        print_commands(&campaign, failure);
    } else if (good) {
        study.repeat = request->repeat;
        good = (campaign.lock.descriptor >= 0 || begin_directory(&campaign, failure)) &&
               study_write_definition(&study, failure) && study_open_journal(&study, failure);
        if (good && (campaign_run(&campaign, failure) || campaign.stopped))
            print_end(&campaign, failure);
    }
    *stopped = campaign.stopped;
    campaign_free(&campaign);
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
