/* SPDX-License-Identifier: MIT
 * Writes scripts and runs gnuplot. It works in the plot's directory, so that no path has to be
 * quoted in its language, and draws into a directory of its own there, from which finished pictures
 * are moved.
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addchdir_np, environ */
#include "files/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static const char *const endings[] = {"csv", "gp", "png", "pdf", "svg"};
enum { WRITTEN = 2, ENDINGS = 5 }; /* by us, and with those by gnuplot */

/* Without '/' at the end, which would hide that a name is free. */
static bool copy_directory(const char *directory, char copy[PATH_BYTES]) {
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/')
        length--;
    return snprintf(copy, PATH_BYTES, "%.*s", (int)length, directory) < PATH_BYTES;
}

static bool gnuplot_join(const char *directory, const char *name, const char *ending,
                         char path[2 * PATH_BYTES]) {
    return snprintf(path, 2 * PATH_BYTES, "%s/%s.%s", directory, name, ending) < 2 * PATH_BYTES;
}

bool gnuplot_check(const char *directory, const char *name, const char *other,
                   struct failure *failure) {
    char copy[PATH_BYTES], path[2 * PATH_BYTES];
    struct stat status;
    if (!copy_directory(directory, copy))
        return failure_set(failure, EXIT_USAGE, "the name of the plot directory is too long");
    if (stat(copy, &status) != 0)
        return atomic_file_check(copy, failure);
    for (int e = 0; e < ENDINGS; e++) {
        if (!gnuplot_join(copy, name, endings[e], path) || !atomic_file_check(path, failure) ||
            !atomic_file_check_apart(path, other, failure))
            return false;
    }
    return true;
}

bool gnuplot_make_directory(const char *directory, struct failure *failure) {
    if (mkdir(directory, 0777) == 0 || errno == EEXIST)
        return true;
    return failure_set(failure, EXIT_RUN, "cannot make the directory '%s': %s", directory,
                       strerror(errno));
}

static bool write_text(const char *directory, const char *name, const char *ending,
                       const char *text, struct failure *failure) {
    char path[2 * PATH_BYTES];
    struct atomic_file file;
    if (!gnuplot_join(directory, name, ending, path) || !atomic_file_open(&file, path, failure))
        return false;
    if (!atomic_file_write(&file, text, strlen(text), failure)) {
        atomic_file_abandon(&file);
        return false;
    }
    return atomic_file_commit(&file, failure);
}

/* The variable directory says where pictures go; a user who runs the script has none. */
static const char script_format[] = "# Made by plait. To draw it again: gnuplot %s.gp\n"
                                    "if (!exists('directory')) directory = ''\n"
                                    "data = '%s.csv'\n"
                                    "set datafile separator ','\n"
                                    "%sset terminal pngcairo size 960,640\n"
                                    "set output directory.'%s.png'\n"
                                    "plot %s\n"
                                    "set terminal pdfcairo size 15cm,10cm\n"
                                    "set output directory.'%s.pdf'\n"
                                    "replot\n"
                                    "set terminal svg size 960,640\n"
                                    "set output directory.'%s.svg'\n"
                                    "replot\n"
                                    "unset output\n";

bool gnuplot_write(const char *directory, const char *name, const char *lines, const char *settings,
                   const char *plot, struct failure *failure) {
    const size_t bytes = sizeof script_format + 5 * strlen(name) + strlen(settings) + strlen(plot);
    char *script = malloc(bytes);
    if (!script)
        return failure_set(failure, EXIT_RUN, "out of memory for the plot '%s'", name);
    snprintf(script, bytes, script_format, name, name, settings, name, plot, name, name);
    const bool written = write_text(directory, name, "csv", lines, failure) &&
                         write_text(directory, name, "gp", script, failure);
    free(script);
    return written;
}

/* Runs the script. Nothing of what this process has inherited or set for itself may make gnuplot
 * fail, or its end go unnoticed: signals are as by default. What gnuplot says does not matter: the
 * script can be run again to see it. */
static enum gnuplot_outcome gnuplot_run(const char *directory, const char *name,
                                        const char *draft) {
    char assignment[PATH_BYTES], script[PATH_BYTES];
    char gnuplot[] = "gnuplot", evaluate[] = "-e";
    char *const words[] = {gnuplot, evaluate, assignment, script, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    pid_t process;
    int status = 0;
    snprintf(assignment, sizeof assignment, "directory = '%s/'", draft);
    snprintf(script, sizeof script, "%s.gp", name);
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take the status */
    sigfillset(&all);
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&actions) != 0)
        return GNUPLOT_FAILED;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return GNUPLOT_FAILED;
    }
    int error_number = posix_spawnattr_setsigdefault(&attributes, &all);
    error_number |= posix_spawnattr_setsigmask(&attributes, &none);
    error_number |=
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    for (int descriptor = 0; descriptor <= STDERR_FILENO; descriptor++)
        error_number |=
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    error_number |= posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (error_number == 0)
        error_number = posix_spawnp(&process, gnuplot, &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error_number != 0)
        return error_number == ENOENT ? GNUPLOT_MISSING : GNUPLOT_FAILED;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return GNUPLOT_FAILED;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? GNUPLOT_DONE : GNUPLOT_FAILED;
}

/* Whether gnuplot has left all pictures: one that has run out of disk may not say so. */
static bool all_there(const char *draft, const char *name) {
    char path[2 * PATH_BYTES];
    struct stat status;
    for (int e = WRITTEN; e < ENDINGS; e++)
        if (!gnuplot_join(draft, name, endings[e], path) || stat(path, &status) != 0 ||
            status.st_size == 0)
            return false;
    return true;
}

/* Moves the pictures out of the draft if they are to be kept, and removes the draft. */
static bool empty_draft(const char *directory, const char *draft, const char *name, bool keep) {
    char from[2 * PATH_BYTES], to[2 * PATH_BYTES];
    for (int e = WRITTEN; e < ENDINGS; e++) {
        if (!gnuplot_join(draft, name, endings[e], from) ||
            !gnuplot_join(directory, name, endings[e], to))
            continue;
        if (keep)
            keep = rename(from, to) == 0;
        unlink(from);
    }
    rmdir(draft);
    return keep;
}

enum gnuplot_outcome gnuplot_draw(const char *directory, const char *name) {
    static const char pattern[] = "/.plait-XXXXXX";
    char draft[PATH_BYTES];
    if (!copy_directory(directory, draft) || strlen(draft) + sizeof pattern > sizeof draft)
        return GNUPLOT_FAILED;
    strcat(draft, pattern);
    if (!mkdtemp(draft))
        return GNUPLOT_FAILED;
    const enum gnuplot_outcome outcome = gnuplot_run(directory, name, strrchr(draft, '/') + 1);
    const bool good = outcome == GNUPLOT_DONE && all_there(draft, name);
    if (empty_draft(directory, draft, name, good))
        return GNUPLOT_DONE;
    return outcome == GNUPLOT_MISSING ? GNUPLOT_MISSING : GNUPLOT_FAILED;
}
