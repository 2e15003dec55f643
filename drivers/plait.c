/* SPDX-License-Identifier: MIT
 * The command `plait`: finds the subcommand, reads its options on every rank, starts MPI, shares
 * what rank 0 read elsewhere, runs. The exit status is the same on every rank. */
#include "base/clock.h"
#include "base/inherited.h"
#include "base/launcher.h"
#include "base/process_limits.h"
#include "base/standard_output.h"
#include "base/suggest.h"
#include "base/text_file.h"
#include "base/warning.h"
#include "options/config_file.h"
#include "options/option_help.h"
#include "options/parameter_sources.h"
#include "plait/version.h"
#include "ranks/agree.h"
#include "ranks/parameters.h"
#include "ranks/spawn.h"
#include "run/run.h"
#include "subcommands.h"
#include "versions.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_family(const char *name) {
    bool found = false;
    for (size_t k = 0; k < command_count && !found; k++)
        found = option_set_verb(command_table[k]->options, name) != NULL;
    return found;
}

/* The subcommand of a family, such as "study", by its second word; NULL: there is none. */
static const struct command *find_verb(const char *family, const char *verb,
                                       struct failure *failure) {
    struct suggestion suggestion = suggestion_begin(verb ? verb : "");
    char verbs[256] = "";
    for (size_t k = 0; k < command_count; k++) {
        const char *name = option_set_verb(command_table[k]->options, family);
        if (!name)
            continue;
        if (verb && strcmp(name, verb) == 0)
            return command_table[k];
        suggestion_offer(&suggestion, name);
        const size_t used = strlen(verbs);
        snprintf(verbs + used, sizeof verbs - used, "%s%s", used ? ", " : "", name);
    }
    const char *close = verb ? suggestion_best(&suggestion) : NULL;
    if (close)
        failure_set(failure, EXIT_USAGE, "%s: '%s' is unknown (did you mean %s?): give one of %s",
                    family, verb, close, verbs);
    else
        failure_set(failure, EXIT_USAGE, "%s: give one of %s: see plait help %s", family, verbs,
                    family);
    return NULL;
}

static const struct command *find_command(const char *name, struct failure *failure) {
    struct suggestion suggestion = suggestion_begin(name);
    for (size_t k = 0; k < command_count; k++) {
        const char *command = command_table[k]->options->command;
        if (option_set_is_called(command_table[k]->options, name))
            return command_table[k];
        if (!strchr(command, ' '))
            suggestion_offer(&suggestion, command);
    }
    const char *close = suggestion_best(&suggestion);
    failure_set(failure, EXIT_USAGE, "unknown subcommand '%s'%s%s%s: see plait --help", name,
                close ? " (did you mean " : "", close ? close : "", close ? "?)" : "");
    return NULL;
}

static int print_failure(const struct failure *failure) {
    fprintf(stderr, "plait: %s\n", failure->text);
    return failure->exit_status;
}

/* Prints the failure of a run once. Launchers end all processes when one has failed: in N worlds of
 * one, which cannot wait for each other by messages, those that do not speak end a second later. */
static void print_once(const struct session *session, const struct failure *failure) {
    if (failure->exit_status == EXIT_DONE)
        return;
    if (session_speaks(session))
        print_failure(failure);
    else if (session_is_root(session))
        sleep(1);
}

/* A process of several may be the only one that was started as it was, and the others wait for it
 * in MPI_Init: it meets them there, with `what` it was asked for, also where there is no work for
 * MPI. On a difference, or a failure of any, all end with one line and one status. Returns whether
 * this process is the one that speaks. */
static bool meet(const char *what, struct failure *failure) {
    struct session session;
    if (launcher_detect().size == 1)
        return true;
    session_start(&session, what, (struct session_needs){.any_world = true}, failure);
    const bool speaks = session_speaks(&session);
    print_once(&session, failure); /* before a launcher ends this rank, since another has failed */
    session_end(&session);
    return speaks;
}

/* Ends after a mistake on this command line. */
static int refuse(const char *name, struct failure *failure) {
    if (launcher_detect().size == 1)
        return print_failure(failure);
    meet(name, failure);
    return failure->exit_status;
}

/* A word after a command line that is whole without it. */
static int refuse_rest(const char *name, const char *word) {
    struct failure failure = {0};
    failure_set(&failure, EXIT_USAGE, "%s: '%s' is one word too many: leave it out", name, word);
    return refuse(name, &failure);
}

static int end_without_mpi(void) {
    struct failure failure = {0};
    return standard_output_flush(&failure) ? EXIT_DONE : print_failure(&failure);
}

static void print_usage(FILE *stream) {
    option_help_all(option_sets, command_count, stream);
}

static int answer_usage(void) {
    struct failure failure = {0};
    if (meet("--help", &failure) && failure.exit_status == EXIT_DONE)
        print_usage(stdout);
    return failure.exit_status == EXIT_DONE ? end_without_mpi() : failure.exit_status;
}

static int answer_version(void) {
    struct failure failure = {0};
    if (meet("--version", &failure) && failure.exit_status == EXIT_DONE)
        printf("plait %s\n", plait_version());
    return failure.exit_status == EXIT_DONE ? end_without_mpi() : failure.exit_status;
}

static int answer_versions(void) {
    struct failure failure = {0};
    if (meet("--version --verbose", &failure) && failure.exit_status == EXIT_DONE) {
        printf("plait %s\n", plait_version());
        versions_print(stdout);
    }
    return failure.exit_status == EXIT_DONE ? end_without_mpi() : failure.exit_status;
}

static int answer_help(const struct option_set *set) {
    struct failure failure = {0};
    char what[64];
    snprintf(what, sizeof what, "%s --help", set->command);
    if (meet(what, &failure) && failure.exit_status == EXIT_DONE)
        option_help(set, stdout);
    return failure.exit_status == EXIT_DONE ? end_without_mpi() : failure.exit_status;
}

static int answer_family_help(const char *family) {
    struct failure failure = {0};
    char what[64];
    snprintf(what, sizeof what, "%s --help", family);
    if (meet(what, &failure) && failure.exit_status == EXIT_DONE)
        option_help_family(option_sets, command_count, family, stdout);
    return failure.exit_status == EXIT_DONE ? end_without_mpi() : failure.exit_status;
}

static int answer_nothing(void) {
    struct failure failure = {0};
    if (launcher_detect().size == 1) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    failure_set(&failure, EXIT_USAGE, "no subcommand: see plait --help");
    return refuse("", &failure);
}

static void dump_config(const struct option_values *values, struct failure *failure) {
    if (config_file_dump(values, stdout, failure))
        standard_output_flush(failure);
}

static void run_with_mpi(struct session *session, const struct command *command,
                         struct option_values *values, struct failure *failure) {
    if (!parameters_share(session, values, option_sets, command_count, failure))
        return;
    if (!values_flag(values, "dump-config")) {
        run_command(session, command, values, failure);
        return;
    }
    if (session->rank == ROOT)
        dump_config(values, failure);
    agree(session, failure);
}

/* In one process, the launcher's first: the others have met it and are done. */
static int run_locally(const struct command *command, struct option_values *values) {
    struct failure failure = {0};
    if (!meet(command->options->command, &failure) || failure.exit_status != EXIT_DONE)
        return failure.exit_status;
    if (parameter_sources_merge(values, option_sets, command_count, &failure)) {
        if (values_flag(values, "dump-config"))
            dump_config(values, &failure);
        else
            run_command(NULL, command, values, &failure);
    }
    return failure.exit_status == EXIT_DONE ? EXIT_DONE : print_failure(&failure);
}

static int start_command(const struct command *command, int argc, char **argv) {
    struct failure failure = {0};
    struct option_values values = {0};
    struct session session;

    if (!values_init(&values, command->options, &failure) ||
        !values_parse_argv(&values, argc, argv, &failure)) {
        values_free(&values);
        return refuse(command->options->command, &failure);
    }
    if (values_flag(&values, "help") || values_flag(&values, "version")) {
        const bool help = values_flag(&values, "help");
        values_free(&values);
        return help ? answer_help(command->options) : answer_version();
    }
    if (command->local) {
        const int status = run_locally(command, &values);
        values_free(&values);
        return status;
    }
    const struct session_needs needs = {.any_version = command->any_version,
                                        .spawns = command->spawns,
                                        .family = command->spawned != NULL,
                                        /* Rank 0 may find the option elsewhere later: the thread
                                         * of the watchdog calls nothing of MPI. */
                                        .one_thread = command->one_thread &&
                                                      !values_has(&values, "watchdog")};
    if (session_start(&session, command->options->command, needs, &failure))
        run_with_mpi(&session, command, &values, &failure);
    print_once(&session, &failure);
    const bool draws = session.rank == ROOT &&
                       (failure.exit_status == EXIT_DONE || failure.files_are_whole) &&
                       !values_flag(&values, "dump-config");
    /* Launchers end the others when one has failed, and rank 0 has something to do. */
    const bool leaves_it_to_root = failure.files_are_whole && session.rank != ROOT;
    session_end(&session);
    struct failure drawing = {0};
    if (draws)
        run_plots(&values, &drawing);
    if (drawing.exit_status != EXIT_DONE && failure.exit_status != EXIT_DONE)
        warning_print(drawing.text); /* the run has failed already, and said so */
    else if (drawing.exit_status != EXIT_DONE)
        failure.exit_status = print_failure(&drawing);
    values_free(&values);
    return leaves_it_to_root ? EXIT_DONE : failure.exit_status;
}

/* A process that the subcommand has spawned: it has no options, its parent has them. */
static int run_spawned(const struct command *command) {
    struct failure failure = {0};
    struct session session;
    char what[64];
    snprintf(what, sizeof what, "%s %s", command->options->command, spawn_argument);
    if (session_start(&session, what, (struct session_needs){.family = true}, &failure)) {
        if (spawn_parent() != MPI_COMM_NULL)
            command->spawned();
        else
            failure_set(&failure, EXIT_USAGE,
                        "%s is for processes that plait has spawned: leave it out", spawn_argument);
    }
    print_once(&session, &failure);
    session_end(&session);
    return failure.exit_status;
}

static bool is_any(const char *word, const char *a, const char *b, const char *c) {
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || (c && strcmp(word, c) == 0);
}

/* A standard descriptor that the caller closed would be taken by the next file or socket, and lines
 * meant for people would go there. What takes its place cannot be written to, so that lost results
 * are found when they are flushed. */
static void occupy_standard_descriptors(void) {
    int descriptor;
    do
        descriptor = open("/dev/null", O_RDONLY);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0)
        close(descriptor);
}

int main(int argc, char **argv) {
    occupy_standard_descriptors();
    text_file_note_descriptors();
    inherited_signals_reset();
    process_limits_begin(launcher_detect().rank);
    struct failure failure = {0};
    const char *name = argc > 1 ? argv[1] : NULL;

    if (!name)
        return answer_nothing();
    if (is_any(name, "version", "--version", NULL)) {
        const bool verbose = argc > 2 && is_any(argv[2], "--verbose", "-v", NULL);
        if (argc > 2 + verbose)
            return refuse_rest(name, argv[2 + verbose]);
        return verbose ? answer_versions() : answer_version();
    }
    const bool helps = is_any(name, "help", "--help", "-h");
    if (helps && argc == 2)
        return answer_usage();
    const int first = helps ? 2 : 1; /* where the name of the subcommand stands */
    const char *next = argc > first + 1 ? argv[first + 1] : NULL;
    const bool family = is_family(argv[first]);
    if (family && (helps ? !next : next && is_any(next, "--help", "-h", NULL)))
        return answer_family_help(argv[first]);
    const struct command *command =
        family ? find_verb(argv[first], next, &failure) : find_command(argv[first], &failure);
    if (!command)
        return refuse(name, &failure);
    const int words = first + 1 + family;
    if (helps)
        return argc > words ? refuse_rest(name, argv[words]) : answer_help(command->options);
    if (command->spawned && argc == 3 && strcmp(argv[2], spawn_argument) == 0)
        return run_spawned(command);
    return start_command(command, argc - 2 - family, argv + 2 + family);
}
