/* SPDX-License-Identifier: MIT
 * What a report says of the build: every member, whether or not there is a commit. */
#include "base/build_identity.h"
#include "files/report.h"
#include "plait/version.h"

#include "sample_options.h"
#include "scratch.h"
#include "suite.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The identity of this program, which the tests set. */
extern struct build_identity build_identity_of_program;
struct build_identity build_identity_of_program = {
    .compiler = "gcc 12.2.0", .flags = "-O3", .features = "", .paths = "scalar"};

/* The member "build" of a report, as a text to be freed. */
static char *build_of_report(void) {
    const struct report_places none = {0};
    struct option_values values;
    struct failure failure = {0};
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    struct report *report = report_new(&values, &none);
    CU_ASSERT_PTR_NOT_NULL_FATAL(report);
    CU_ASSERT(report_write(report, scratch_path("report.json"), &failure));
    report_free(report);
    values_free(&values);
    json_t *read = json_load_file(scratch_path("report.json"), 0, NULL);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(read, "version")), PLAIT_VERSION);
    char *text = json_dumps(json_object_get(read, "build"), JSON_COMPACT);
    json_decref(read);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

static void test_no_checkout(void) {
    char *text = build_of_report();
    CU_ASSERT_STRING_EQUAL(
        text,
        "{\"commit\":null,\"changes\":null,\"compiler\":\"gcc 12.2.0\",\"flags\":\"-O3\",\"features\":[],\"paths\":[\"scalar\"]}");
    free(text);
}

static void test_commit(void) {
    build_identity_of_program.commit = "0123";
    build_identity_of_program.features = "cairo hwloc";
    char *text = build_of_report();
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "{\"commit\":\"0123\",\"changes\":null,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"features\":[\"cairo\",\"hwloc\"]"));
    free(text);
    build_identity_of_program.changes = "89ab";
    text = build_of_report();
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "{\"commit\":\"0123\",\"changes\":\"89ab\","));
    free(text);
}

int main(void) {
    CU_TestInfo tests[] = {{"sources that are no checkout", test_no_checkout},
                           {"a commit, and changes to it", test_commit},
                           CU_TEST_INFO_NULL};
    return run_suite_between("report", scratch_begin, scratch_end, tests);
}
