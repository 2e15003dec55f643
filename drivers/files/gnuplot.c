/* SPDX-License-Identifier: MIT
 * Writes scripts and runs gnuplot. It works in the plot's directory, so that no path has to be
 * quoted in its language, and draws into a directory of its own there, from which finished pictures
 * are moved.
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addchdir_np, environ, memfd_create */
#include "files/gnuplot.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

static void gnuplot_say(char cause[GNUPLOT_CAUSE_BYTES], const char *what, int error_number) {
    snprintf(cause, GNUPLOT_CAUSE_BYTES, "%.200s%s%.80s%s", what, *what ? ": " : "",
             strerror(error_number), atomic_file_fix(error_number));
}

/* What gnuplot has written to standard error: the first line that blames a line of the script and
 * is no warning, else the first one. Empty if there is none. */
static void gnuplot_find_error(int messages, char cause[GNUPLOT_CAUSE_BYTES]) {
    char text[4096];
    const ssize_t length = pread(messages, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    bool found = false;
    char *rest = text;
    for (char *line = strsep(&rest, "\r\n"); line && !found; line = strsep(&rest, "\r\n")) {
        line += strspn(line, " \t");
        found = strstr(line, "line ") && !strstr(line, "warning:");
        if (*line && (found || !*cause))
            snprintf(cause, GNUPLOT_CAUSE_BYTES, "%.300s", line);
    }
}

/* Starts gnuplot on the script, its standard error in the file `messages`, if that is none. Nothing
 * of what this process has inherited or set for itself may make gnuplot fail, or its end go
 * unnoticed: signals are as by default. Returns 0 or an error number. */
static int gnuplot_spawn(const char *directory, char *const words[], int messages, pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int error_number = posix_spawn_file_actions_init(&actions);
    if (error_number != 0)
        return error_number;
    error_number = posix_spawnattr_init(&attributes);
    if (error_number != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error_number;
    }
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    for (int descriptor = 0; descriptor <= STDERR_FILENO && error_number == 0; descriptor++)
        error_number =
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    if (error_number == 0 && messages >= 0)
        error_number = posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
    if (error_number == 0)
        error_number = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (error_number == 0)
        error_number = posix_spawnp(process, words[0], &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error_number;
}

/* Runs the script to its end. */
static enum gnuplot_outcome gnuplot_run(const char *directory, const char *name, const char *draft,
                                        char cause[GNUPLOT_CAUSE_BYTES]) {
    char assignment[PATH_BYTES], script[PATH_BYTES];
    char gnuplot[] = "gnuplot", evaluate[] = "-e";
    char *const words[] = {gnuplot, evaluate, assignment, script, NULL};
    pid_t process, ended;
    int status = 0;
    snprintf(assignment, sizeof assignment, "directory = '%s/'", draft);
    snprintf(script, sizeof script, "%s.gp", name);
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take the status */
    /* In memory: the disk may be full, and a pipe would have to be emptied meanwhile. */
    const int messages = memfd_create("gnuplot", MFD_CLOEXEC);
    const int error_number = gnuplot_spawn(directory, words, messages, &process);
    if (error_number == 0) {
        do
            ended = waitpid(process, &status, 0);
        while (ended < 0 && errno == EINTR);
        const bool good = ended == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (messages >= 0)
            gnuplot_find_error(messages, cause);
        if (good || *cause)
            ; /* its own words are the better ones */
        else if (ended != process)
            gnuplot_say(cause, "cannot wait for it", errno);
        else if (WIFSIGNALED(status))
            snprintf(cause, GNUPLOT_CAUSE_BYTES, "signal %d (%s) ended it", WTERMSIG(status),
                     strsignal(WTERMSIG(status)));
        else
            snprintf(cause, GNUPLOT_CAUSE_BYTES, "its exit status is %d", WEXITSTATUS(status));
        if (messages >= 0)
            close(messages);
        return good ? GNUPLOT_DONE : GNUPLOT_FAILED;
    }
    if (messages >= 0)
        close(messages);
    gnuplot_say(cause, "it cannot be started", error_number);
    return error_number == ENOENT ? GNUPLOT_MISSING : GNUPLOT_FAILED;
}

/* What the last bytes of a whole picture are, but for spaces and ends of lines after text. */
static bool has_whole_end(int file, const char *ending) {
    static const char png_end[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', '\xae', 'B', '`', '\x82'};
    char tail[64];
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    const off_t from =
        status.st_size > (off_t)sizeof tail ? status.st_size - (off_t)sizeof tail : 0;
    ssize_t length = pread(file, tail, sizeof tail, from);
    const bool png = strcmp(ending, "png") == 0;
    while (!png && length > 0 && isspace((unsigned char)tail[length - 1]))
        length--;
    const char *end = png ? png_end : strcmp(ending, "pdf") == 0 ? "%%EOF" : "</svg>";
    const ssize_t bytes = png ? (ssize_t)sizeof png_end : (ssize_t)strlen(end);
    return length >= bytes && memcmp(tail + length - bytes, end, (size_t)bytes) == 0;
}

/* Why a picture is cut short, which gnuplot does not say: it ignores errors of writing. The picture
 * is lost anyway, so some more bytes may ask for the cause again. 0: they can be written. */
static int ask_for_cause(const char *path) {
    static const char more[1 << 16];
    int error_number = 0;
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0)
        return errno;
    for (size_t done = 0; done < sizeof more && error_number == 0;) {
        const ssize_t written = write(file, more + done, sizeof more - done);
        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || errno != EINTR)
            error_number = written == 0 ? EIO : errno;
    }
    if (error_number == 0 && fsync(file) != 0)
        error_number = errno;
    close(file);
    return error_number;
}

/* Whether gnuplot has left all pictures, each of them whole and on the disk. The cause is written
 * where it is not known yet, and where it is one of the system, after which gnuplot may say
 * anything. */
static bool all_whole(const char *draft, const char *name, char cause[GNUPLOT_CAUSE_BYTES]) {
    char path[2 * PATH_BYTES], what[256];
    for (int e = WRITTEN; e < ENDINGS; e++) {
        snprintf(what, sizeof what, "%.200s.%s", name, endings[e]);
        if (!gnuplot_join(draft, name, endings[e], path)) {
            gnuplot_say(cause, what, ENAMETOOLONG);
            return false;
        }
        const int file = open(path, O_RDONLY | O_CLOEXEC);
        const bool whole = file >= 0 && has_whole_end(file, endings[e]);
        int error_number = whole && fsync(file) != 0 ? errno : 0;
        if (file >= 0)
            close(file);
        if (whole && error_number == 0)
            continue;
        if (!whole)
            error_number = ask_for_cause(path);
        if (error_number != 0)
            gnuplot_say(cause, what, error_number);
        else if (!*cause)
            snprintf(cause, GNUPLOT_CAUSE_BYTES, "%s is %s", what,
                     file < 0 ? "not there" : "cut short");
        return false;
    }
    return true;
}

/* Moves the pictures out of the draft if they are to be kept, all or none, and removes the draft.
 */
static bool empty_draft(const char *directory, const char *draft, const char *name, bool keep,
                        char cause[GNUPLOT_CAUSE_BYTES]) {
    char from[2 * PATH_BYTES], to[2 * PATH_BYTES];
    const bool whole = keep;
    for (int e = WRITTEN; e < ENDINGS; e++) {
        if (!gnuplot_join(draft, name, endings[e], from) ||
            !gnuplot_join(directory, name, endings[e], to))
            continue;
        if (keep && rename(from, to) != 0) {
            keep = false;
            gnuplot_say(cause, to + strlen(directory) + 1, errno);
        }
        unlink(from);
    }
    for (int e = WRITTEN; e < ENDINGS && whole && !keep; e++)
        if (gnuplot_join(directory, name, endings[e], to))
            unlink(to);
    rmdir(draft);
    if (keep) { /* where a directory cannot be synced, the names last as the file system has it */
        const int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (file >= 0) {
            fsync(file);
            close(file);
        }
    }
    return keep;
}

enum gnuplot_outcome gnuplot_draw(const char *directory, const char *name,
                                  char cause[GNUPLOT_CAUSE_BYTES]) {
    static const char pattern[] = "/.plait-XXXXXX";
    char draft[PATH_BYTES];
    *cause = '\0';
    if (!copy_directory(directory, draft) || strlen(draft) + sizeof pattern > sizeof draft) {
        gnuplot_say(cause, "", ENAMETOOLONG);
        return GNUPLOT_FAILED;
    }
    strcat(draft, pattern);
    if (!mkdtemp(draft)) {
        gnuplot_say(cause, "no directory for drafts", errno);
        return GNUPLOT_FAILED;
    }
    const enum gnuplot_outcome outcome =
        gnuplot_run(directory, name, strrchr(draft, '/') + 1, cause);
    const bool good =
        outcome != GNUPLOT_MISSING && all_whole(draft, name, cause) && outcome == GNUPLOT_DONE;
    if (empty_draft(directory, draft, name, good, cause))
        return GNUPLOT_DONE;
    return outcome == GNUPLOT_MISSING ? GNUPLOT_MISSING : GNUPLOT_FAILED;
}
