/* SPDX-License-Identifier: MIT
 * Packed values arrive as they were sent, and no damaged buffer does harm: each is refused or
 * yields values that pass their rows' checks. */
#include "options/option_values.h"

#include "sample_options.h"
#include "suite.h"

#include <stdlib.h>

static void send_sample(unsigned char **buffer, size_t *bytes) {
    static const char *const arguments[] = {"--maxit", "4^5", "--verify", "--zoom=2"};
    struct option_values values;
    struct failure failure = {0};
    size_t index;
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    CU_ASSERT_FATAL(values_parse_argv(&values, 4, (char *const *)arguments, &failure));
    option_find(&sample_set, "json", &index);
    CU_ASSERT_FATAL(values_set(&values, index, ORIGIN_CONFIG, "run.ini:3", "x.json", &failure));
    option_find(&sample_set, "out", &index);
    CU_ASSERT_FATAL(values_set(&values, index, ORIGIN_CONFIG, "run.ini:5", "a.png", &failure));
    CU_ASSERT_FATAL(values_set(&values, index, ORIGIN_CONFIG, "run.ini:7", "b.npy", &failure));
    CU_ASSERT_FATAL(values_pack(&values, buffer, bytes, &failure));
    values_free(&values);
}

/* Copies first, so that reading past the end is seen by the address sanitizer. */
static bool unpack(struct option_values *values, const unsigned char *buffer, size_t bytes,
                   struct failure *failure) {
    unsigned char *copy = malloc(bytes ? bytes : 1);
    if (!copy)
        return false;
    memcpy(copy, buffer, bytes);
    const bool good = values_unpack(values, copy, bytes, failure);
    free(copy);
    return good;
}

static void test_round_trip(void) {
    unsigned char *buffer;
    size_t bytes, again_bytes;
    struct option_values values;
    struct failure failure = {0};
    struct sample sample = {.maxit = 0};
    send_sample(&buffer, &bytes);
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    CU_ASSERT(unpack(&values, buffer, bytes, &failure));
    CU_ASSERT(values_apply(&values, &sample, &failure));
    CU_ASSERT(sample.maxit == 1024 && sample.verify && sample.zoom == 2 && sample.darts == 1024);
    CU_ASSERT_FATAL(sample.common.out.count == 2);
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[1], "b.npy");
    CU_ASSERT_STRING_EQUAL(sample.common.json, "x.json");
    size_t index;
    option_find(&sample_set, "out", &index);
    CU_ASSERT_STRING_EQUAL(values.items[index].where, "run.ini:5");
    CU_ASSERT_STRING_EQUAL(values.items[index].places[1], "run.ini:7");
    CU_ASSERT(values_origin(&values, "json") == ORIGIN_CONFIG);
    CU_ASSERT(values_origin(&values, "maxit") == ORIGIN_COMMAND_LINE);
    CU_ASSERT(values_origin(&values, "region") == ORIGIN_DEFAULT);

    unsigned char *again;
    CU_ASSERT_FATAL(values_pack(&values, &again, &again_bytes, &failure));
    CU_ASSERT(again_bytes == bytes && memcmp(again, buffer, bytes) == 0);
    free(again);
    values_free(&values);
    free(buffer);
}

static void test_cut_short(void) {
    unsigned char *buffer;
    size_t bytes;
    send_sample(&buffer, &bytes);
    struct option_values values;
    struct failure failure = {0};
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    size_t refused = 0;
    for (size_t n = 0; n < bytes; n++) {
        struct failure cut = {0};
        refused += !unpack(&values, buffer, n, &cut) && cut.exit_status == EXIT_RUN;
    }
    CU_ASSERT(refused == bytes);
    CU_ASSERT_STRING_EQUAL(values_text(&values, "maxit"), "127"); /* left as it was */
    values_free(&values);
    free(buffer);
}

static void test_too_long_and_other_rows(void) {
    unsigned char *buffer;
    size_t bytes;
    send_sample(&buffer, &bytes);
    struct option_values values, other;
    struct failure failure = {0}, long_failure = {0}, other_failure = {0};
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    CU_ASSERT_FATAL(values_init(&other, &sample_other_set, &failure));
    unsigned char *longer = calloc(1, bytes + 1);
    CU_ASSERT_FATAL(longer != NULL);
    memcpy(longer, buffer, bytes);
    CU_ASSERT(!unpack(&values, longer, bytes + 1, &long_failure));
    CU_ASSERT(!unpack(&other, buffer, bytes, &other_failure));
    CU_ASSERT(strstr(other_failure.text, "the same plait on every rank") != NULL);
    free(longer);
    values_free(&values);
    values_free(&other);
    free(buffer);
}

static bool origins_are_known(const struct option_values *values) {
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i].origin > ORIGIN_COMMAND_LINE)
            return false;
    return true;
}

/* Every byte changed in turn, to the values that are worst for lengths and counts. */
static void test_damage(void) {
    static const unsigned char bad[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    unsigned char *buffer;
    size_t bytes, refused = 0, valid = 0, tried = 0;
    send_sample(&buffer, &bytes);
    for (size_t i = 0; i < bytes; i++) {
        for (size_t b = 0; b < sizeof bad; b++) {
            const unsigned char kept = buffer[i];
            struct option_values values;
            struct failure failure = {0};
            struct sample sample = {.maxit = 0};
            CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
            buffer[i] = bad[b];
            tried++;
            if (!unpack(&values, buffer, bytes, &failure))
                refused++;
            else if (origins_are_known(&values) && values_apply(&values, &sample, &failure))
                valid++;
            buffer[i] = kept;
            values_free(&values);
        }
    }
    CU_ASSERT(refused + valid == tried);
    CU_ASSERT(refused > tried / 2);
    free(buffer);
}

int main(void) {
    CU_TestInfo tests[] = {{"round trip", test_round_trip},
                           {"cut short", test_cut_short},
                           {"too long, other rows", test_too_long_and_other_rows},
                           {"damage", test_damage},
                           CU_TEST_INFO_NULL};
    return run_suite("option_pack", tests);
}
