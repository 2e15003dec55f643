/* SPDX-License-Identifier: MIT
 * The command `plait`: finds the subcommand, reads its options on every rank, starts MPI, shares
 * what rank 0 read elsewhere, runs. The exit status is the same on every rank. */
#include "comm/agree.h"
#include "comm/parameters.h"
#include "command.h"
#include "core/config_file.h"
#include "core/launcher.h"
#include "core/option_help.h"
#include "core/suggest.h"
#include "plait/version.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct command *const commands[] = {&cmd_hello, &cmd_julia, &cmd_mandelbrot};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *stream) {
    fputs("usage: plait SUBCOMMAND [options]\n"
          "       mpirun -np N plait SUBCOMMAND [options]\n\n"
          "Hybrid compute kernels: MPI ranks, OpenMP threads, SIMD lanes.\n\n",
          stream);
    for (size_t k = 0; k < COMMANDS; k++)
        fprintf(stream, "  %-12s %s\n", commands[k]->options->command,
                commands[k]->options->summary);
    fputs("\n'plait SUBCOMMAND --help' lists its options, 'plait --version' prints the version.\n",
          stream);
}

static const struct command *find_command(const char *name, struct failure *failure) {
    struct suggestion suggestion = suggestion_begin(name);
    for (size_t k = 0; k < COMMANDS; k++) {
        if (strcmp(commands[k]->options->command, name) == 0)
            return commands[k];
        suggestion_offer(&suggestion, commands[k]->options->command);
    }
    const char *close = suggestion_best(&suggestion);
    failure_set(failure, EXIT_USAGE, "unknown subcommand '%s'%s%s%s: see plait --help", name,
                close ? ", did you mean " : "", close ? close : "", close ? "?" : "");
    return NULL;
}

/* Before MPI every rank finds the same mistake, and only the launcher's first one says so.
 * Launchers kill the others as soon as one exits: those wait, lest they take the first one's words
 * with them. */
static int refuse_before_mpi(const struct failure *failure) {
    if (launcher_detect().rank == 0) {
        fprintf(stderr, "plait: %s\n", failure->text);
    } else {
        const struct timespec enough = {2, 0};
        nanosleep(&enough, NULL);
    }
    return failure->exit_status;
}

/* What is answered without MPI. True if it was. */
static bool answer_at_once(const struct option_values *values) {
    const bool speaks = launcher_detect().rank == 0;
    if (values_flag(values, "help")) {
        if (speaks)
            option_help(values->set, stdout);
        return true;
    }
    if (values_flag(values, "version")) {
        if (speaks)
            printf("plait %s\n", plait_version());
        return true;
    }
    return false;
}

/* A full disk or a closed pipe behind standard output shows only when it is flushed. */
static void flush_results(const struct session *session, struct failure *failure) {
    if (session->rank == ROOT && (fflush(stdout) != 0 || ferror(stdout)))
        failure_set(failure, EXIT_RUN, "cannot write to standard output: is the disk full?");
    agree(session, failure);
}

static void run_with_mpi(const struct session *session, const struct command *command,
                         struct option_values *values, struct failure *failure) {
    const struct option_set *sets[COMMANDS];
    for (size_t k = 0; k < COMMANDS; k++)
        sets[k] = commands[k]->options;
    if (!parameters_share(session, values, sets, COMMANDS, failure))
        return;
    if (values_flag(values, "dump-config")) {
        if (session->rank == ROOT)
            config_file_dump(values, stdout, failure);
        agree(session, failure);
    } else {
        command->run(session, values, failure);
    }
    if (failure->exit_status == EXIT_DONE)
        flush_results(session, failure);
}

static int run_command(const struct command *command, int argc, char **argv) {
    struct failure failure = {0};
    struct option_values values = {0};
    struct session session;

    if (!values_init(&values, command->options, &failure) ||
        !values_parse_argv(&values, argc, argv, &failure)) {
        values_free(&values);
        return refuse_before_mpi(&failure);
    }
    if (answer_at_once(&values)) {
        values_free(&values);
        return EXIT_DONE;
    }
    if (session_start(&session, command->options->command, &failure))
        run_with_mpi(&session, command, &values, &failure);
    if (failure.exit_status != EXIT_DONE && session.rank == ROOT && session.launcher.rank == 0)
        fprintf(stderr, "plait: %s\n", failure.text);
    session_end(&session);
    values_free(&values);
    return failure.exit_status;
}

int main(int argc, char **argv) {
    struct failure failure = {0};
    const char *name = argc > 1 ? argv[1] : NULL;
    const bool speaks = launcher_detect().rank == 0;

    if (!name) {
        if (speaks)
            print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        if (speaks)
            print_usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        if (speaks)
            printf("plait %s\n", plait_version());
        return EXIT_DONE;
    }
    const struct command *command = find_command(name, &failure);
    return command ? run_command(command, argc - 2, argv + 2) : refuse_before_mpi(&failure);
}
