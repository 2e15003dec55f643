/* SPDX-License-Identifier: MIT
 * Nodes of a launch: what is read of a report, and when something there has disturbed a sample. */
#include "study/nodes.h"
#include "study/study.h"

#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two nodes of one kernel or two, without anything that disturbs; more: members that replace some.
 */
static json_t *two_nodes(const char *boot, const char *more) {
    char text[2048];
    snprintf(
        text, sizeof text,
        "[{'host':'a','boot':'0000000000000001','cpus':4,'sockets':1,'cores':4,'threads':2,'seconds':10,'busy_seconds':20,'own_seconds':19.9,"
        "'before':{'mhz':2000,'load':0.5,'throttles':1},'after':{'mhz':2000,'load':0,'throttles':1}},"
        "{'host':'b','boot':'%s','cpus':4,'sockets':1,'cores':4,'threads':2,'seconds':10,'busy_seconds':20,'own_seconds':19.9,"
        "'before':{'mhz':2000,'load':0.25,'throttles':null},'after':{'mhz':3000,'load':0,'throttles':null}%s}]",
        boot, more);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_error_t error;
    json_t *nodes = json_loads(text, 0, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(nodes);
    return nodes;
}

static unsigned marks_of(const char *boot, const char *more) {
    json_t *nodes = two_nodes(boot, more);
    const unsigned marks = nodes_judge(nodes).disturbed;
    json_decref(nodes);
    return marks;
}

static const char other[] = "0000000000000002", same[] = "0000000000000001",
                  unknown[] = "0000000000000000";

/* Whatever happens on the second node counts. jansson takes the last of two members of one name. */
static void test_every_node(void) {
    CU_ASSERT_EQUAL(marks_of(other, ""), 0);
    CU_ASSERT_EQUAL(marks_of(other, ",'busy_seconds':23"), DISTURBED_LOAD);
    CU_ASSERT_EQUAL(marks_of(other, ",'busy_seconds':22"), 0); /* 0.21 of 4 CPUs: 5 % */
    CU_ASSERT_EQUAL(marks_of(other, ",'busy_seconds':null"), 0);
    CU_ASSERT_EQUAL(marks_of(other, ",'threads':5"), DISTURBED_OVERSUBSCRIBED);
    CU_ASSERT_EQUAL(marks_of(other, ",'threads':4"), 0);
    CU_ASSERT_EQUAL(marks_of(other, ",'after':{'mhz':1799}"), DISTURBED_CLOCK);
    CU_ASSERT_EQUAL(marks_of(other, ",'after':{'mhz':1801}"), 0);
    CU_ASSERT_EQUAL(marks_of(other, ",'before':{'throttles':1},'after':{'throttles':2}"),
                    DISTURBED_THROTTLED);
}

/* Of a short run clock ticks say little. */
static void test_short_runs(void) {
    CU_ASSERT_EQUAL(marks_of(other, ",'seconds':0.01,'busy_seconds':0.07,'own_seconds':0.01"), 0);
    CU_ASSERT_EQUAL(marks_of(other, ",'seconds':0.01,'busy_seconds':0.09,'own_seconds':0.01"),
                    DISTURBED_LOAD);
}

/* Virtual nodes of one machine: the time of the ranks of one is no load of another, and their
 * threads share its cores. */
static void test_shared_kernel(void) {
    CU_ASSERT_EQUAL(marks_of(same, ",'busy_seconds':39.8"), 0);
    CU_ASSERT_EQUAL(marks_of(other, ",'busy_seconds':39.8"), DISTURBED_LOAD);
    CU_ASSERT_EQUAL(marks_of(same, ",'threads':3"), DISTURBED_OVERSUBSCRIBED);
    /* Not known is not the same. */
    CU_ASSERT_EQUAL(marks_of(unknown, ",'busy_seconds':39.8"), DISTURBED_LOAD);
}

static void test_summary(void) {
    json_t *nodes = two_nodes(other, ",'busy_seconds':25");
    const struct nodes_summary summary = nodes_judge(nodes);
    CU_ASSERT_DOUBLE_EQUAL(summary.others, 0.51, 1e-9);
    CU_ASSERT_EQUAL(summary.load, 0.5);
    CU_ASSERT_EQUAL(summary.mhz_before, 2000);
    CU_ASSERT_EQUAL(summary.mhz_after, 2000); /* of the node whose clock fell, or rose least */
    json_decref(nodes);
    json_t *none = json_array();
    CU_ASSERT(isnan(nodes_judge(none).others) && nodes_judge(none).disturbed == 0);
    CU_ASSERT_PTR_NULL(nodes_join(none, "host", " "));
    CU_ASSERT_PTR_NULL(nodes_shape(none));
    json_decref(none);
}

static void test_words(void) {
    json_t *nodes = two_nodes(other, "");
    char *shape = nodes_shape(nodes), *hosts = nodes_join(nodes, "host", " ");
    CU_ASSERT_STRING_EQUAL(shape, "S(2, 1, 4, 1)");
    CU_ASSERT_STRING_EQUAL(hosts, "a b");
    free(shape);
    free(hosts);
    json_decref(nodes);
    nodes = two_nodes(other, ",'cpus':8,'host':'a'");
    shape = nodes_shape(nodes);
    hosts = nodes_join(nodes, "host", " ");
    CU_ASSERT_STRING_EQUAL(shape, "S(1, 1, 4, 1) + S(1, 1, 4, 2)");
    CU_ASSERT_STRING_EQUAL(hosts, "a"); /* each once */
    free(shape);
    free(hosts);
    json_decref(nodes);
}

static void test_report(void) {
    json_t *report = json_object(), *nodes = json_array();
    json_object_set_new(report, "nodes", two_nodes(other, ""));
    json_object_set_new(report, "placement",
                        json_loads("[{\"node\":0,\"threads\":2,\"cpus\":\"0-1\",\"path\":\"avx2\"},"
                                   "{\"node\":1,\"threads\":1,\"cpus\":\"4\",\"path\":\"neon\"},"
                                   "{\"node\":0,\"threads\":3,\"cpus\":null,\"path\":\"avx2\"}]",
                                   0, NULL));
    nodes_add_report(nodes, report);
    CU_ASSERT_EQUAL_FATAL(json_array_size(nodes), 2);
    const json_t *first = json_array_get(nodes, 0), *second = json_array_get(nodes, 1);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(first, "ranks")), 2);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(first, "threads")), 5);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(second, "path")), "neon");
    char *binding = json_dumps(json_object_get(first, "binding"), JSON_COMPACT);
    CU_ASSERT_STRING_EQUAL(binding, "[\"0-1\",null]");
    free(binding);
    nodes_add_report(nodes, NULL);
    CU_ASSERT_EQUAL(json_array_size(nodes), 2);
    json_decref(nodes);
    json_decref(report);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"every node", test_every_node},
        {"short runs", test_short_runs},
        {"shared kernel", test_shared_kernel},
        {"summary", test_summary},
        {"words", test_words},
        {"report", test_report},
        CU_TEST_INFO_NULL,
    };
    return run_suite("study nodes", tests);
}
