/* SPDX-License-Identifier: MIT
 * posix_spawn, a process group for each launch, and nothing left over. */
#include "study/launch.h"

#include "base/clock.h"
#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
enum { STOP_SIGNALS = sizeof stop_signals / sizeof *stop_signals };

static sigset_t mask_before, watched, stopping;
static bool stop_seen;

void launch_prepare(void) {
    struct machine_cpus cpus;
    sigemptyset(&stopping);
    for (int k = 0; k < STOP_SIGNALS; k++) {
        struct sigaction action;
        sigaction(stop_signals[k], NULL, &action);
        if (action.sa_handler != SIG_IGN) /* as nohup sets it */
            sigaddset(&stopping, stop_signals[k]);
    }
    watched = stopping;
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_BLOCK, &watched, &mask_before);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    /* OpenMP may have bound this process to a core when it was loaded, which launches would
     * inherit. */
    machine_cpus_find(&cpus);
    sched_setaffinity(0, sizeof cpus, (const cpu_set_t *)(const void *)&cpus);
}

bool launch_stop_asked(void) {
    const struct timespec now = {0};
    if (sigtimedwait(&stopping, NULL, &now) > 0)
        stop_seen = true;
    return stop_seen;
}

/* Waits for a signal of the set, for that many seconds at most. */
static void wait_for_signal(const sigset_t *set, double seconds) {
    seconds = fmax(0, fmin(seconds, 3600));
    const struct timespec time = {(time_t)seconds, (long)(fmod(seconds, 1) * 1e9)};
    siginfo_t info;
    if (sigtimedwait(set, &info, &time) > 0 && info.si_signo != SIGCHLD)
        stop_seen = true;
}

/* -- start ---------------------------------------------------------------------------------------
 */

static bool output_name(const struct launch *launch, size_t k, const char *ending, char *path,
                        size_t bytes) {
    const int length = launch->count > 1
                           ? snprintf(path, bytes, "%s.%zu.%s", launch->output, k, ending)
                           : snprintf(path, bytes, "%s.%s", launch->output, ending);
    return length > 0 && (size_t)length < bytes;
}

/* 0, or errno. */
static int launch_start_command(const struct launch *launch, size_t k, pid_t group,
                                pid_t *process) {
    char out[4096], err[4096];
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    if (!output_name(launch, k, "out", out, sizeof out) ||
        !output_name(launch, k, "err", err, sizeof err))
        return ENAMETOOLONG;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC,
                                     0666);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err, O_WRONLY | O_CREAT | O_TRUNC,
                                     0666);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setpgroup(&attributes, group);
    posix_spawnattr_setsigmask(&attributes, &mask_before);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    char **words = launch->commands[k].items;
    const int error =
        posix_spawnp(process, words[0], &files, &attributes, words, launch->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/* -- end -----------------------------------------------------------------------------------------
 */

uint64_t launch_birth(pid_t process) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *stream = fopen(path, "re");
    const char *line = stream ? fgets(text, sizeof text, stream) : NULL;
    if (stream)
        fclose(stream);
    /* Field 22; the second one is a name in brackets that may hold anything. */
    const char *field = line ? strrchr(line, ')') : NULL;
    for (int k = 2; field && k < 22; k++)
        field = strchr(field + 1, ' ');
    return field ? strtoull(field, NULL, 10) : 0;
}

/* Takes note of every child that has ended. */
static void reap_children(struct launch_result *result, const pid_t *processes, size_t count,
                          size_t *left) {
    pid_t process;
    int status;
    while ((process = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t k = 0; k < count; k++) {
            if (process != processes[k])
                continue;
            --*left;
            if (result->exit_status == 0 && result->signal == 0) {
                result->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
                result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
            }
        }
}

/* Kills what the launch has left: those that went into groups of their own are children of this
 * process by now, or will be when their parents are gone. */
static void kill_leftovers(pid_t group) {
    char path[64], text[4096];
    const struct timespec moment = {0, 2000000};
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    kill(-group, SIGKILL);
    for (int tries = 0; tries < 2500; tries++) { /* 5 s: who is stuck in the kernel is left there */
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        FILE *stream = fopen(path, "re");
        char *rest = stream ? fgets(text, sizeof text, stream) : NULL;
        if (stream)
            fclose(stream);
        if (!rest)
            return;
        for (long child; (child = strtol(rest, &rest, 10)) > 0;)
            kill((pid_t)child, SIGKILL);
        nanosleep(&moment, NULL);
    }
}

void launch_end_group(pid_t group, double grace) {
    const struct timespec moment = {0, 20000000};
    const uint64_t start = clock_now_ns();
    kill(-group, SIGTERM);
    while (kill(-group, 0) == 0 && clock_seconds_since(start) < grace)
        nanosleep(&moment, NULL);
    kill(-group, SIGKILL);
}

static double children_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void launch_run(const struct launch *launch, struct launch_result *result) {
    *result = (struct launch_result){0};
    pid_t *processes = calloc(launch->count, sizeof *processes), group = 0;
    size_t left = 0;
    const double cpu_before = children_cpu();
    const uint64_t start = clock_now_ns();
    result->error = processes ? 0 : ENOMEM;
    for (size_t k = 0; k < launch->count && !result->error; k++) {
        result->error = launch_start_command(launch, k, group, &processes[k]);
        if (result->error)
            break;
        left++;
        if (k == 0)
            group = processes[0];
        if (k == 0 && launch->started)
            launch->started(launch->context, group);
    }
    if (result->error)
        result->end = LAUNCH_MISSING;

    /* Until all have ended; SIGTERM when the time is up, and SIGKILL when that did not do. */
    double limit = launch->timeout > 0 ? launch->timeout : INFINITY;
    bool asked = false;
    while (left > 0) {
        const double now = clock_seconds_since(start);
        if (!asked && (now >= limit || stop_seen || result->error)) {
            if (!result->error)
                result->end = stop_seen ? LAUNCH_STOPPED : LAUNCH_TIMEOUT;
            kill(-group, SIGTERM);
            limit = now + launch->grace;
            asked = true;
        } else if (asked && now >= limit) {
            kill_leftovers(group);
            break;
        }
        /* A signal that asks to stop once more is not waited for: it would come again at once. */
        wait_for_signal(&watched, limit - now);
        reap_children(result, processes, launch->count, &left);
    }
    result->seconds = clock_seconds_since(start);
    if (group)
        kill_leftovers(group);
    result->cpu_seconds = children_cpu() - cpu_before;
    free(processes);
}
