/* SPDX-License-Identifier: MIT
 * Placement warnings on clusters that are made up: each fault is found, named with its mend, and a
 * good placement is left in peace. */
#include "base/placement.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

/* The CPUs [first, first + count). */
static struct cpu_mask cpus(int first, int count) {
    struct cpu_mask mask = {{0}};
    for (int cpu = first; cpu < first + count; cpu++)
        mask.words[cpu / 64] |= UINT64_C(1) << (cpu % 64);
    return mask;
}

/* A rank on a node of four cores that sees all of them and got its fair share of threads. */
static struct placement rank_of_four(int rank, int node, const char *host, int threads) {
    struct placement p = {
        .cpus = cpus(0, 4),
        .rank = rank,
        .node = node,
        .visible_cores = 4,
        .online_cores = 4,
        .threads = threads,
        .launcher_kind = LAUNCHER_OPENMPI,
        .launcher_size = 2,
    };
    snprintf(p.host, sizeof p.host, "%s", host);
    snprintf(p.version, sizeof p.version, "1.0.0");
    snprintf(p.mpi, sizeof p.mpi, "Open MPI v4.1.4");
    return p;
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

static void worlds_of_one(void) {
    struct placement ranks[1] = {rank_of_four(0, 0, "red", 4)};
    struct placement_warnings w;
    ranks[0].launcher_size = 7;
    placement_examine(ranks, 1, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "7 processes") && strstr(w.text[0], "Open MPI v4.1.4"));
}

static void unlike_versions(void) {
    struct placement ranks[3] = {rank_of_four(0, 0, "red", 4), rank_of_four(1, 1, "red01", 4),
                                 rank_of_four(2, 2, "red02", 4)};
    struct placement_warnings w;
    strcpy(ranks[1].version, "0.9.0");
    strcpy(ranks[2].version, "0.9.0");
    placement_examine(ranks, 3, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "rank 1 on host red01 and 1 more rank runs Plait 0.9.0"));
}

static void bound_to_one_core(void) {
    struct placement ranks[2] = {rank_of_four(0, 0, "red", 1), rank_of_four(1, 0, "red", 1)};
    struct placement_warnings w;
    for (int r = 0; r < 2; r++) {
        ranks[r].cpus = cpus(r, 1);
        ranks[r].visible_cores = 1;
    }
    placement_examine(ranks, 2, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "of 4 cores") && strstr(w.text[0], "use only 2") &&
          strstr(w.text[0], "--bind-to none"));

    ranks[0].launcher_kind = ranks[1].launcher_kind = LAUNCHER_SLURM;
    placement_examine(ranks, 2, &w);
    CHECK(strstr(w.text[0], "--cpus-per-task"));

    ranks[0].threads = ranks[1].threads = 4; /* asked for more than the core they see */
    ranks[0].threads_chosen = ranks[1].threads_chosen = 1;
    placement_examine(ranks, 2, &w);
    CHECK_INT(2, (int64_t)w.count);
    CHECK(strstr(w.text[0], "and 1 more rank has 4 threads but may use 1 core"));
    CHECK(strstr(w.text[1], "oversubscribed") && strstr(w.text[1], ": give --threads 1"));
}

static void chosen_threads_are_no_idle_cores(void) {
    struct placement ranks[1] = {rank_of_four(0, 0, "red", 1)};
    struct placement_warnings w;
    ranks[0].launcher_size = 1;
    ranks[0].cpus = cpus(0, 1);
    ranks[0].visible_cores = 1;
    ranks[0].threads_chosen = 1;
    placement_examine(ranks, 1, &w);
    CHECK_INT(0, (int64_t)w.count);

    ranks[0].threads_chosen = 0;
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
    CHECK(strstr(w.text[0], "host red and 1 more host: oversubscribed, 5 ranks with 5 threads on "
                            "4 cores: start at most 4 ranks there"));

    struct placement two[2] = {rank_of_four(0, 0, "red", 4), rank_of_four(1, 0, "red", 4)};
    placement_examine(two, 2, &w);
    CHECK_INT(1, (int64_t)w.count);
    CHECK(strstr(w.text[0], "2 ranks with 8 threads on 4 cores: give --threads 2"));
}

static void unknown_affinity_is_silent(void) {
    struct placement ranks[1] = {rank_of_four(0, 0, "red", 4)};
    struct placement_warnings w;
    ranks[0].cpus = cpus(0, 0);
    ranks[0].launcher_size = 1;
    placement_examine(ranks, 1, &w);
    CHECK_INT(0, (int64_t)w.count);
}

static void default_threads(void) {
    CHECK_INT(4, placement_default_threads(4, 1));
    CHECK_INT(1, placement_default_threads(4, 3));
    CHECK_INT(1, placement_default_threads(2, 7));
    CHECK_INT(1, placement_default_threads(0, 0));
}

static void masks(void) {
    const struct cpu_mask low = cpus(0, 3), high = cpus(1000, 24),
                          both = cpu_mask_union(&low, &high);
    CHECK_INT(27, cpu_mask_count(&both));
    CHECK(!cpu_mask_overlaps(&low, &high));
    CHECK(cpu_mask_overlaps(&both, &high));
    const struct cpu_mask unknown = {{0}};
    CHECK(cpu_mask_overlaps(&unknown, &low));
    const struct cpu_mask mine = cpu_mask_of_process();
    CHECK(cpu_mask_count(&mine) >= 1);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"good placement is silent", good_placement_is_silent},
        {"worlds of one", worlds_of_one},
        {"unlike versions", unlike_versions},
        {"bound to one core", bound_to_one_core},
        {"chosen threads are no idle cores", chosen_threads_are_no_idle_cores},
        {"oversubscribed hosts", oversubscribed_hosts},
        {"unknown affinity is silent", unknown_affinity_is_silent},
        {"default threads", default_threads},
        {"masks", masks},
        {0},
    };
    return check_main("placement", tests, argc, argv);
}
