/* SPDX-License-Identifier: MIT
 * The loop of threads over tasks: every task once, which progress is reported and from where, a
 * stop. Nothing depends on which thread is faster. */
#include "check.h"

#include "../../kernels/tasks.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { TASKS_MAX = 1000, THREADS_MAX = 7, UNIT = 3 };

struct record {
    atomic_int begun[TASKS_MAX];
    atomic_int by_thread[THREADS_MAX];
    atomic_int working[THREADS_MAX]; /* tasks of this thread number at the moment */
    atomic_int ended[THREADS_MAX], after_end[THREADS_MAX];
    atomic_bool wrong;
    uint64_t calls, last, total;
    uint64_t stop_at; /* the call that asks to stop; 0: none */
};

/* A task k is k + 1 of the whole. */
static uint64_t note_task(void *context, uint64_t task, int thread) {
    struct record *record = context;
    if (task >= TASKS_MAX || thread < 0 || thread >= THREADS_MAX) {
        atomic_store(&record->wrong, true);
        return 0;
    }
    if (atomic_fetch_add(&record->working[thread], 1) != 0) /* two threads of one number */
        atomic_store(&record->wrong, true);
    atomic_fetch_add(&record->begun[task], 1);
    atomic_fetch_add(&record->by_thread[thread], 1);
    atomic_fetch_add(&record->after_end[thread], atomic_load(&record->ended[thread]));
    atomic_fetch_sub(&record->working[thread], 1);
    return task + 1;
}

static void note_end(void *context, int thread) {
    struct record *record = context;
    atomic_fetch_add(&record->ended[thread], 1);
}

/* Each thread that there was has ended once, after its last task. */
static void check_ends(struct record *record, int threads) {
    int ended = 0;
    for (int t = 0; t < THREADS_MAX; t++) {
        const int ends = atomic_load(&record->ended[t]);
        CHECK(ends <= (t < threads) && ends >= (atomic_load(&record->by_thread[t]) > 0));
        CHECK_INT(0, atomic_load(&record->after_end[t]));
        ended += ends;
    }
    CHECK(ended > 0);
}

static bool record_progress(void *context, uint64_t done, uint64_t total) {
    struct record *record = context;
    if (done < record->last || done > total || total != record->total)
        atomic_store(&record->wrong, true);
    record->last = done;
    return ++record->calls != record->stop_at;
}

static enum plait_status run_noted(uint64_t count, int threads, bool recorded,
                                   struct record *record) {
    record->total = count * (count + 1) / 2 / UNIT;
    const struct plait_tasks tasks = {
        .run = note_task,
        .end = note_end,
        .context = record,
        .count = count,
        .threads = threads,
        .total = record->total,
        .unit = UNIT,
    };
    const struct plait_exec exec = {
        .threads = THREADS_MAX,
        .progress = recorded ? record_progress : NULL,
        .progress_context = record,
    };
    return plait_tasks_run(&tasks, &exec);
}

static void every_task_once(void) {
    static const uint64_t counts[] = {0, 1, 2, 6, 7, 8, TASKS_MAX};
    for (int threads = 1; threads <= THREADS_MAX; threads++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            for (int recorded = 0; recorded <= 1; recorded++) {
                static struct record record;
                uint64_t begun = 0;
                bool once = true;
                memset(&record, 0, sizeof record);
                CHECK_INT(PLAIT_OK, run_noted(counts[c], threads, recorded, &record));
                for (uint64_t k = 0; k < TASKS_MAX; k++)
                    once &= atomic_load(&record.begun[k]) == (k < counts[c]);
                for (int t = 0; t < threads; t++)
                    begun += (uint64_t)atomic_load(&record.by_thread[t]);
                CHECK(once && begun == counts[c]);
                CHECK(!atomic_load(&record.wrong));
                check_ends(&record, threads);
                /* Reported after each task of thread 0, of which there may be none. */
                CHECK_INT(recorded ? atomic_load(&record.by_thread[0]) : 0, (int64_t)record.calls);
                if (threads == 1 && recorded)
                    CHECK_INT((int64_t)record.total, (int64_t)record.last);
            }
}

static void progress_can_stop(void) {
    static struct record record;
    memset(&record, 0, sizeof record);
    record.stop_at = 5;
    CHECK_INT(PLAIT_E_INTERRUPTED, run_noted(TASKS_MAX, 1, true, &record));
    for (int k = 0; k < TASKS_MAX; k++)
        CHECK_INT(k < 5, atomic_load(&record.begun[k]));
    check_ends(&record, 1);

    /* With more threads the caller may find nothing left to do, and so is never asked. */
    memset(&record, 0, sizeof record);
    record.stop_at = 1;
    const enum plait_status status = run_noted(TASKS_MAX, THREADS_MAX, true, &record);
    CHECK_INT(record.calls > 0 ? PLAIT_E_INTERRUPTED : PLAIT_OK, status);
    CHECK(record.calls <= 1);
    check_ends(&record, THREADS_MAX);
}

enum { MEETING = 4 };
static const double stuck_seconds = 30;

/* A task that ends when all the others have begun, so that each is on a thread of its own. */
struct meeting {
    atomic_int begun, on_thread[MEETING];
    atomic_bool wrong;
    pthread_t caller;
};

static uint64_t meet(void *context, uint64_t task, int thread) {
    struct meeting *meeting = context;
    const time_t start = time(NULL);
    (void)task;
    if (thread < 0 || thread >= MEETING)
        atomic_store(&meeting->wrong, true);
    else
        atomic_fetch_add(&meeting->on_thread[thread], 1);
    if ((thread == 0) != (pthread_equal(pthread_self(), meeting->caller) != 0))
        atomic_store(&meeting->wrong, true);
    atomic_fetch_add(&meeting->begun, 1);
    while (atomic_load(&meeting->begun) < MEETING && !atomic_load(&meeting->wrong)) {
        sched_yield();
        if (difftime(time(NULL), start) > stuck_seconds)
            atomic_store(&meeting->wrong, true);
    }
    return 1;
}

static void threads_have_numbers(void) {
    struct meeting meeting = {.caller = pthread_self()};
    const struct plait_tasks tasks = {
        .run = meet,
        .context = &meeting,
        .count = MEETING,
        .threads = MEETING,
        .total = MEETING,
        .unit = 1,
    };
    const struct plait_exec exec = {.threads = MEETING};
    CHECK_INT(PLAIT_OK, plait_tasks_run(&tasks, &exec));
    CHECK(!atomic_load(&meeting.wrong));
    for (int t = 0; t < MEETING; t++)
        CHECK_INT(1, atomic_load(&meeting.on_thread[t]));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"every task once", every_task_once},
        {"progress can stop", progress_can_stop},
        {"threads have numbers", threads_have_numbers},
        {0},
    };
    return check_main("tasks", tests, argc, argv);
}
