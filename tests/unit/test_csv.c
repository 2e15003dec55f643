/* SPDX-License-Identifier: MIT
 * Fields of CSV: quotes where they are needed and nowhere else, and every line taken apart as
 * RFC 4180 says or refused. */
#include "base/csv.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS = 4 };

static void check_put(const char *field, const char *expected) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    csv_put(stream, field);
    fclose(stream);
    CU_ASSERT_STRING_EQUAL(text, expected);
    free(text);
}

static void test_put(void) {
    check_put("", "");
    check_put("plain text", "plain text");
    check_put("a,b", "\"a,b\"");
    check_put("say \"a\"", "\"say \"\"a\"\"\"");
    check_put("two\nlines", "\"two\nlines\"");
}

/* The fields joined by '|' and their number; for a line that is refused 0 and nothing. */
static void check_split(const char *line, size_t expected_count, const char *expected) {
    char copy[64], joined[64] = "", *fields[FIELDS];
    snprintf(copy, sizeof copy, "%s", line);
    const size_t count = csv_split(copy, fields, FIELDS);
    CU_ASSERT_EQUAL(count, expected_count);
    for (size_t k = 0; k < count && k < FIELDS; k++) {
        strcat(joined, k > 0 ? "|" : "");
        strcat(joined, fields[k]);
    }
    CU_ASSERT_STRING_EQUAL(joined, expected);
}

static void test_split(void) {
    check_split("", 1, "");
    check_split("a", 1, "a");
    check_split("a,b,,d", 4, "a|b||d");
    check_split(",", 2, "|");
    check_split("\"a,b\",c", 2, "a,b|c");
    check_split("\"\",\"\"\"\"", 2, "|\"");
    check_split("\"say \"\"a\"\"\",\"b\"", 2, "say \"a\"|b");
    check_split("1,2,3,4,5,6", 6, "1|2|3|4");
}

static void test_refused(void) {
    check_split("\"a", 0, "");
    check_split("\"a\"\"", 0, "");
    check_split("\"a\"b", 0, "");
    check_split("a\"b\"", 0, "");
    check_split("a,\"", 0, "");
    check_split("\"\"\"", 0, "");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"put", test_put}, {"split", test_split}, {"refused", test_refused}, CU_TEST_INFO_NULL};
    return run_suite("csv", tests);
}
