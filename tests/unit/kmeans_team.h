/* SPDX-License-Identifier: MIT
 * A team of k-means in one process: POSIX threads in the place of ranks, each with its share of the
 * rows. What MPI would add and compare is added and compared in turns. */
#ifndef PLAIT_TESTS_KMEANS_TEAM_H
#define PLAIT_TESTS_KMEANS_TEAM_H

#include "plait/kmeans.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KMEANS_TEAM_MAX = 16 };

struct kmeans_team {
    pthread_mutex_t mutex;
    pthread_cond_t all_here;
    int ranks, arrived;
    unsigned round;
    void *values[KMEANS_TEAM_MAX];
};

struct kmeans_member {
    struct kmeans_team *team;
    int rank;
    void (*work)(void *context, const struct plait_kmeans_team *team);
    void *context;
    pthread_t thread;
};

static inline void kmeans_team_wait(struct kmeans_team *team) {
    pthread_mutex_lock(&team->mutex);
    const unsigned round = team->round;
    if (++team->arrived == team->ranks) {
        team->arrived = 0;
        team->round++;
        pthread_cond_broadcast(&team->all_here);
    }
    while (team->round == round)
        pthread_cond_wait(&team->all_here, &team->mutex);
    pthread_mutex_unlock(&team->mutex);
}

static inline void kmeans_team_add(void *context, int64_t *values, size_t count) {
    struct kmeans_member *member = context;
    struct kmeans_team *team = member->team;
    int64_t *sum = calloc(count, sizeof *sum);
    team->values[member->rank] = values;
    kmeans_team_wait(team);
    for (int r = 0; r < team->ranks; r++)
        for (size_t k = 0; k < count; k++)
            sum[k] += ((const int64_t *)team->values[r])[k];
    kmeans_team_wait(team);
    memcpy(values, sum, count * sizeof *sum);
    free(sum);
}

static inline void kmeans_team_largest(void *context, double *values, size_t count) {
    struct kmeans_member *member = context;
    struct kmeans_team *team = member->team;
    double *most = malloc(count * sizeof *most);
    team->values[member->rank] = values;
    kmeans_team_wait(team);
    memcpy(most, values, count * sizeof *most);
    for (int r = 0; r < team->ranks; r++)
        for (size_t k = 0; k < count; k++) {
            const double other = ((const double *)team->values[r])[k];
            most[k] = other > most[k] ? other : most[k];
        }
    kmeans_team_wait(team);
    memcpy(values, most, count * sizeof *most);
    free(most);
}

static inline void *kmeans_team_member(void *argument) {
    struct kmeans_member *member = argument;
    const struct plait_kmeans_team team = {.rank = member->rank,
                                           .ranks = member->team->ranks,
                                           .context = member,
                                           .sum = kmeans_team_add,
                                           .max = kmeans_team_largest};
    member->work(member->context, &team);
    return NULL;
}

/* Runs work(context, team) on `ranks` ranks, 1 .. KMEANS_TEAM_MAX. */
static inline void
kmeans_team_run(int ranks, void (*work)(void *, const struct plait_kmeans_team *), void *context) {
    struct kmeans_team team = {.ranks = ranks};
    struct kmeans_member members[KMEANS_TEAM_MAX];
    pthread_mutex_init(&team.mutex, NULL);
    pthread_cond_init(&team.all_here, NULL);
    for (int r = 0; r < ranks; r++) {
        members[r] = (struct kmeans_member){&team, r, work, context, 0};
        if (pthread_create(&members[r].thread, NULL, kmeans_team_member, &members[r]) != 0)
            abort();
    }
    for (int r = 0; r < ranks; r++)
        pthread_join(members[r].thread, NULL);
    pthread_mutex_destroy(&team.mutex);
    pthread_cond_destroy(&team.all_here);
}

#endif
