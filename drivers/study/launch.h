/* SPDX-License-Identifier: MIT
 * Runs a command and waits for its end, whatever it does: it has a process group of its own, a time
 * limit, and files for what it prints. */
#ifndef PLAIT_DRIVERS_STUDY_LAUNCH_H
#define PLAIT_DRIVERS_STUDY_LAUNCH_H

#include "study/texts.h"

#include <stdint.h>
#include <sys/types.h>

/* What to run. Several commands run at the same time. */
struct launch {
    const struct texts
        *commands; /* words of each; output of number k goes to <output>[.k].out, .err */
    size_t count;
    const char *output;
    char *const *environment;
    double timeout; /* seconds; 0: none */
    double grace;   /* seconds from SIGTERM to SIGKILL */
    /* Called with the process group once it is there, so that a later study can end what this one
     * had to leave behind. */
    void (*started)(void *context, pid_t group);
    void *context;
};

enum launch_end {
    LAUNCH_ENDED,   /* by itself: see exit_status and signal */
    LAUNCH_TIMEOUT, /* ended by us, its time was up */
    LAUNCH_STOPPED, /* ended by us, on a signal to this process */
    LAUNCH_MISSING, /* could not be started: see error */
};

struct launch_result {
    enum launch_end end;
    int exit_status, signal; /* the first that is not 0 */
    int error;               /* errno, of LAUNCH_MISSING */
    double seconds;          /* from the start of the first to the end of the last */
    double cpu_seconds;      /* of all processes that were waited for */
};

/* Once, before the first launch: signals that end a launch early are held back and looked for while
 * waiting (SIGINT, SIGTERM, SIGHUP, SIGUSR1, unless they are ignored), processes whose parents
 * have gone become children of this one, so that none is left over, and this process may use the
 * CPUs again that it was started with. */
void launch_prepare(void);

/* Whether such a signal has come; takes note of it for good. */
bool launch_stop_asked(void);

/* Runs and waits. Nothing that it has started on this node is left when it returns. */
void launch_run(const struct launch *launch, struct launch_result *result);

/* Ends a process group of another study: SIGTERM, and SIGKILL after grace seconds. It may take a
 * moment to be gone. */
void launch_end_group(pid_t group, double grace);

/* When a process began, in clock ticks since the boot (/proc); 0 if there is no such process.
 * Together with its number that names it for good. */
uint64_t launch_birth(pid_t process);

#endif
