/* SPDX-License-Identifier: MIT
 * Signals as programs expect them at their start. A caller that blocks signals around its own work,
 * or ignores SIGCHLD, hands that on to what it starts: then no time limit would ever be reached, no
 * checkpoint saved by a signal, and the end of gnuplot not be seen. */
#include "base/inherited.h"

#include <signal.h>
#include <stddef.h>

static void reset_if_ignored(int number) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        signal(number, SIG_DFL);
}

void inherited_signals_reset(void) {
    static const int needed[] = {SIGALRM, SIGCHLD, SIGUSR1, SIGTERM, SIGINT, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t k = 0; k < sizeof needed / sizeof needed[0]; k++)
        sigaddset(&set, needed[k]);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    reset_if_ignored(SIGALRM);
    reset_if_ignored(SIGCHLD);
}
