/* SPDX-License-Identifier: MIT
 * Notes signals, or ends the process by them. The note and the last words are the writable global
 * state that a handler needs. */
#include "base/stop_signal.h"

#include "base/failure.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

/* Those to be given back come first. */
static const int signals[] = {SIGTERM, SIGINT, SIGXCPU, SIGUSR1};
enum { SIGNALS = sizeof signals / sizeof *signals, GIVEN_BACK = 3 };
static struct sigaction before[SIGNALS];
static bool watching;

/* Written by a handler, so it is ready before. */
static char last_words[FAILURE_TEXT_BYTES + sizeof "plait: \n"];
static size_t last_bytes;

static void note(int signal) {
    (void)signal;
    seen = 1;
}

/* Only what a handler may do: files that are being written are left as they are. */
static void stop_signal_end(int signal) {
    (void)signal;
    const ssize_t ignored = write(STDERR_FILENO, last_words, last_bytes);
    (void)ignored;
    _exit(EXIT_STOPPED);
}

/* One signal at a time, and none that was ignored before. */
static void handle(void (*handler)(int signal)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (int k = 0; k < SIGNALS; k++)
        if (before[k].sa_handler != SIG_IGN)
            sigaction(signals[k], &action, NULL);
}

/* A program starts with signals that are ignored or do what they do by default. A handler is one
 * that a library has set since, as LLVM does below an OpenCL driver: it is not put back. SIGXCPU
 * has one of Plait's own (base/process_limits.h). */
void stop_signal_watch(void) {
    sigset_t watched;
    sigemptyset(&watched);
    for (int k = 0; k < SIGNALS; k++) {
        sigaction(signals[k], NULL, &before[k]);
        if (before[k].sa_handler != SIG_IGN && signals[k] != SIGXCPU)
            before[k] = (struct sigaction){.sa_handler = SIG_DFL};
        sigaddset(&watched, signals[k]);
    }
    handle(note);
    sigprocmask(SIG_UNBLOCK, &watched, NULL);
    watching = true;
}

bool stop_signal_seen(void) {
    return seen;
}

void stop_signal_end_at_once(const char *text) {
    if (!watching)
        return;
    last_bytes = text ? (size_t)snprintf(last_words, sizeof last_words, "plait: %.*s\n",
                                         FAILURE_TEXT_BYTES - 1, text)
                      : 0;
    handle(stop_signal_end);
    if (seen)
        stop_signal_end(signals[0]);
}

void stop_signal_release(void) {
    if (!watching)
        return;
    handle(note);
    for (int k = 0; k < GIVEN_BACK; k++)
        sigaction(signals[k], &before[k], NULL);
}
