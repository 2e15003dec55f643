/* SPDX-License-Identifier: MIT
 * StopWatch lines of logs: which lines are taken, which are bad, which are repeats. The first good
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
    struct text_file file;
    text_file_take(&file, "log", "run.log", fmemopen((void *)text, bytes, "r"));
    CU_ASSERT_FATAL(file.stream != NULL);
    CU_ASSERT(csv_log_read(log, &file, &failure));
    text_file_close(&file);
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

#define START "2022-01-01 00:00:00"
#define NEW "# csv,a,ok,1,1," START
#define REST ",n,u,L,v"

/* What Python prints without quotes: the brackets say where the column ends. */
static void test_brackets(void) {
    static const char text[] = NEW ",{'p': 1, 'q': [1, 2]},None" REST "\n" /* */
        NEW ",,a (b,n,u,L,('10', \"it's\")\n"                              /* */
        NEW ",(don't, do),it's (x, y)" REST "\n"                           /* */
        NEW ",\"(a\",b" REST ")\n"                                         /* */
        NEW ",(a,b)" REST "\n"                                             /* */
        NEW ",x,y,z" REST "\n";
    static const char *const bad[] = {"run.log:5: has 10 columns, not 11",
                                      "run.log:6: has 12 columns, not 11", NULL};
    check_log(text, strlen(text),
              HEADER "\na,ok,1,1," START ",\"{'p': 1, 'q': [1, 2]}\",None" REST /* */
                     "\na,ok,1,1," START ",,a (b,n,u,L,\"('10', \"\"it's\"\")\""
                     "\na,ok,1,1," START ",\"(don't, do)\",\"it's (x, y)\"" REST
                     "\n\"a\",\"ok\",\"1\",\"1\",\"" START
                     "\",\"(a\",\"b\",\"n\",\"u\",\"L\",\"v)\"\n",
              0, bad);
}

/* The header says which columns there are; one that cannot be read takes its lines with it. */
static void test_headers(void) {
    static const char text[] =
        "# csv,timer,status,time,sum,start,tag,uname.node,user,uname.system,platform.version\n"
        "# csv,a,ok,1,2," START ",t,n,u,L,v\n"
        "# csv,a,ok,1,2," START ",t,m,n,u,L,v\n"
        "# csv,timer,status,start,sum,time,user\n"
        "# csv,b,ok," START ",2,1,u\n"
        "# csv,timer,status,time,sum,begin\n"
        "# csv,c,ok,1,2," START "\n"
        "# csv,timer,status,time,sum\n"
        "# csv,timer,status,time,sum,start,tag,tag\n"
        "# csv," HEADER "\n"
        "# csv," OURS "\n";
    static const char *const bad[] = {
        "run.log:3: has 11 columns, not 10",
        "run.log:6: the column 'begin' is none of StopWatch's",
        "run.log:7: follows a header that cannot be read",
        "run.log:8: the header lacks the column 'start'",
        "run.log:9: the column 'tag' is duplicate",
        NULL,
    };
    check_log(text, strlen(text),
              HEADER "\na,ok,1,2," START ",t,,n,u,L,v\nb,ok,1,2," START ",,,,u,,\n" OURS "\n", 0,
              bad);
}

static void test_decimal_commas(void) {
    static const char text[] = "# csv,a,ok,0,001,0,5," START ",,,n,u,L,v\n"
                               "# csv,a,ok,0,001,2," START ",,,n,u,L,v\n"
                               "# csv,a,ok,1,2e-05,1,5," START ",,,n,u,L,v\n"
                               "# csv,a,ok,\"0,5\",\"0,5\"," START ",,,n,u,L,v\n"
                               "# csv,a,ok,1,2,x," START ",,,n,u,L,v\n";
    static const char *const bad[] = {
        "run.log:1: time or sum has a decimal comma after '0': write decimal points",
        "run.log:2: time or sum has a decimal comma after '0': write decimal points",
        "run.log:3: time or sum has a decimal comma after '1': write decimal points",
        "run.log:4: time '0,5' has a decimal comma: write a point",
        "run.log:5: has 12 columns, not 11",
        NULL,
    };
    check_log(text, strlen(text), HEADER "\n", 0, bad);
}

/* Launchers put the rank before each line. */
static void test_labels(void) {
    static const char *const labels[] = {
        "[1,0]<stdout>:",
        "[1,11]<stderr>:",
        "Sun Nov 29 00:05:02 2026<stdout>:",
        "Sun Nov 29 00:05:02 2026[1,0]<stdout>:",
        "[prterun-red-4711@1,0]<stdout>: ",
        "[prterun-red-4711@1,0][red:4712]<stdout>: ",
        "0: ",
        "  11: ",
        "3:",
        "[0] ",
        "[12] ",
    };
    static const char *const others[] = {"note: ", "x0: ", "0 ", "[] ", "[a] ", ": ", "<stdout>"};
    char text[1024];
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++) {
        snprintf(text, sizeof text, "%s# csv," OURS "\n%s#csv," REPORT "\n", labels[k], labels[k]);
        check_log(text, strlen(text), HEADER "\n" OURS "\n" REPORT "\n", 0, none);
    }
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        snprintf(text, sizeof text, "%s# csv," OURS "\n", others[k]);
        check_log(text, strlen(text), HEADER "\n", 0, none);
    }
}

/* Progress displays return to the begin of their line; UTF-16 is seen wherever it begins. */
static void test_other_systems(void) {
    static const char returns[] = " 50 %\r100 %\r# csv," OURS "\r# csv," REPORT "\rrest";
    check_log(returns, strlen(returns), HEADER "\n" OURS "\n" REPORT "\n", 0, none);
    static const char marked[] = "\xef\xbb\xbf# csv," OURS;
    check_log(marked, strlen(marked), HEADER "\n" OURS "\n", 0, none);
    static const char wide[] = "text\n#\0 \0c\0s\0v\0,\0a\0\n\0";
    static const char *const bad[] = {"run.log:2: is UTF-16 text: convert the log to UTF-8", NULL};
    check_log(wide, sizeof wide - 1, HEADER "\n", 0, bad);
    static const char zeros[] = "te\0xt\n\0# csv,x\n# csv," OURS "\n";
    check_log(zeros, sizeof zeros - 1, HEADER "\n" OURS "\n", 0, none);
}

/* Other lines may be of any length, and are not kept. */
static void test_long_lines(void) {
    const size_t bytes = 2 * TEXT_LINE_BYTES_MAX + 10;
    static const char *const bad[] = {"run.log:1: is longer than 1 MiB", NULL};
    char *text = malloc(bytes + sizeof "# csv," OURS);
    CU_ASSERT_FATAL(text != NULL);
    memset(text, 'x', bytes);
    strcpy(text + bytes, "# csv," OURS);
    text[bytes - 1] = '\n';
    check_log(text, strlen(text), HEADER "\n" OURS "\n", 0, none);
    memcpy(text, "# csv,", strlen("# csv,"));
    check_log(text, strlen(text), HEADER "\n" OURS "\n", 0, bad);
    free(text);
}

int main(void) {
    CU_TestInfo tests[] = {{"good", test_good},
                           {"forms", test_forms},
                           {"repeats", test_repeats},
                           {"bad", test_bad},
                           {"many", test_many},
                           {"brackets", test_brackets},
                           {"headers", test_headers},
                           {"decimal commas", test_decimal_commas},
                           {"labels", test_labels},
                           {"other systems", test_other_systems},
                           {"long lines", test_long_lines},
                           CU_TEST_INFO_NULL};
    return run_suite("csv_log", tests);
}
