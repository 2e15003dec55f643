/* SPDX-License-Identifier: MIT
 * Launchers are recognised by what they set, and each is spoken to in its own words, in messages
 * and on the page about clusters. */
#define _POSIX_C_SOURCE 200809L
#include "base/launcher.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sets the variables of a text "NAME=VALUE NAME=VALUE", and none of those that a launcher sets. */
static void set_environment(const char *text) {
    static const char *const names[] = {
        "OMPI_COMM_WORLD_RANK",
        "OMPI_COMM_WORLD_SIZE",
        "OMPI_VERSION",
        "OMPI_COMM_WORLD_LOCAL_SIZE",
        "PMI_RANK",
        "PMI_SIZE",
        "MPI_LOCALNRANKS",
        "PMIX_NAMESPACE",
        "SLURM_PROCID",
        "SLURM_STEP_NUM_TASKS",
        "OMPI_MCA_rmaps_base_oversubscribe",
        "OMPI_MCA_rmaps_base_mapping_policy",
        "PRTE_MCA_rmaps_default_mapping_policy",
        "OMPI_MCA_orte_rankfile",
        "OMPI_MCA_rmaps_rank_file_path",
    };
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        unsetenv(names[k]);
    char copy[256], *rest = copy;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word; (word = strtok_r(rest, " ", &rest));) {
        char *value = strchr(word, '=');
        *value = '\0';
        setenv(word, value + 1, 1);
    }
}

static void detects(const char *environment, enum launcher_kind kind, int rank, int size) {
    set_environment(environment);
    const struct launcher found = launcher_detect();
    CHECK_INT(kind, found.kind);
    CHECK_INT(rank, found.rank);
    CHECK_INT(size, found.size);
}

static void test_detection(void) {
    detects("", LAUNCHER_NONE, 0, 1);
    detects("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3", LAUNCHER_OPENMPI, 2, 3);
    detects("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3 OMPI_VERSION=5.0.7", LAUNCHER_PRRTE, 2,
            3);
    detects("PMI_RANK=0 PMI_SIZE=4", LAUNCHER_HYDRA, 0, 4);
    detects("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2", LAUNCHER_SLURM, 1, 2);
    detects("SLURM_PROCID=0", LAUNCHER_NONE, 0, 1); /* in a batch script */
    detects("PMI_RANK=1 PMI_SIZE=2 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2", LAUNCHER_SLURM, 1, 2);
    detects("PMI_RANK=3 PMI_SIZE=8 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2", LAUNCHER_HYDRA, 3, 8);
    detects("OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=3", LAUNCHER_NONE, 0, 1);
    detects("OMPI_COMM_WORLD_RANK=x OMPI_COMM_WORLD_SIZE=3", LAUNCHER_NONE, 0, 1);
}

static void test_one_node(void) {
    static const struct {
        const char *environment;
        bool one_node;
    } cases[] = {
        {"", true},
        {"PMIX_NAMESPACE=prte-1", false}, /* a launcher that sets nothing else */
        {"OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_SIZE=2", true},
        {"OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_SIZE=1", false},
        {"OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2", false},
        {"PMI_RANK=0 PMI_SIZE=4 MPI_LOCALNRANKS=4", true},
        {"PMI_RANK=0 PMI_SIZE=4 MPI_LOCALNRANKS=2", false},
        {"SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2", false},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        set_environment(cases[k].environment);
        CHECK_INT(cases[k].one_node, launcher_detect().one_node);
    }
}

static void test_libraries(void) {
    CHECK_INT(LAUNCHER_OPENMPI, launcher_of_library("Open MPI v4.1.4, package: Debian"));
    CHECK_INT(LAUNCHER_PRRTE, launcher_of_library("Open MPI v5.0.7, package: Debian"));
    CHECK_INT(LAUNCHER_PRRTE, launcher_of_library("Open MPI v10.0.0a1"));
    CHECK_INT(LAUNCHER_HYDRA, launcher_of_library("MPICH Version:\t4.0.2"));
    CHECK_INT(LAUNCHER_HYDRA, launcher_of_library("Intel(R) MPI Library 2021.10"));
}

static void test_words(void) {
    CHECK_TEXT("--oversubscribe", launcher_words(LAUNCHER_OPENMPI)->oversubscribe);
    CHECK_TEXT("--map-by :OVERSUBSCRIBE", launcher_words(LAUNCHER_PRRTE)->oversubscribe);
    CHECK_TEXT("--bind-to none", launcher_words(LAUNCHER_PRRTE)->unbind);
    CHECK_TEXT("-bind-to none", launcher_words(LAUNCHER_HYDRA)->unbind);
    CHECK_TEXT("--cpu-bind=none", launcher_words(LAUNCHER_SLURM)->unbind);
    CHECK_TEXT("srun -n", launcher_words(LAUNCHER_SLURM)->start);
    CHECK(launcher_words(LAUNCHER_HYDRA)->oversubscribe == NULL);
    CHECK(strstr(launcher_words(LAUNCHER_OPENMPI)->cut_cable,
                 "-mca oob_tcp_keepalive_time 2 -mca oob_tcp_keepalive_intvl 1") != NULL);
    CHECK(strstr(launcher_words(LAUNCHER_PRRTE)->cut_cable,
                 "--prtemca oob_tcp_keepalive_probes 3") != NULL);
    CHECK(launcher_words(LAUNCHER_PRRTE)->windows == NULL);
    CHECK(launcher_words(LAUNCHER_NONE) == launcher_words(LAUNCHER_OPENMPI));
}

static void may(bool expected, enum launcher_kind kind, const char *environment) {
    set_environment(environment);
    CHECK_INT(expected, launcher_may_oversubscribe(kind));
}

static void test_its_options(void) {
    may(false, LAUNCHER_OPENMPI, "");
    may(true, LAUNCHER_OPENMPI, "OMPI_MCA_rmaps_base_oversubscribe=1");
    may(false, LAUNCHER_OPENMPI, "OMPI_MCA_rmaps_base_oversubscribe=false");
    may(true, LAUNCHER_OPENMPI, "OMPI_MCA_rmaps_base_mapping_policy=node:OVERSUBSCRIBE");
    may(false, LAUNCHER_OPENMPI, "OMPI_MCA_rmaps_base_mapping_policy=node:NOOVERSUBSCRIBE");
    may(true, LAUNCHER_PRRTE, "PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe");
    may(false, LAUNCHER_PRRTE, "PRTE_MCA_rmaps_default_mapping_policy=slot:nooversubscribe");
    may(false, LAUNCHER_PRRTE, "OMPI_MCA_rmaps_base_oversubscribe=1");
    may(false, LAUNCHER_OPENMPI, "PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe");
    set_environment("OMPI_MCA_orte_rankfile=ranks");
    CHECK_INT(true, launcher_has_rank_file(LAUNCHER_OPENMPI));
    CHECK_INT(false, launcher_has_rank_file(LAUNCHER_PRRTE));
    set_environment("");
    CHECK_INT(false, launcher_has_rank_file(LAUNCHER_OPENMPI));
}

/* What users read about their launchers is what the messages say. */
static void test_documentation(void) {
    enum launcher_kind kinds[LAUNCHER_KINDS_MAX];
    static char text[1 << 18];
    FILE *stream = fopen(PLAIT_CLUSTER_PAGE, "r");
    CHECK(stream != NULL);
    if (!stream)
        return;
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    for (size_t k = launcher_kinds(kinds); k-- > 0;) {
        const struct launcher_words *words = launcher_words(kinds[k]);
        const char *const all[] = {
            words->name,    words->unbind,           words->cores,     words->oversubscribe,
            words->windows, words->windows_variable, words->cut_cable,
        };
        for (size_t w = 0; w < sizeof all / sizeof all[0]; w++)
            if (all[w] && !strstr(text, all[w])) {
                printf("the page about clusters lacks '%s'\n", all[w]);
                CHECK(false);
            }
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"detection", test_detection},
        {"one node", test_one_node},
        {"libraries", test_libraries},
        {"words", test_words},
        {"its options", test_its_options},
        {"documentation", test_documentation},
        {NULL, NULL},
    };
    return check_main("launcher", tests, argc, argv);
}
