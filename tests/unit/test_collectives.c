/* SPDX-License-Identifier: MIT
 * plait collectives without messages: sizes as users write them, what reductions must come to, and
 * quantiles. */
#include "check.h"
#include "cluster/collectives_options.h"
#include "cluster/collectives_pattern.h"
#include "cluster/collectives_sizes.h"
#include "cluster/collectives_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The sizes as text, "1 2 4"; "" if they are refused with the status of wrong input. */
static const char *sizes(const char *text) {
    static char result[2048];
    struct collectives_sizes read;
    struct failure failure = {0};
    size_t used = 0;
    result[0] = '\0';
    if (!collectives_read_sizes(text, &read, &failure)) {
        CHECK_INT(EXIT_USAGE, failure.exit_status);
        return result;
    }
    for (int k = 0; k < read.count; k++)
        used += (size_t)snprintf(result + used, sizeof result - used, "%s%llu", k > 0 ? " " : "",
                                 (unsigned long long)read.bytes[k]);
    return result;
}

static void sizes_are_read(void) {
    CHECK_TEXT("1 2 4 8", sizes("1:8"));
    CHECK_TEXT("1 2 4 8 9", sizes("1:9"));
    CHECK_TEXT("0 1 2 3", sizes("0:3"));
    CHECK_TEXT("0", sizes("0"));
    CHECK_TEXT("7", sizes("7:7"));
    CHECK_TEXT("3 6 10", sizes("3:10"));
    CHECK_TEXT("0 5 1024 2048 3145728", sizes("0,5,1K:2K,3M"));
    CHECK_TEXT("1073741824", sizes("1G"));
    CHECK_TEXT("1024 1000000", sizes("2^10,1e6"));
    static const char *const wrong[] = {
        "",      ",",     "1,",           ",1",    "1:",    ":1",   "K",
        "1k",    "1KK",   "-1",           "1:2:3", "2G",    "2:1",  "1,1",
        "4,2",   "1:8,8", "1073741825",   "1 2",   "0x10",  "1.5K", "a",
        "1M:1K", "1e30",  "17179869184G", "1:4,3", "2^63G", " 1",   "1; 2"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        if (!CHECK_TEXT("", sizes(wrong[k])))
            CHECK_TEXT("refused", wrong[k]);
    char many[4 * COLLECTIVES_SIZES_MAX + 8] = "1";
    for (int k = 2; k <= COLLECTIVES_SIZES_MAX; k++)
        snprintf(many + strlen(many), sizeof many - strlen(many), ",%d", k);
    CHECK(sizes(many)[0] == '1');
    strcat(many, ",999");
    CHECK_TEXT("", sizes(many));
}

/* The result, by adding or comparing all contributions one by one. */
static double plainly(const struct collective_pattern *pattern, int contributors, size_t element) {
    double result = collective_contribution(pattern, 0, element);
    for (int r = 1; r < contributors; r++) {
        const double value = collective_contribution(pattern, r, element);
        result = pattern->op == OP_SUM   ? result + value
                 : pattern->op == OP_MIN ? fmin(result, value)
                                         : fmax(result, value);
    }
    return result;
}

/* No order of additions may round: the largest sum is below what the type holds exactly. */
static double exact_below(enum collective_type type) {
    return type == TYPE_FLOAT ? 16777216 : type == TYPE_DOUBLE ? 9007199254740992 : 2147483647;
}

static void results_are_those_of_all_contributions(void) {
    static const int counts[] = {1, 2, 3, 7, 64, 65, 200, 5000, 300000};
    for (size_t n = 0; n < sizeof counts / sizeof *counts; n++)
        for (int t = 0; t < COLLECTIVE_TYPES; t++)
            for (int o = 0; o < COLLECTIVE_OPS; o++) {
                const int ranks = counts[n], some = (ranks + 1) / 2;
                const enum collective_type type = (enum collective_type)t;
                const struct collective_pattern all =
                                                    collective_pattern(type, (enum collective_op)o,
                                                                       4096, ranks, ranks),
                                                part = collective_pattern(
                                                    type, (enum collective_op)o, 4096, ranks, some);
                for (size_t k = 0; k < 5; k++) {
                    CHECK(plainly(&all, ranks, k) == collective_expected(&all, k));
                    CHECK(plainly(&part, some, k) == collective_expected(&part, k));
                    CHECK(collective_contribution(&all, ranks - 1, k) >= 0);
                    CHECK(collective_contribution(&all, ranks - 1, k) ==
                          collective_contribution(&part, ranks - 1, k));
                    CHECK(collective_expected(&all, k) < exact_below(type));
                }
            }
}

/* Rank, size and element matter: of two that differ in one of them nearly all values differ. */
static void contributions_differ(void) {
    const struct collective_pattern small = collective_pattern(TYPE_INT, OP_SUM, 400, 200, 200),
                                    large = collective_pattern(TYPE_INT, OP_SUM, 800, 200, 200);
    int other_size = 0, other_rank = 0, other_class = 0, other_element = 0;
    for (size_t k = 0; k < 100; k++) {
        const double value = collective_contribution(&small, 1, k);
        other_size += value != collective_contribution(&large, 1, k);
        other_rank += value != collective_contribution(&small, 2, k);
        other_class += value != collective_contribution(&small, 65, k);
        other_element += value != collective_contribution(&small, 1, k + 1);
    }
    CHECK(other_size >= 99 && other_rank >= 99 && other_element >= 99);
    CHECK_INT(100, other_class);
}

static void wrong_results_are_found(void) {
    for (int t = 0; t < COLLECTIVE_TYPES; t++) {
        const enum collective_type type = (enum collective_type)t;
        const struct collective_pattern pattern = collective_pattern(type, OP_SUM, 40, 1, 1);
        const size_t bytes = collective_type_bytes(type), count = 40 / bytes;
        unsigned char buffer[40], right[40];
        size_t element;
        double got;
        collective_pattern_fill(&pattern, 0, right, count); /* of one rank, so also the result */
        CHECK(collective_pattern_check(&pattern, right, count, &element, &got));
        collective_pattern_spoil(&pattern, buffer, count);
        for (size_t k = 0; k < sizeof buffer; k++) {
            CHECK(buffer[k] != right[k]);
            memcpy(buffer, right, sizeof buffer);
            buffer[k] ^= 1;
            CHECK(!collective_pattern_check(&pattern, buffer, count, &element, &got));
            CHECK_INT((int64_t)(k / bytes), (int64_t)element);
            collective_pattern_spoil(&pattern, buffer, count);
        }
    }
    const struct collective_pattern pattern = collective_pattern(TYPE_DOUBLE, OP_MAX, 8, 1, 1);
    const double no_number = NAN;
    size_t element;
    double got;
    CHECK(!collective_pattern_check(&pattern, &no_number, 1, &element, &got));
}

/* Completion offers the operations that there are. */
static void names_are_offered(void) {
    const struct option *list = option_find(&collectives_option_set, "list", NULL);
    if (!CHECK(list != NULL && list->choices != NULL))
        return;
    for (int k = 0; k < COLLECTIVES; k++)
        CHECK_TEXT(collectives_table[k].name, list->choices[k]);
    CHECK(!collectives_table[COLLECTIVES].name && !list->choices[COLLECTIVES]);
}

static void quantiles(void) {
    uint64_t values[1000];
    for (uint64_t k = 0; k < 1000; k++)
        values[k] = k + 1;
    CHECK_INT(500, (int64_t)collective_quantile(values, 1000, 0.5));
    CHECK_INT(900, (int64_t)collective_quantile(values, 1000, 0.9));
    CHECK_INT(990, (int64_t)collective_quantile(values, 1000, 0.99));
    CHECK_INT(2, (int64_t)collective_quantile(values, 3, 0.5));
    CHECK_INT(3, (int64_t)collective_quantile(values, 3, 0.9));
    CHECK_INT(1, (int64_t)collective_quantile(values, 1, 0.5));
    CHECK_INT(1, (int64_t)collective_quantile(values, 2, 0.5));
    CHECK_INT(100, (int64_t)collective_quantile(values, 100, 1));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"sizes are read", sizes_are_read},
        {"results are those of all contributions", results_are_those_of_all_contributions},
        {"contributions differ", contributions_differ},
        {"wrong results are found", wrong_results_are_found},
        {"names are offered", names_are_offered},
        {"quantiles", quantiles},
        {0},
    };
    return check_main("collectives", tests, argc, argv);
}
