/* SPDX-License-Identifier: MIT
 * Resolving path and threads, and the results that need no kernel: statuses, version. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "check.h"

#include "plait/plait.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

static void test_paths(void) {
    CHECK(plait_path_count() >= 1);
    CHECK_TEXT("scalar", plait_path_name(plait_path_at(0)));
    CHECK_INT(1, plait_path_lanes(plait_path_at(0)));
    CHECK(plait_path_supported(plait_path_at(0)));
    CHECK(plait_path_at(plait_path_count()) == NULL);
    CHECK(plait_path_at(SIZE_MAX) == NULL);
}

/* A path by name is that path or an error, never another; an error leaves exec alone. */
static void test_path_by_name(void) {
    const struct plait_path *fastest = NULL;
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        struct plait_exec exec = {.threads = -7};
        const enum plait_status status = plait_exec_init(&exec, plait_path_name(path), 3);
        if (plait_path_supported(path)) {
            fastest = path;
            CHECK_INT(PLAIT_OK, status);
            CHECK(exec.path == path && exec.threads == 3 && exec.progress == NULL);
        } else {
            CHECK_INT(PLAIT_E_PATH_UNSUPPORTED, status);
            CHECK(exec.path == NULL && exec.threads == -7);
        }
    }
    struct plait_exec exec = {.threads = -7};
    CHECK_INT(PLAIT_E_PATH_UNKNOWN, plait_exec_init(&exec, "no such path", 1));
    CHECK_INT(PLAIT_E_PATH_UNKNOWN, plait_exec_init(&exec, "", 1));
    CHECK(exec.path == NULL && exec.threads == -7);
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 1));
    CHECK(exec.path == fastest);
}

static void test_threads(void) {
    struct plait_exec exec = {.threads = -7};
    CHECK_INT(PLAIT_E_ARGUMENT, plait_exec_init(&exec, NULL, -1));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_exec_init(&exec, NULL, PLAIT_THREADS_MAX + 1));
    CHECK_INT(-7, exec.threads);
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, PLAIT_THREADS_MAX));
    CHECK_INT(PLAIT_THREADS_MAX, exec.threads);
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 1));
    CHECK_INT(1, exec.threads);
}

/* The cores that this process may use are counted, not those of the machine. */
static void test_visible_cores(void) {
    cpu_set_t all, one;
    struct plait_exec exec;
    if (!CHECK(sched_getaffinity(0, sizeof all, &all) == 0))
        return;
    CHECK_INT(CPU_COUNT(&all), plait_visible_cores());
    cpu_set_t seen;
    CPU_ZERO(&seen);
    CHECK_INT(CPU_COUNT(&all), plait_visible_cpus(sizeof seen, &seen));
    CHECK(CPU_EQUAL(&all, &seen));
    CHECK_INT(0, plait_visible_cpus(1, &seen)); /* the kernel takes no such set */
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 0));
    CHECK_INT(CPU_COUNT(&all), exec.threads);

    int last = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all))
            last = cpu;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    if (!CHECK(sched_setaffinity(0, sizeof one, &one) == 0))
        return;
    CHECK_INT(1, plait_visible_cores());
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 0));
    CHECK_INT(1, exec.threads);
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0);
}

static void test_status_texts(void) {
    for (int k = PLAIT_OK; k <= PLAIT_E_MEMORY; k++) {
        const char *text = plait_status_text((enum plait_status)k);
        CHECK(text && *text && !strchr(text, '\n') && text[strlen(text) - 1] != '.');
        for (int other = PLAIT_OK; other < k; other++)
            CHECK(strcmp(text, plait_status_text((enum plait_status)other)) != 0);
    }
    CHECK_TEXT("unknown status", plait_status_text((enum plait_status)(PLAIT_E_MEMORY + 1)));
}

static void test_version(void) {
    char numbers[32];
    snprintf(numbers, sizeof numbers, "%d.%d.%d", PLAIT_VERSION_MAJOR, PLAIT_VERSION_MINOR,
             PLAIT_VERSION_PATCH);
    CHECK_TEXT(PLAIT_VERSION, plait_version());
    CHECK_TEXT(numbers, plait_version());
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"paths", test_paths},
        {"path by name", test_path_by_name},
        {"threads", test_threads},
        {"visible cores", test_visible_cores},
        {"status texts", test_status_texts},
        {"version", test_version},
        {0},
    };
    return check_main("exec", tests, argc, argv);
}
