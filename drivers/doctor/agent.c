/* SPDX-License-Identifier: MIT
 * Pipes, poll and process groups. */
#include "doctor/agent.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* How often an agent that has closed its outputs is looked at. */
static const uint64_t look_ns = 10000000;

static void agent_close(int *descriptor) {
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* A pipe that no other child inherits; the side of this process does not block. */
static bool agent_pipe(int ends[2], int ours) {
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    fcntl(ends[ours], F_SETFL, O_NONBLOCK);
    return true;
}

/* Returns 0 or errno. */
static int agent_spawn(struct agent_job *job, const int in[2], const int out[2], const int err[2]) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err[1], STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    const int error =
        posix_spawnp(&job->process, job->command[0], &files, &attributes, job->command, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static void agent_start(struct agent_job *job, double seconds) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    job->started = true;
    job->in = job->out_fd = job->err_fd = -1;
    job->deadline_ns = clock_now_ns() + (uint64_t)(seconds * 1e9);
    if (!agent_pipe(in, 1) || !agent_pipe(out, 0) || !agent_pipe(err, 0))
        job->start_error = errno;
    else
        job->start_error = agent_spawn(job, in, out, err);
    agent_close(&in[0]);
    agent_close(&out[1]);
    agent_close(&err[1]);
    job->in = in[1];
    job->out_fd = out[0];
    job->err_fd = err[0];
    if (job->start_error == 0)
        return;
    agent_close(&job->in);
    agent_close(&job->out_fd);
    agent_close(&job->err_fd);
    job->ended = true;
}

/* -- data ---------------------------------------------------------------------------------------
 */

static void agent_write(struct agent_job *job) {
    while (job->in >= 0 && job->written < job->input_bytes) {
        const ssize_t wrote =
            write(job->in, job->input + job->written, job->input_bytes - job->written);
        if (wrote <= 0) {
            if (wrote < 0 && errno != EAGAIN && errno != EINTR)
                agent_close(&job->in); /* it reads no more */
            return;
        }
        job->written += (size_t)wrote;
    }
    if (!job->input)
        agent_close(&job->in);
}

void agent_say(struct agent_job *job, const char *text) {
    /* A line is smaller than what a pipe holds, and the one before has been read: it replied. */
    if (job->in >= 0 && write(job->in, text, strlen(text)) < 0 && errno == EPIPE)
        agent_close(&job->in);
}

void agent_end_input(struct agent_job *job) {
    agent_close(&job->in);
}

/* Reads what is there. Returns whether more may come. */
static bool agent_read(int descriptor, struct agent_text *text) {
    char bytes[4096];
    for (;;) {
        const ssize_t got = read(descriptor, bytes, sizeof bytes);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        text->flooded = text->flooded || text->length + (size_t)got > AGENT_OUTPUT_MAX;
        if (text->flooded)
            return true;
        char *grown = realloc(text->bytes, text->length + (size_t)got + 1);
        if (!grown)
            return false;
        memcpy(grown + text->length, bytes, (size_t)got);
        text->bytes = grown;
        text->length += (size_t)got;
        text->bytes[text->length] = '\0';
    }
}

static void agent_lines(struct agent_job *job, const struct agent_script *script) {
    char *stop;
    while (job->out.bytes && (stop = strchr(job->out.bytes + job->line, '\n')) != NULL) {
        *stop = '\0';
        if (script->line && script->line(job, job->out.bytes + job->line, clock_now_ns()))
            job->waits = true;
        *stop = '\n';
        job->line = (size_t)(stop + 1 - job->out.bytes);
    }
}

/* It has closed its output, or its time is up: nothing that it started stays. */
static void agent_finish(struct agent_job *job) {
    int status = 0;
    agent_close(&job->in);
    if (job->timed_out)
        kill(-job->process, SIGKILL);
    while (waitpid(job->process, &status, 0) < 0 && errno == EINTR)
        continue;
    if (job->out_fd >= 0)
        agent_read(job->out_fd, &job->out);
    if (job->err_fd >= 0)
        agent_read(job->err_fd, &job->err);
    kill(-job->process, SIGKILL);
    agent_close(&job->out_fd);
    agent_close(&job->err_fd);
    job->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    job->ended = true;
}

/* -- signals ------------------------------------------------------------------------------------
 */

/* Agents have process groups of their own, which no terminal reaches: what ends this program has to
 * end them too. The signals come in ppoll alone, when all that has been started is known. */
static const int agent_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum { AGENT_SIGNALS = sizeof agent_signals / sizeof *agent_signals };

static volatile sig_atomic_t agent_signal; /* the one that has come; a handler has no context */

struct agent_guard {
    struct sigaction before[AGENT_SIGNALS];
    sigset_t mask;
};

static void agent_note_signal(int signal) {
    agent_signal = signal;
}

/* One that is ignored, as SIGHUP by nohup, stays so. */
static void agent_guard_begin(struct agent_guard *guard) {
    const struct sigaction note = {.sa_handler = agent_note_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (int k = 0; k < AGENT_SIGNALS; k++)
        sigaddset(&blocked, agent_signals[k]);
    sigprocmask(SIG_BLOCK, &blocked, &guard->mask);
    agent_signal = 0;
    for (int k = 0; k < AGENT_SIGNALS; k++) {
        sigaction(agent_signals[k], NULL, &guard->before[k]);
        if (guard->before[k].sa_handler != SIG_IGN)
            sigaction(agent_signals[k], &note, NULL);
    }
}

/* One that has come ends the program now. A handler that had it before belongs to a library that
 * came along: UCX, which Open MPI 5 is linked with, takes SIGHUP for its own log. */
static void agent_guard_end(const struct agent_guard *guard) {
    const struct sigaction end = {.sa_handler = SIG_DFL};
    for (int k = 0; k < AGENT_SIGNALS; k++)
        sigaction(agent_signals[k], agent_signal == agent_signals[k] ? &end : &guard->before[k],
                  NULL);
    sigprocmask(SIG_SETMASK, &guard->mask, NULL);
}

/* -- the loop -----------------------------------------------------------------------------------
 */

static bool agent_runs(const struct agent_job *job) {
    return job->started && !job->ended;
}

static void agent_meet(struct agent_job *jobs, size_t count, const struct agent_script *script) {
    size_t waiting = 0, running = 0;
    for (size_t k = 0; k < count; k++) {
        running += !jobs[k].ended;
        waiting += agent_runs(&jobs[k]) && jobs[k].waits;
    }
    if (!script->meet || waiting == 0 || waiting < running)
        return;
    const uint64_t deadline = clock_now_ns() + (uint64_t)(script->seconds * 1e9);
    script->meet(jobs, count, script->context);
    for (size_t k = 0; k < count; k++) {
        jobs[k].waits = false;
        jobs[k].deadline_ns = deadline;
    }
}

static void agent_poll(struct agent_job *jobs, size_t count, struct pollfd *polls,
                       const sigset_t *mask) {
    uint64_t now = clock_now_ns(), soonest = now + 1000000000;
    for (size_t k = 0; k < count; k++) {
        const bool runs = agent_runs(&jobs[k]);
        polls[3 * k] = (struct pollfd){runs ? jobs[k].out_fd : -1, POLLIN, 0};
        polls[3 * k + 1] = (struct pollfd){runs ? jobs[k].err_fd : -1, POLLIN, 0};
        polls[3 * k + 2] = (struct pollfd){
            runs && jobs[k].written < jobs[k].input_bytes ? jobs[k].in : -1, POLLOUT, 0};
        if (runs && !jobs[k].waits && jobs[k].deadline_ns < soonest)
            soonest = jobs[k].deadline_ns;
        /* Its end is near, and nothing will announce it; but it may also sleep until the deadline.
         */
        if (runs && jobs[k].out_fd < 0 && jobs[k].err_fd < 0 && now + look_ns < soonest)
            soonest = now + look_ns;
    }
    /* A second at most: a child may end and leave its output open to what it started. */
    const uint64_t ns = soonest > now ? soonest - now : 0;
    const struct timespec wait = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    ppoll(polls, 3 * count, &wait, mask);
}

static void agent_serve(struct agent_job *job, const struct pollfd *polls,
                        const struct agent_script *script) {
    if (polls[2].revents)
        agent_write(job);
    if (polls[1].revents && !agent_read(job->err_fd, &job->err))
        agent_close(&job->err_fd);
    if (polls[0].revents) {
        const bool more = agent_read(job->out_fd, &job->out);
        agent_lines(job, script);
        if (!more)
            agent_close(&job->out_fd);
    }
    if (job->out_fd < 0) {
        siginfo_t info = {0};
        waitid(P_PID, (id_t)job->process, &info, WEXITED | WNOHANG | WNOWAIT);
        if (info.si_pid == job->process) {
            agent_finish(job);
            return;
        }
    }
    /* Whoever writes that much is no probe. */
    if (job->out.flooded || (!job->waits && clock_now_ns() >= job->deadline_ns)) {
        job->timed_out = true;
        agent_finish(job);
    }
}

void agent_run(struct agent_job *jobs, size_t count, const struct agent_script *script) {
    struct pollfd *polls = calloc(3 * count + 1, sizeof *polls);
    struct agent_guard guard;
    agent_guard_begin(&guard);
    for (size_t ended = 0; polls && ended < count;) {
        size_t running = 0;
        for (size_t k = 0; k < count; k++)
            running += agent_runs(&jobs[k]);
        for (size_t k = 0; k < count; k++)
            if (!jobs[k].started && (script->meet || running < AGENT_AT_ONCE)) {
                agent_start(&jobs[k], script->seconds);
                agent_write(&jobs[k]);
                running++;
            }
        agent_poll(jobs, count, polls, &guard.mask);
        if (agent_signal) {
            for (size_t k = 0; k < count; k++)
                if (agent_runs(&jobs[k]))
                    kill(-jobs[k].process, SIGKILL);
            raise(agent_signal); /* delivered by the end of the guard */
            break;
        }
        ended = 0;
        for (size_t k = 0; k < count; k++) {
            if (agent_runs(&jobs[k]))
                agent_serve(&jobs[k], polls + 3 * k, script);
            ended += jobs[k].ended;
        }
        agent_meet(jobs, count, script);
    }
    agent_guard_end(&guard);
    free(polls);
}

void agent_free(struct agent_job *jobs, size_t count) {
    for (size_t k = 0; k < count; k++) {
        free(jobs[k].out.bytes);
        free(jobs[k].err.bytes);
    }
}
