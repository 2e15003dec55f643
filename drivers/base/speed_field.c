/* SPDX-License-Identifier: MIT
 * Speeds in a tree. */
#include "base/speed_field.h"

#include <stddef.h>
#include <stdlib.h>

static const double works_no_more = -1;

bool speed_field_begin(struct speed_field *field, int ranks) {
    *field = (struct speed_field){.ranks = ranks, .leaves = 1, .unknown = ranks};
    while (field->leaves < ranks)
        field->leaves *= 2;
    const size_t nodes = 2 * (size_t)field->leaves;
    field->speed = calloc((size_t)ranks, sizeof *field->speed);
    field->sum = calloc(nodes, sizeof *field->sum);
    field->fastest = calloc(nodes, sizeof *field->fastest);
    return field->speed && field->sum && field->fastest;
}

void speed_field_end(struct speed_field *field) {
    free(field->speed);
    free(field->sum);
    free(field->fastest);
    *field = (struct speed_field){0};
}

static double field_larger(double a, double b) {
    return a > b ? a : b;
}

static void field_count(struct speed_field *field, int rank, int by) {
    field->known += field->speed[rank] > 0 ? by : 0;
    field->unknown += field->speed[rank] == 0 ? by : 0;
}

static void field_store(struct speed_field *field, int rank, double speed) {
    size_t node = (size_t)field->leaves + (size_t)rank;
    field_count(field, rank, -1);
    field->speed[rank] = speed;
    field_count(field, rank, 1);
    field->sum[node] = field->fastest[node] = field_larger(speed, 0);
    for (node /= 2; node > 0; node /= 2) {
        field->sum[node] = field->sum[2 * node] + field->sum[2 * node + 1];
        field->fastest[node] = field_larger(field->fastest[2 * node], field->fastest[2 * node + 1]);
    }
}

void speed_field_set(struct speed_field *field, int rank, double speed) {
    field_store(field, rank, speed);
}

void speed_field_leave(struct speed_field *field, int rank) {
    field_store(field, rank, works_no_more);
}

struct speed_others speed_field_others(const struct speed_field *field, int rank) {
    /* n numbers that are not negative, added in any order, come within n - 1 roundings of their
     * sum; in the tree and on the way up it within two for each of 31 levels at most. */
    struct speed_others others = {
        .error = (field->ranks + 80.0) * 0x1p-53,
        .known = field->known - (field->speed[rank] > 0),
        .unknown = field->unknown - (field->speed[rank] == 0),
    };
    for (size_t node = (size_t)field->leaves + (size_t)rank; node > 1; node /= 2) {
        others.sum += field->sum[node ^ 1];
        others.fastest = field_larger(others.fastest, field->fastest[node ^ 1]);
    }
    return others;
}

double speed_field_walk(const struct speed_field *field, int rank) {
    double sum = 0;
    for (int r = 0; r < field->ranks; r++)
        if (r != rank && field->speed[r] > 0)
            sum += field->speed[r];
    return sum;
}
