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
    check_put("(a)", "(a)");
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

/* The same with brackets, which hold a column together if they are pairs. */
static void check_brackets(const char *line, bool strings, size_t expected_count,
                           const char *expected) {
    char copy[96], joined[96] = "", *fields[FIELDS];
    snprintf(copy, sizeof copy, "%s", line);
    const size_t count = csv_split_brackets(copy, fields, FIELDS, strings);
    CU_ASSERT_EQUAL(count, expected_count);
    for (size_t k = 0; k < count && k < FIELDS; k++) {
        strcat(joined, k > 0 ? "|" : "");
        strcat(joined, fields[k]);
    }
    CU_ASSERT_STRING_EQUAL(joined, expected);
}

static void test_brackets(void) {
    check_brackets("a,{'p': 1, 'q': [2, 3]},(4, 5)", true, 3, "a|{'p': 1, 'q': [2, 3]}|(4, 5)");
    check_brackets("{\"it's\": 1, 'b': 2},c", true, 2, "{\"it's\": 1, 'b': 2}|c");
    check_brackets("('a)', ']', '\\', )'),b", true, 2, "('a)', ']', '\\', )')|b");
    check_brackets("('it\\'s )', 1),b", true, 2, "('it\\'s )', 1)|b");
    check_brackets("('a)', b", false, 2, "('a)'| b");
    check_brackets("(don't, do),it's (x, y)", false, 2, "(don't, do)|it's (x, y)");
    /* A bracket without its other half divides nothing. */
    check_brackets("a (,b", true, 2, "a (|b");
    check_brackets("a),b", true, 2, "a)|b");
    check_brackets("(a,b]", true, 2, "(a|b]");
    check_brackets("((a,b),c", true, 2, "((a,b)|c");
    check_brackets("[(a,b],c),d", true, 2, "[(a,b],c)|d");
    /* Quotes around a column go before brackets. */
    check_brackets("\"(a\",\"b)\",c", true, 3, "(a|b)|c");
    check_brackets("\"a \"\"(\",b)", true, 2, "a \"(|b)");
    check_brackets("\"(a", true, 0, "");
    check_brackets("", true, 1, "");
    char deep[200] = "";
    for (int k = 0; k < 99; k++)
        strcat(deep, k == 50 ? "," : "(");
    char *fields[FIELDS];
    CU_ASSERT_EQUAL(csv_split_brackets(deep, fields, FIELDS, true), 2);
}

int main(void) {
    CU_TestInfo tests[] = {{"put", test_put},
                           {"split", test_split},
                           {"refused", test_refused},
                           {"brackets", test_brackets},
                           CU_TEST_INFO_NULL};
    return run_suite("csv", tests);
}
