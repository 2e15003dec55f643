/* SPDX-License-Identifier: MIT
 * Placement warnings on clusters that are made up: each fault is found, named with its fix, and a
 * good placement is left in peace. */
#include "base/placement.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

/* A rank on a node of four cores that sees all of them and got its fair share of threads. */
static struct placement rank_of_four(int rank, int node, const char *host, int threads) {
    struct placement p = {
        .rank = rank,
        .node = node,
        .quota_rank = rank,
        .visible_cores = 4,
        .cores_at_start = 4,
        .launcher_cores = 4,
        .online_cores = 4,
        .node_cores = 4,
        .sharers = 1,
        .threads = threads,
        .launcher_kind = LAUNCHER_OPENMPI,
    };
    snprintf(p.host, sizeof p.host, "%s", host);
    snprintf(p.version, sizeof p.version, "1.0.0");
    snprintf(p.mpi, sizeof p.mpi, "Open MPI v4.1.4");
    return p;
}

/* The launcher has bound the rank to one core of its own, of `cores` that the node's ranks have. */
static void bind_to_one(struct placement *rank, int cores) {
    rank->visible_cores = rank->cores_at_start = 1;
    rank->node_cores = cores;
}

static void good_placement_is_silent(void) {
    struct placement ranks[2] = {rank_of_four(0, 0, "red", 4), rank_of_four(1, 1, "red01", 4)};
    struct placement_warnings w;
    placement_examine(ranks, 2, &w);
    CHECK_INT(0, (int64_t)w.count);

    ranks[1] = rank_of_four(1, 0, "red", 2); /* two ranks share a node */
    ranks[0].threads = 2;
    placement_examine(ranks, 2, &w);
    CHECK_INT(0, (int64_t)w.count);
}

static void different_versions(void) {
    struct placement ranks[3] = {rank_of_four(0, 0, "red", 4), rank_of_four(1, 1, "red01", 4),
                                 rank_of_four(2, 2, "red02", 4)};
    struct placement_warnings w;
    strcpy(ranks[1].version, "0.9.0");
    strcpy(ranks[2].version, "0.9.0");
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "rank 1 on host red01 and 1 more rank runs Plait 0.9.0"));
}

/* Four ranks on the eight hardware threads of four cores, each bound to a thread of its own: on two
 * cores by pairs. */
static void bound_to_hardware_threads(void) {
    struct placement ranks[4];
    struct placement_warnings w;
    for (int r = 0; r < 4; r++) {
        ranks[r] = rank_of_four(r, 0, "red", 1);
        bind_to_one(&ranks[r], 4);
        ranks[r].online_cores = 8;
        ranks[r].launcher_cores = 8;
        ranks[r].threads_asked = 1;
        ranks[r].whole_cores = 1;
        ranks[r].whole_sharers = 2;
        ranks[r].node_whole_cores = 2;
        ranks[r].online_whole_cores = 4;
    }
    placement_examine(ranks, 4, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(
        w.text[0],
        "host red: 4 ranks are bound to hardware threads of 2 cores, of 4 that there are: let the launcher bind ranks to cores, or add --bind-to none"));

    for (int r = 0; r < 4; r++) /* a container has no others */
        ranks[r].launcher_cores = 4;
    placement_examine(ranks, 4, &w);
    CHECK_INT(0, (int64_t)w.count);

    for (int r = 0; r < 4; r++)
        ranks[r].launcher_cores = 8;
    for (int r = 0; r < 4; r++) /* the default of --threads: one warning is enough */
        ranks[r].threads_asked = 0;
    placement_examine(ranks, 4, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "of 8 cores binding lets 4 ranks use only 4"));

    for (int r = 0; r < 4; r++) { /* a thread of each core */
        ranks[r].threads_asked = 1;
        ranks[r].whole_sharers = 1;
        ranks[r].node_whole_cores = 4;
    }
    placement_examine(ranks, 4, &w);
    CHECK_INT(0, (int64_t)w.count);

    for (int r = 0; r < 4; r++) { /* all cores are in use */
        ranks[r].whole_sharers = 2;
        ranks[r].node_whole_cores = ranks[r].online_whole_cores = 2;
    }
    placement_examine(ranks, 4, &w);
    CHECK_INT(0, (int64_t)w.count);
}

static void bound_to_one_core(void) {
    struct placement ranks[2] = {rank_of_four(0, 0, "red", 1), rank_of_four(1, 0, "red", 1)};
    struct placement_warnings w;
    for (int r = 0; r < 2; r++)
        bind_to_one(&ranks[r], 2);
    placement_examine(ranks, 2, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "of 4 cores") && strstr(w.text[0], "use only 2") &&
          strstr(w.text[0], "--bind-to none"));

    ranks[0].launcher_kind = ranks[1].launcher_kind = LAUNCHER_SLURM;
    placement_examine(ranks, 2, &w);
    CHECK(strstr(w.text[0], "--cpus-per-task"));

    ranks[0].threads = ranks[1].threads = 4; /* asked for more than the core they see */
    ranks[0].threads_asked = ranks[1].threads_asked = 4;
    placement_examine(ranks, 2, &w);
    CHECK_INT(2, (int64_t)w.count);
    CHECK(strstr(w.text[0], "and 1 more rank has 4 threads but may use 1 core"));
    CHECK(strstr(w.text[1], "oversubscribed") && strstr(w.text[1], ": give --threads 1"));
}

static void chosen_threads_are_no_idle_cores(void) {
    struct placement ranks[1] = {rank_of_four(0, 0, "red", 1)};
    struct placement_warnings w;
    bind_to_one(&ranks[0], 1);
    ranks[0].threads_asked = 1;
    placement_examine(ranks, 1, &w);
    CHECK_INT(0, (int64_t)w.count);

    ranks[0].threads_asked = 0;
    ranks[0].launcher_kind = LAUNCHER_NONE; /* taskset: the user's own choice */
    placement_examine(ranks, 1, &w);
    CHECK_INT(0, (int64_t)w.count);
}

static void oversubscribed_hosts(void) {
    struct placement ranks[10];
    struct placement_warnings w;
    for (int r = 0; r < 10; r++)
        ranks[r] = rank_of_four(r, r < 5 ? 0 : 5, r < 5 ? "red" : "red01", 1);
    placement_examine(ranks, 10, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(
        w.text[0],
        "host red and 1 more host: oversubscribed, 5 ranks with 5 threads on 4 cores: start at most 4 ranks there (-N 4)"));
    placement_examine(ranks, 5, &w);
    CHECK(strstr(w.text[0], "on 4 cores: start at most 4 ranks there (mpirun -np 4)"));
    for (int r = 0; r < 10; r++)
        ranks[r].launcher_kind = LAUNCHER_HYDRA;
    placement_examine(ranks, 10, &w);
    CHECK(strstr(w.text[0], ": start at most 4 ranks there (-ppn 4)"));
    for (int r = 0; r < 10; r++)
        ranks[r].launcher_kind = LAUNCHER_SLURM;
    placement_examine(ranks, 10, &w);
    CHECK(strstr(w.text[0], ": start at most 4 ranks there (--ntasks-per-node=4)"));
    placement_examine(ranks, 5, &w);
    CHECK(strstr(w.text[0], ": start at most 4 ranks there (srun -n 4)"));

    struct placement two[2] = {rank_of_four(0, 0, "red", 4), rank_of_four(1, 0, "red", 4)};
    placement_examine(two, 2, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "2 ranks with 8 threads on 4 cores: give --threads 2"));
}

static void unknown_affinity_is_silent(void) {
    struct placement ranks[1] = {rank_of_four(0, 0, "red", 4)};
    struct placement_warnings w;
    bind_to_one(&ranks[0], 0);
    ranks[0].visible_cores = 4; /* threads are not looked at here */
    placement_examine(ranks, 1, &w);
    CHECK_INT(0, (int64_t)w.count);
}

/* What mpirun itself may not use is not given back by an option of mpirun. */
static void limited_from_outside(void) {
    struct placement ranks[1] = {rank_of_four(0, 0, "red", 1)};
    struct placement_warnings w;
    bind_to_one(&ranks[0], 1);
    ranks[0].launcher_cores = 1;
    CHECK_INT(PLACEMENT_FROM_OUTSIDE, placement_limit_of(&ranks[0]));
    CHECK(strstr(placement_limit_text(&ranks[0]), "outside of the launcher: taskset"));
    placement_examine(ranks, 1, &w);
    CHECK_INT(0, (int64_t)w.count);

    ranks[0].threads = ranks[0].threads_asked = 2;
    placement_examine(ranks, 1, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "2 threads but may use 1 core (limited outside of the launcher") &&
          strstr(w.text[0], ": add --threads 1") && !strstr(w.text[0], "bind"));

    /* Two of four are left to mpirun, which binds to one of them. */
    ranks[0] = rank_of_four(0, 0, "red", 1);
    bind_to_one(&ranks[0], 1);
    ranks[0].launcher_cores = 2;
    CHECK_INT(PLACEMENT_BY_LAUNCHER, placement_limit_of(&ranks[0]));
    placement_examine(ranks, 1, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "of 2 cores binding lets 1 rank use only 1: add --bind-to none"));

    ranks[0].launcher_cores = 0; /* not to be seen */
    CHECK_INT(PLACEMENT_BY_LAUNCHER, placement_limit_of(&ranks[0]));
    ranks[0].launcher_kind = LAUNCHER_NONE;
    CHECK_INT(PLACEMENT_FROM_OUTSIDE, placement_limit_of(&ranks[0]));
    CHECK(strstr(placement_limit_text(&ranks[0]), "limited from outside"));
}

static void limited_by_openmp(void) {
    struct placement ranks[1] = {rank_of_four(0, 0, "red", 1)};
    struct placement_warnings w;
    ranks[0].visible_cores = ranks[0].node_cores = 1; /* of four at the start */
    CHECK_INT(PLACEMENT_BY_OPENMP, placement_limit_of(&ranks[0]));
    CHECK(strstr(placement_limit_text(&ranks[0]), "OMP_PLACES"));
    placement_examine(ranks, 1, &w);
    CHECK_INT(0, (int64_t)w.count);
    ranks[0].threads = ranks[0].threads_asked = 2;
    placement_examine(ranks, 1, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], ": unset OMP_PLACES and the like, or add --threads 1"));
}

/* OpenMP binds the first thread of each rank to the first core. */
static void bound_by_openmp(void) {
    struct placement ranks[2] = {rank_of_four(0, 0, "red", 2), rank_of_four(1, 0, "red", 2)};
    struct placement_warnings w;
    for (int r = 0; r < 2; r++) {
        ranks[r].threads_bound = 1;
        ranks[r].sharers = 2;
    }
    placement_examine(ranks, 2, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0],
                 "binds the threads of each of 2 ranks to the same cores: unset OMP_PROC_BIND"));
    for (int r = 0; r < 2; r++)
        ranks[r].sharers = 1; /* the launcher gave each rank cores of its own */
    placement_examine(ranks, 2, &w);
    CHECK_INT(0, (int64_t)w.count);
}

static void settings_of_openmp(void) {
    struct placement ranks[3] = {rank_of_four(0, 0, "red", 2), rank_of_four(1, 1, "red01", 2),
                                 rank_of_four(2, 2, "red02", 2)};
    struct placement_warnings w;
    strcpy(ranks[1].refused_threads, "two");
    strcpy(ranks[2].refused_threads, "two");
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "rank 1 on host red01 and 1 more rank: OMP_NUM_THREADS 'two'"));

    for (int r = 0; r < 3; r++)
        ranks[r] = rank_of_four(r, r, "red", 2);
    ranks[2].threads_asked = 3;
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0],
                 "rank 2 on host red: OpenMP gives 2 of 3 threads: unset OMP_THREAD_LIMIT"));

    ranks[2].threads_asked = 2;
    ranks[1].threads_vary = 1;
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "rank 1 on host red: OMP_DYNAMIC lets OpenMP start fewer than 2"));
    ranks[1].threads = 1;
    placement_examine(ranks, 3, &w);
    CHECK_INT(0, (int64_t)w.count);
}

static void quotas(void) {
    struct placement ranks[3] = {rank_of_four(0, 0, "red", 2), rank_of_four(1, 0, "red", 1),
                                 rank_of_four(2, 2, "red01", 2)};
    struct placement_warnings w;
    ranks[2].cpu_quota = 1.5; /* two threads make use of it */
    placement_examine(ranks, 3, &w);
    CHECK_INT(0, (int64_t)w.count);
    ranks[2].threads = 3;
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(
        w.text[0],
        "host red01: a CPU quota of 1.5 cores for 1 rank with 3 threads: give --threads 2, or raise the quota (cpu.max"));
    ranks[2].threads = 1;
    ranks[2].cpu_quota = 0.5;
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "0.5 cores for 1 rank with 1 thread: raise the quota"));

    ranks[2].cpu_quota = 0;
    ranks[0].cpu_quota = ranks[1].cpu_quota = 1; /* shared */
    ranks[1].quota_rank = 0;
    ranks[0].threads = 1;
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(
        w.text[0],
        "host red: a CPU quota of 1 core for 2 ranks with 2 threads: start at most 1 rank there, or raise"));
    ranks[1].quota_rank = 1; /* one each */
    placement_examine(ranks, 3, &w);
    CHECK_INT(0, (int64_t)w.count);
}

static void default_threads(void) {
    CHECK_INT(4, placement_default_threads(4, 1, 0, 1));
    CHECK_INT(1, placement_default_threads(4, 3, 0, 1));
    CHECK_INT(1, placement_default_threads(2, 7, 0, 1));
    CHECK_INT(1, placement_default_threads(0, 0, 0, 0));
    CHECK_INT(PLACEMENT_THREADS_MAX, placement_default_threads(5000, 1, 0, 1));
    CHECK_INT(1, placement_default_threads(4, 1, 0.5, 1));
    CHECK_INT(1, placement_default_threads(4, 1, 1, 1));
    CHECK_INT(2, placement_default_threads(4, 1, 1.5, 1));
    CHECK_INT(4, placement_default_threads(4, 1, 100, 1));
    CHECK_INT(4, placement_default_threads(4, 1, 1e300, 1));
    CHECK_INT(1, placement_default_threads(8, 2, 3, 2)); /* not 2: four threads on three cores */
    CHECK_INT(2, placement_default_threads(8, 4, 8, 2));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"good placement is silent", good_placement_is_silent},
        {"different versions", different_versions},
        {"bound to one core", bound_to_one_core},
        {"bound to one core", bound_to_hardware_threads},
        {"chosen threads are no idle cores", chosen_threads_are_no_idle_cores},
        {"oversubscribed hosts", oversubscribed_hosts},
        {"unknown affinity is silent", unknown_affinity_is_silent},
        {"limited from outside", limited_from_outside},
        {"limited by OpenMP", limited_by_openmp},
        {"bound by OpenMP", bound_by_openmp},
        {"settings of OpenMP", settings_of_openmp},
        {"quotas", quotas},
        {"default threads", default_threads},
        {0},
    };
    return check_main("placement", tests, argc, argv);
}
