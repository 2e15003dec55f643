/* SPDX-License-Identifier: MIT
 * A few jobs under one lock. */
#include "picture/frames/frame_writers.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { WRITERS_MAX = 4, JOBS_PER_WRITER = 2, JOBS_MAX = WRITERS_MAX * JOBS_PER_WRITER };

enum job_state { JOB_NONE, JOB_GIVEN, JOB_BEGUN, JOB_ENDED };

struct frame_writers {
    frame_write_fn *write;
    void *context;
    pthread_t threads[WRITERS_MAX];
    int started;
    uint32_t most; /* jobs */
    pthread_mutex_t lock;
    pthread_cond_t given, ended;
    bool ending;
    enum job_state states[JOBS_MAX];
    struct frame_job jobs[JOBS_MAX];
};

/* The first job in a state, JOBS_MAX if there is none. Under the lock. */
static uint32_t writers_find(const struct frame_writers *writers, enum job_state state) {
    uint32_t k = 0;
    while (k < JOBS_MAX && writers->states[k] != state)
        k++;
    return k;
}

static void *writers_thread(void *argument) {
    struct frame_writers *writers = argument;
    pthread_mutex_lock(&writers->lock);
    for (;;) {
        const uint32_t k = writers_find(writers, JOB_GIVEN);
        if (k == JOBS_MAX) {
            if (writers->ending)
                break;
            pthread_cond_wait(&writers->given, &writers->lock);
            continue;
        }
        writers->states[k] = JOB_BEGUN;
        pthread_mutex_unlock(&writers->lock);
        writers->write(writers->context, &writers->jobs[k]);
        pthread_mutex_lock(&writers->lock);
        writers->states[k] = JOB_ENDED;
        pthread_cond_signal(&writers->ended);
    }
    pthread_mutex_unlock(&writers->lock);
    return NULL;
}

static int writers_of(int threads) {
    return threads < 1 ? 1 : threads < WRITERS_MAX ? threads : WRITERS_MAX;
}

uint32_t frame_writers_most(int threads) {
    return (uint32_t)(JOBS_PER_WRITER * writers_of(threads));
}

struct frame_writers *frame_writers_begin(int threads, frame_write_fn *write, void *context) {
    struct frame_writers *writers = calloc(1, sizeof *writers);
    sigset_t all, before;
    if (!writers)
        return NULL;
    writers->write = write;
    writers->context = context;
    writers->most = frame_writers_most(threads);
    pthread_mutex_init(&writers->lock, NULL);
    pthread_cond_init(&writers->given, NULL);
    pthread_cond_init(&writers->ended, NULL);
    /* Signals are the main thread's. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (writers->started < writers_of(threads) &&
           pthread_create(&writers->threads[writers->started], NULL, writers_thread, writers) == 0)
        writers->started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (writers->started > 0)
        return writers;
    frame_writers_end(writers);
    return NULL;
}

bool frame_writers_give(struct frame_writers *writers, uint32_t frame) {
    pthread_mutex_lock(&writers->lock);
    const uint32_t k = writers_find(writers, JOB_NONE);
    const bool is_free = k < writers->most;
    if (is_free) {
        writers->jobs[k] = (struct frame_job){.frame = frame};
        writers->states[k] = JOB_GIVEN;
        pthread_cond_signal(&writers->given);
    }
    pthread_mutex_unlock(&writers->lock);
    return is_free;
}

bool frame_writers_take(struct frame_writers *writers, bool wait, struct frame_job *job) {
    pthread_mutex_lock(&writers->lock);
    uint32_t k = writers_find(writers, JOB_ENDED);
    while (wait && k == JOBS_MAX &&
           (writers_find(writers, JOB_GIVEN) < JOBS_MAX ||
            writers_find(writers, JOB_BEGUN) < JOBS_MAX)) {
        pthread_cond_wait(&writers->ended, &writers->lock);
        k = writers_find(writers, JOB_ENDED);
    }
    const bool taken = k < JOBS_MAX;
    if (taken) {
        *job = writers->jobs[k];
        writers->states[k] = JOB_NONE;
    }
    pthread_mutex_unlock(&writers->lock);
    return taken;
}

void frame_writers_end(struct frame_writers *writers) {
    if (!writers)
        return;
    pthread_mutex_lock(&writers->lock);
    writers->ending = true;
    pthread_cond_broadcast(&writers->given);
    pthread_mutex_unlock(&writers->lock);
    for (int k = 0; k < writers->started; k++)
        pthread_join(writers->threads[k], NULL);
    pthread_cond_destroy(&writers->ended);
    pthread_cond_destroy(&writers->given);
    pthread_mutex_destroy(&writers->lock);
    free(writers);
}
