/* SPDX-License-Identifier: MIT
 * StopWatch lines of logs: which lines are taken, which are told, which are repeats. The first good
 * lines are as the report's own StopWatch prints them. */
#include "cluster/csv_log.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define REPORT                                                                               \
    "install,ok,64.029,64.029,2021-10-28 20:03:33,,None,ubuntu,ubuntu,Linux,#49-Ubuntu SMP " \
    "PREEMPT"
#define OURS "total,ok,0.5,0.5,2026-11-23 13:19:11.000000345,pi,ranks=2,red,pi,Linux,#1 SMP"
#define HEADER "timer,status,time,sum,start,tag,msg,uname.node,user,uname.system,platform.version"

static void read_text(struct csv_log *log, const char *text, size_t bytes) {
    struct failure failure = {0};
    FILE *stream = fmemopen((void *)text, bytes, "r");
    CU_ASSERT_FATAL(stream != NULL);
    CU_ASSERT(csv_log_read(log, stream, "run.log", &failure));
    fclose(stream);
}

/* Reads one log; the bad lines must be these, without the log's name, ended by NULL. */
static void check_log(const char *log_text, size_t bytes, const char *written, size_t repeats,
                      const char *const *bad) {
    struct csv_log log = {0};
    char *text = NULL;
    size_t length, count = 0;
    read_text(&log, log_text, bytes);
    FILE *stream = open_memstream(&text, &length);
    csv_log_write(&log, stream);
    fclose(stream);
    CU_ASSERT_STRING_EQUAL(text, written);
    CU_ASSERT_EQUAL(log.repeats, repeats);
    for (; bad[count]; count++) {
        CU_ASSERT(count < log.bad.count && strcmp(log.bad.items[count], bad[count]) == 0);
        if (count < log.bad.count && strcmp(log.bad.items[count], bad[count]) != 0)
            printf("\n  %s\n  instead of\n  %s\n", log.bad.items[count], bad[count]);
    }
    CU_ASSERT_EQUAL(log.bad.count, count);
    free(text);
    csv_log_free(&log);
}

static const char *const none[] = {NULL};

static void test_good(void) {
    static const char text[] = "some output\n# csv," HEADER "\n# csv," REPORT "\n#csv," OURS "\n"
                               "# csvx,1\n## csv,1\n csv,1\n#  csv,1\ncsv," OURS "\n"
                               "no end of line: csv";
    check_log(text, strlen(text), HEADER "\n" REPORT "\n" OURS "\n", 0, none);
}

/* Lines may end as on other systems, or with the file; quotes stay where they are needed. */
static void test_forms(void) {
    static const char text[] =
        "# csv," OURS "\r\n"
        "# csv,\"a, \"\"b\"\"\",\"ok\",1,2e-3,2022-01-01T00:00:00Z,,,n,u,L,v";
    check_log(text, strlen(text),
              HEADER "\n" OURS "\n\"a, \"\"b\"\"\",ok,1,2e-3,2022-01-01T00:00:00Z,,,n,u,L,v\n", 0,
              none);
}

static void test_repeats(void) {
    static const char text[] = "# csv," OURS "\n# csv," REPORT "\n#csv," OURS "\n"
                               "# csv," HEADER "\n# csv,\"total\""
                               ",ok,0.5,0.5,"
                               "2026-11-23 13:19:11.000000345,pi,ranks=2,red,pi,Linux,#1 SMP\n";
    check_log(text, strlen(text), HEADER "\n" OURS "\n" REPORT "\n", 2, none);
}

static void test_bad(void) {
    static const char text[] = "# csv,a,ok,1,1\n"
                               "\n"
                               "# csv,timer,time\n"
                               "# csv\n"
                               "# csv," OURS ",more\n"
                               "# csv,,ok,1,1,2022-01-01 00:00:00,,,n,u,L,v\n"
                               "# csv,a,ok,x,1,2022-01-01 00:00:00,,,n,u,L,v\n"
                               "# csv,a,ok,1,-1,2022-01-01 00:00:00,,,n,u,L,v\n"
                               "# csv,a,ok,1,1,yesterday,,,n,u,L,v\n"
                               "# csv,a,ok,1,1,2022-01-01,,,n,u,L,v\n"
                               "# csv,\"a,ok,1,1,2022-01-01 00:00:00,,,n,u,L,v\n"
                               "# csv,a,ok,1,1,2022-01-01 00:00:00,,,n,u,L,\x1b[1mv\n"
                               "# csv,a,ok,1,1,2022-01-01 00:00:00,,,n,u,L,v\0w\n"
                               "# csv," OURS "\n";
    static const char *const bad[] = {
        "run.log:1: has 4 columns, not 11",
        "run.log:3: has 2 columns, not 11",
        "run.log:4: has 1 column, not 11",
        "run.log:5: has 12 columns, not 11",
        "run.log:6: names no timer",
        "run.log:7: time 'x' is not in seconds",
        "run.log:8: sum '-1' is not in seconds",
        "run.log:9: start 'yesterday' is no time such as 2026-11-23 13:19:11",
        "run.log:10: start '2022-01-01' is no time such as 2026-11-23 13:19:11",
        "run.log:11: has quotes that are not in pairs around a whole column",
        "run.log:12: holds the byte 0x1b",
        "run.log:13: holds the byte 0x00",
        NULL,
    };
    check_log(text, sizeof text - 1, HEADER "\n" OURS "\n", 0, bad);
}

/* Several logs are one table; lines are counted from the begin of each. */
static void test_many(void) {
    struct csv_log log = {0};
    char text[256];
    for (int k = 0; k < 1000; k++) {
        const int length = snprintf(text, sizeof text,
                                    "# csv,t%d,ok,%d,1,2022-01-01 00:00:00,,,n,u,L,v\n# csv,bad\n",
                                    k % 500, k % 500);
        read_text(&log, text, (size_t)length);
    }
    CU_ASSERT_EQUAL(log.records.count, 500);
    CU_ASSERT_EQUAL(log.repeats, 500);
    CU_ASSERT_EQUAL(log.bad.count, 1000);
    CU_ASSERT_STRING_EQUAL(log.bad.items[999], "run.log:2: has 1 column, not 11");
    CU_ASSERT_STRING_EQUAL(log.records.items[499], "t499,ok,499,1,2022-01-01 00:00:00,,,n,u,L,v");
    csv_log_free(&log);
}

int main(void) {
    CU_TestInfo tests[] = {{"good", test_good}, {"forms", test_forms}, {"repeats", test_repeats},
                           {"bad", test_bad},   {"many", test_many},   CU_TEST_INFO_NULL};
    return run_suite("csv_log", tests);
}
