/* SPDX-License-Identifier: MIT
 * The StopWatch: what it adds up, and the table and lines that it prints, byte for byte from times
 * that are made up. */
#include "base/stopwatch.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

static char *print(const struct stopwatch *watch, const struct stopwatch_system *system) {
    struct failure failure = {0};
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    CU_ASSERT(stopwatch_print(watch, system, stream, &failure));
    fclose(stream);
    return text;
}

/* 2022-07-23 14:14:58 UTC is 1658585698 seconds after the epoch (date -u -d @1658585698). */
static const struct stopwatch_system sample = {"red01", "pi", "Linux", "#1 SMP Debian, 6.1 \"x\"",
                                               INT64_C(1658585698000000000)};

static void test_text(void) {
    struct stopwatch watch = {.tag = "pi", .message = "ranks=2"};
    stopwatch_add(&watch, "compute", 7, 1.5);
    stopwatch_add(&watch, "total", 2500000001, 2);
    stopwatch_add(&watch, "total", 3000000000, 62.000000004);
    char *text = print(&watch, &sample);
    CU_ASSERT_STRING_EQUAL(
        text,
        "+---------+----------+--------------+--------------+-------------------------------+------"
        "-"
        "+-----------------+--------+--------+-------+------------------------+\n"
        "| Name    | Status   |         Time |          Sum | Start                         | tag  "
        " "
        "| msg             | Node   | User   | OS    | Version                |\n"
        "|---------+----------+--------------+--------------+-------------------------------+------"
        "-"
        "+-----------------+--------+--------+-------+------------------------|\n"
        "| compute | ok       |  1.500000000 |  1.500000000 | 2022-07-23 14:14:58.000000007 | pi   "
        " "
        "| ranks=2         | red01  | pi     | Linux | #1 SMP Debian, 6.1 \"x\" |\n"
        "| total   | ok       | 62.000000004 | 64.000000004 | 2022-07-23 14:15:01.000000000 | pi   "
        " "
        "| ranks=2 count=2 | red01  | pi     | Linux | #1 SMP Debian, 6.1 \"x\" |\n"
        "+---------+----------+--------------+--------------+-------------------------------+------"
        "-"
        "+-----------------+--------+--------+-------+------------------------+\n"
        "\n"
        "# csv,timer,status,time,sum,start,tag,msg,uname.node,user,uname.system,platform.version\n"
        "# csv,compute,ok,1.500000000,1.500000000,2022-07-23 "
        "14:14:58.000000007,pi,ranks=2,red01,pi,"
        "Linux,\"#1 SMP Debian, 6.1 \"\"x\"\"\"\n"
        "# csv,total,ok,62.000000004,64.000000004,2022-07-23 14:15:01.000000000,pi,ranks=2 count=2,"
        "red01,pi,Linux,\"#1 SMP Debian, 6.1 \"\"x\"\"\"\n");
    free(text);
    stopwatch_free(&watch);
}

/* As comments, every line begins with '#'. */
static void test_comment(void) {
    struct stopwatch watch = {.comment = "# "};
    stopwatch_add(&watch, "a", 0, 0);
    char *text = print(&watch, &sample);
    size_t lines = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1, lines++)
        CU_ASSERT(*line == '#');
    CU_ASSERT_EQUAL(lines, 5 + 1 + 2);
    free(text);
    stopwatch_free(&watch);
}

static void test_intervals(void) {
    struct stopwatch watch = {.tag = "x"};
    CU_ASSERT_PTR_NULL(stopwatch_find(&watch, "a"));
    stopwatch_start(&watch, "a");
    const struct stopwatch_timer *timer = stopwatch_find(&watch, "a");
    CU_ASSERT(timer->running && timer->count == 0 && timer->sum_ns == 0);
    stopwatch_stop(&watch, "a");
    const uint64_t first_ns = timer->last_ns;
    CU_ASSERT(!timer->running && timer->count == 1 && timer->sum_ns == first_ns);
    stopwatch_start(&watch, "a");
    stopwatch_stop(&watch, "a");
    CU_ASSERT(timer->count == 2 && timer->sum_ns == first_ns + timer->last_ns);
    stopwatch_free(&watch);
    CU_ASSERT_EQUAL(watch.count, 0);
}

static void test_status(void) {
    struct stopwatch watch = {.tag = "x"};
    stopwatch_start(&watch, "spawn");
    char *text = print(&watch, &sample);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n# csv,spawn,running,0.000000000,"));
    free(text);
    stopwatch_stop(&watch, "spawn");
    stopwatch_status(&watch, "spawn", "wrong");
    text = print(&watch, &sample);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n# csv,spawn,wrong,"));
    free(text);
    stopwatch_free(&watch);
}

/* More timers than fit at first, found again by name. */
static void test_many(void) {
    struct stopwatch watch = {.tag = "x"};
    char name[16];
    for (int round = 0; round < 2; round++) {
        for (int k = 0; k < 100; k++) {
            snprintf(name, sizeof name, "timer %d", k);
            stopwatch_add(&watch, name, 0, k);
        }
    }
    CU_ASSERT_EQUAL(watch.count, 100);
    for (int k = 0; k < 100; k++) {
        snprintf(name, sizeof name, "timer %d", k);
        CU_ASSERT_EQUAL(stopwatch_find(&watch, name)->sum_ns, UINT64_C(2000000000) * (uint64_t)k);
        CU_ASSERT_EQUAL(stopwatch_find(&watch, name)->count, 2);
    }
    stopwatch_free(&watch);
}

int main(void) {
    CU_TestInfo tests[] = {{"text", test_text},           {"comment", test_comment},
                           {"intervals", test_intervals}, {"status", test_status},
                           {"many", test_many},           CU_TEST_INFO_NULL};
    return run_suite("stopwatch", tests);
}
