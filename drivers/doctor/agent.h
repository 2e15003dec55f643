/* SPDX-License-Identifier: MIT
 * Runs a command for each node, all at the same time, in a dialogue of lines (probe.sh). Each has a
 * process group and a time limit of its own. */
#ifndef PLAIT_DRIVERS_DOCTOR_AGENT_H
#define PLAIT_DRIVERS_DOCTOR_AGENT_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Commands of one set of dialogues that run at the same time: each holds three descriptors. */
enum { AGENT_AT_ONCE = 64, AGENT_OUTPUT_MAX = 1 << 18 };

struct agent_text {
    char *bytes;
    size_t length;
    bool flooded; /* more than AGENT_OUTPUT_MAX came: the rest is lost */
};

struct agent_job {
    /* Set by the caller. */
    char *const *command; /* ended by NULL */
    const char *input;    /* what it is given at once; NULL: nothing */
    size_t input_bytes;
    void *context;

    /* What came of it. */
    struct agent_text out, err; /* ended by a zero byte as well; NULL: nothing */
    int status;                 /* exit status, or 128 and the signal */
    int start_error;            /* errno: it could not be started */
    bool timed_out;             /* or ended because its output is flooded */

    /* Of the dialogue. */
    pid_t process;
    int in, out_fd, err_fd;
    size_t written, line; /* bytes of input; where the next line of output begins */
    bool started, ended, waits;
    uint64_t deadline_ns;
};

/* How the dialogue goes; each may be NULL. */
struct agent_script {
    double seconds; /* the time limit of each command, from its start and from each meeting */
    /* A line has come, without its end, at that time. Returns whether the job now waits for all
     * others to do so too. */
    bool (*line)(struct agent_job *job, const char *line, uint64_t now_ns);
    /* All that have not ended wait: they continue, each with the time limit again. */
    void (*meet)(struct agent_job *jobs, size_t count, void *context);
    void *context;
};

/* Runs all; returns when all have ended. With a meet all run at the same time, else AGENT_AT_ONCE.
 */
void agent_run(struct agent_job *jobs, size_t count, const struct agent_script *script);

/* Within line and meet: writes to the input of a job, as far as it takes it. */
void agent_say(struct agent_job *job, const char *text);
/* Ends the input of a job. */
void agent_end_input(struct agent_job *job);

void agent_free(struct agent_job *jobs, size_t count);

#endif
