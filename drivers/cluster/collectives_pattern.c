/* SPDX-License-Identifier: MIT
 * Values of reductions. */
#include "cluster/collectives_pattern.h"

#include <limits.h>
#include <math.h>
#include <string.h>

const char *const collective_type_names[] = {"int", "float", "double", NULL};
const char *const collective_op_names[] = {"sum", "min", "max", NULL};

size_t collective_type_bytes(enum collective_type type) {
    static const size_t bytes[] = {sizeof(int), sizeof(float), sizeof(double)};
    return bytes[type];
}

/* How many different values a rank may contribute, so that a sum over all ranks is exact: below
 * 2^31, 2^24, 2^53. There are no bytes: what becomes of a sum above 255 depends on the MPI, Open
 * MPI 4.1.4 has 255 for it with some instruction sets. */
static uint64_t pattern_values(enum collective_type type, int ranks) {
    static const uint64_t sums[] = {INT_MAX, UINT64_C(1) << 24, UINT64_C(1) << 53};
    const uint64_t values = sums[type] / (uint64_t)ranks;
    return values < 2 ? 2 : values > INT_MAX ? INT_MAX : values;
}

/* The finaliser of splitmix64 (S. Vigna, public domain). */
static uint64_t pattern_mix(uint64_t x) {
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The number that the class of a rank decides. */
static double pattern_number(const struct collective_pattern *pattern, int class, size_t element) {
    const uint64_t bits = pattern_mix(pattern->seeds[class] + (uint64_t)element);
    return (double)(((bits >> 32) * pattern->range) >> 32);
}

static uint64_t pattern_shift(const struct collective_pattern *pattern, int rank) {
    return (uint64_t)(rank / PATTERN_CLASSES) % pattern->shifts;
}

struct collective_pattern collective_pattern(enum collective_type type, enum collective_op op,
                                             uint64_t bytes, int ranks, int contributors) {
    const uint64_t values = pattern_values(type, ranks);
    struct collective_pattern pattern = {.type = type, .op = op};
    pattern.shifts = values / 2 < PATTERN_CLASSES ? values / 2 : PATTERN_CLASSES;
    pattern.range = values - pattern.shifts;
    pattern.classes = contributors < PATTERN_CLASSES ? contributors : PATTERN_CLASSES;
    for (int c = 0; c < PATTERN_CLASSES; c++)
        pattern.seeds[c] = pattern_mix(bytes * PATTERN_CLASSES + (uint64_t)c + 1);
    for (int r = 0; r < contributors; r++) {
        const int c = r % PATTERN_CLASSES;
        const double shift = (double)pattern_shift(&pattern, r);
        if (pattern.members[c]++ == 0 || op == OP_SUM)
            pattern.shift[c] += shift;
        else
            pattern.shift[c] =
                op == OP_MIN ? fmin(pattern.shift[c], shift) : fmax(pattern.shift[c], shift);
    }
    return pattern;
}

double collective_contribution(const struct collective_pattern *pattern, int rank, size_t element) {
    return pattern_number(pattern, rank % PATTERN_CLASSES, element) +
           (double)pattern_shift(pattern, rank);
}

double collective_expected(const struct collective_pattern *pattern, size_t element) {
    double result = pattern->op == OP_MIN ? INFINITY : 0;
    for (int c = 0; c < pattern->classes; c++) {
        const double number = pattern_number(pattern, c, element);
        if (pattern->op == OP_SUM)
            result += number * pattern->members[c] + pattern->shift[c];
        else
            result = pattern->op == OP_MIN ? fmin(result, number + pattern->shift[c])
                                           : fmax(result, number + pattern->shift[c]);
    }
    return result;
}

static void pattern_store(enum collective_type type, void *buffer, size_t element, double value) {
    switch (type) {
    case TYPE_INT:
        ((int *)buffer)[element] = (int)value;
        break;
    case TYPE_FLOAT:
        ((float *)buffer)[element] = (float)value;
        break;
    default:
        ((double *)buffer)[element] = value;
        break;
    }
}

static double pattern_load(enum collective_type type, const void *buffer, size_t element) {
    switch (type) {
    case TYPE_INT:
        return ((const int *)buffer)[element];
    case TYPE_FLOAT:
        return (double)((const float *)buffer)[element];
    default:
        return ((const double *)buffer)[element];
    }
}

void collective_pattern_fill(const struct collective_pattern *pattern, int rank, void *buffer,
                             size_t count) {
    for (size_t k = 0; k < count; k++)
        pattern_store(pattern->type, buffer, k, collective_contribution(pattern, rank, k));
}

void collective_pattern_spoil(const struct collective_pattern *pattern, void *buffer,
                              size_t count) {
    unsigned char *bytes = buffer;
    for (size_t k = 0; k < count; k++)
        pattern_store(pattern->type, buffer, k, collective_expected(pattern, k));
    for (size_t k = 0; k < count * collective_type_bytes(pattern->type); k++)
        bytes[k] = (unsigned char)~bytes[k];
}

bool collective_pattern_check(const struct collective_pattern *pattern, const void *buffer,
                              size_t count, size_t *element, double *got) {
    for (size_t k = 0; k < count; k++) {
        *got = pattern_load(pattern->type, buffer, k);
        *element = k;
        if (!(*got == collective_expected(pattern, k))) /* so also for what is no number */
            return false;
    }
    return true;
}
