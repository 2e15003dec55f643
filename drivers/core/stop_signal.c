/* SPDX-License-Identifier: MIT
 * Notes signals. The note is the one piece of writable global state that a handler needs. */
#include "core/stop_signal.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t seen;

/* Those to be given back come first. */
static const int signals[] = {SIGTERM, SIGINT, SIGUSR1};
enum { SIGNALS = sizeof signals / sizeof *signals, GIVEN_BACK = 2 };
static struct sigaction before[SIGNALS];
static bool watching;

static void note(int signal) {
    (void)signal;
    seen = 1;
}

void stop_signal_watch(void) {
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int k = 0; k < SIGNALS; k++) {
        sigaction(signals[k], NULL, &before[k]);
        if (before[k].sa_handler != SIG_IGN)
            sigaction(signals[k], &action, NULL);
    }
    watching = true;
}

bool stop_signal_seen(void) {
    return seen;
}

void stop_signal_release(void) {
    for (int k = 0; watching && k < GIVEN_BACK; k++)
        sigaction(signals[k], &before[k], NULL);
}
