/* SPDX-License-Identifier: MIT
 * What a checkpoint of pi keeps of a round that is interrupted twice: the hits and the seconds of
 * all runs add up. The linker puts the clock below in front of that of the drivers (--wrap), which
 * makes the seconds known. Run it on one rank. */
#include "base/clock.h"
#include "pi/pi_checkpoint.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t now_ns = 1000;

uint64_t __wrap_clock_now_ns(void);
double __wrap_clock_seconds_since(uint64_t start_ns);

uint64_t __wrap_clock_now_ns(void) {
    return now_ns;
}

double __wrap_clock_seconds_since(uint64_t start_ns) {
    return (double)(now_ns - start_ns) * 1e-9;
}

enum { RUNS = 4, STEPS = 2, NS_PER_S = 1000000000 };

static int checks, failures;

static void check(bool passed, const char *what, double value) {
    checks++;
    if (passed)
        return;
    failures++;
    printf("failed: %s (%g)\n", what, value);
}

/* What a run finds, does, and leaves. */
struct run_plan {
    struct piece piece;   /* units that it finishes, */
    uint64_t seconds;     /* in that time */
    double earlier;       /* seconds of earlier runs, and */
    uint64_t hits_before; /* hits of run 0 in them */
    bool stopped;         /* before the round is done */
};

/* A step that is done takes no time of the round after it, so the round is the second one. */
static void do_run(const struct session *session, const struct sweep *sweep, const char *path,
                   const struct run_plan *plan) {
    struct pi_checkpoint checkpoint;
    struct failure failure = {0};
    uint64_t hits[STEPS * RUNS] = {0}, own[RUNS] = {1, 1, 1, 1};
    double seconds[STEPS] = {0};
    const struct pi_checkpoint_plan study = {
        .path = path, .sweep = sweep, .generator = PLAIT_RXS64, .seed = 42};
    if (!pi_checkpoint_open(&checkpoint, session, &study, &failure) ||
        !pi_checkpoint_load(&checkpoint, hits, seconds, &failure)) {
        check(false, failure.text, 0);
        return;
    }
    if (checkpoint.done == 0) { /* the first step, all at once */
        const struct sweep_round first = sweep_round_at(sweep, 0);
        const struct piece all = {0, sweep_round_units(&first)};
        uint64_t none[RUNS] = {0};
        pi_checkpoint_begin_round(&checkpoint, &first, &failure);
        now_ns += (uint64_t)7 * NS_PER_S;
        pi_checkpoint_take(&checkpoint, all, none);
        const struct queue_delivery delivery = pi_checkpoint_delivery(&checkpoint);
        check(delivery.keep(delivery.context, 0, all), "the first step is kept", 0);
        seconds[0] = 7;
        pi_checkpoint_end_round(&checkpoint, false, &failure);
    }
    const struct sweep_round round = sweep_round_at(sweep, 1);
    check(pi_checkpoint_begin_round(&checkpoint, &round, &failure), "the round begins", 0);
    const struct pi_resumed resumed = pi_checkpoint_resumed(&checkpoint, STEPS);
    const double first_step = plan->earlier > 0 ? 7 : 0;
    check(resumed.seconds == plan->earlier + first_step, "seconds of earlier runs",
          resumed.seconds);
    check(checkpoint.earlier_seconds == plan->earlier, "those of the round",
          checkpoint.earlier_seconds);
    check(hits[RUNS] == plan->hits_before, "hits of earlier runs", (double)hits[RUNS]);
    now_ns += plan->seconds * NS_PER_S;
    pi_checkpoint_take(&checkpoint, plan->piece, own);
    const struct queue_delivery delivery = pi_checkpoint_delivery(&checkpoint);
    check(delivery.keep(delivery.context, 0, plan->piece), "the piece is kept", 0);
    pi_checkpoint_end_round(&checkpoint, plan->stopped, &failure);
    check(failure.exit_status == (plan->stopped ? EXIT_STOPPED : EXIT_DONE), failure.text,
          failure.exit_status);
    pi_checkpoint_free(&checkpoint);
}

int main(void) {
    struct session session;
    struct failure failure = {0};
    struct sweep sweep = {.runs = RUNS, .apart = true};
    char path[] = "/tmp/plait-test-XXXXXX";
    if (!session_start(&session, "test_pi_checkpoint", (struct session_needs){0}, &failure) ||
        !sweep_parse("2^20:2^21", &sweep, &failure)) {
        fprintf(stderr, "%s\n", failure.text);
        return 1;
    }
    const struct sweep_round round = sweep_round_at(&sweep, 1);
    const uint64_t each = round.run_units / 4; /* of run 0 */
    const int descriptor = mkstemp(path);
    check(each > 0 && descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0, path, 0);
    const struct run_plan plans[] = {
        {{0, each}, 10, 0, 0, true},
        {{each, each}, 100, 10, 1, true},
        {{2 * each, each}, 1000, 110, 2, true},
        {{3 * each, sweep_round_units(&round) - 3 * each}, 10000, 1110, 3, false},
    };
    for (size_t k = 0; k < sizeof plans / sizeof *plans; k++)
        do_run(&session, &sweep, path, &plans[k]);
    unlink(path);
    printf("pi_checkpoint: %d checks, %d failed\n", checks, failures);
    session_end(&session);
    return failures > 0 || checks == 0;
}
