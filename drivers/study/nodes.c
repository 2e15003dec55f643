/* SPDX-License-Identifier: MIT
 * Reads and judges nodes. */
#include "study/nodes.h"

#include "study/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double node_number(const json_t *node, const char *key) {
    const json_t *value = json_object_get(node, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static json_t *number_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text_or_null(const char *text) {
    json_t *value = *text ? json_string(text) : NULL;
    return value ? value : json_null();
}

/* -- where they come from ------------------------------------------------------------------------
 */

void nodes_add_report(json_t *nodes, const json_t *report) {
    json_t *placement = json_object_get(report, "placement"), *rank, *node;
    size_t n, r;
    json_array_foreach(json_object_get(report, "nodes"), n, node) {
        json_t *copy = json_deep_copy(node), *binding = json_array();
        json_int_t ranks = 0, threads = 0;
        json_array_foreach(placement, r, rank) {
            if (json_integer_value(json_object_get(rank, "node")) != (json_int_t)n)
                continue;
            if (ranks++ == 0)
                json_object_set(copy, "path", json_object_get(rank, "path"));
            threads += json_integer_value(json_object_get(rank, "threads"));
            json_array_append(binding, json_object_get(rank, "cpus"));
        }
        json_object_set_new(copy, "ranks", json_integer(ranks));
        json_object_set_new(copy, "threads", json_integer(threads));
        json_object_set_new(copy, "binding", binding);
        if (json_is_string(json_object_get(copy, "host")))
            json_array_append(nodes, copy);
        json_decref(copy);
    }
}

static json_t *moment_json(const struct machine_moment *moment) {
    json_t *object = json_object();
    json_object_set_new(object, "mhz", number_or_null(moment->mhz));
    json_object_set_new(object, "load", number_or_null(moment->load));
    json_object_set_new(object, "throttles", number_or_null(moment->throttles));
    return object;
}

json_t *nodes_local(const struct machine *machine, const struct machine_moment *before,
                    const struct machine_moment *after, double seconds, double own_seconds) {
    json_t *node = json_object();
    char boot[17];
    snprintf(boot, sizeof boot, "%016llx", (unsigned long long)machine->boot);
    json_object_set_new(node, "host", json_string(machine->host));
    json_object_set_new(node, "boot", json_string(boot));
    json_object_set_new(node, "system", text_or_null(machine->system));
    json_object_set_new(node, "processor", text_or_null(machine->processor));
    json_object_set_new(node, "sockets", json_integer(machine->sockets));
    json_object_set_new(node, "cores", json_integer(machine->cores));
    json_object_set_new(node, "cpus", json_integer(machine->cpus));
    json_object_set_new(node, "governor", text_or_null(machine->governor));
    json_object_set_new(node, "before", moment_json(before));
    json_object_set_new(node, "after", moment_json(after));
    json_object_set_new(node, "seconds", json_real(seconds));
    json_object_set_new(node, "busy_seconds",
                        number_or_null(after->busy_seconds - before->busy_seconds));
    json_object_set_new(node, "own_seconds", json_real(own_seconds));
    return node;
}

/* -- what happened there -------------------------------------------------------------------------
 */

/* Nodes that share a kernel, as containers and virtual nodes do, are one machine: what one of them
 * counts as busy is the time of all. */
struct shared_machine {
    double busy, own, seconds, cpus, threads;
};

static struct shared_machine machine_of(const json_t *nodes, const char *boot, const json_t *only) {
    struct shared_machine machine = {NAN, 0, NAN, NAN, 0};
    const json_t *node;
    size_t n;
    json_array_foreach(nodes, n, node) {
        const char *theirs = json_string_value(json_object_get(node, "boot"));
        if (node != only && !(boot && theirs && strcmp(boot, theirs) == 0))
            continue;
        machine.busy = fmax(machine.busy, node_number(node, "busy_seconds"));
        machine.seconds = fmax(machine.seconds, node_number(node, "seconds"));
        machine.cpus = fmax(machine.cpus, node_number(node, "cpus"));
        machine.own += node_number(node, "own_seconds");
        machine.threads += fmax(0, node_number(node, "threads"));
    }
    return machine;
}

struct nodes_summary nodes_judge(const json_t *nodes) {
    static const char unknown_boot[] = "0000000000000000";
    struct nodes_summary summary = {0, NAN, NAN, NAN, NAN};
    const json_t *node;
    size_t n;
    json_array_foreach(nodes, n, node) {
        const json_t *before = json_object_get(node, "before"),
                     *after = json_object_get(node, "after");
        const char *boot = json_string_value(json_object_get(node, "boot"));
        if (boot && strcmp(boot, unknown_boot) == 0)
            boot = NULL;
        const struct shared_machine machine = machine_of(nodes, boot, node);
        const double extra = fmax(0, machine.busy - machine.own);
        const double others = isnan(machine.busy) ? NAN : extra / machine.seconds;
        /* More than 5 % of the node; the kernel counts hundredths of seconds on each CPU, so a
         * short run says little. */
        if (extra > 0.03 + 0.01 * machine.cpus && others > 0.05 * machine.cpus + 0.05)
            summary.disturbed |= DISTURBED_LOAD;
        if (machine.threads > machine.cpus)
            summary.disturbed |= DISTURBED_OVERSUBSCRIBED;
        const double from = node_number(before, "mhz"), to = node_number(after, "mhz");
        /* Slower at its end than at its beginning; clocks that rise from idle are as it should be.
         */
        if (to < 0.9 * from)
            summary.disturbed |= DISTURBED_CLOCK;
        if (node_number(after, "throttles") > node_number(before, "throttles"))
            summary.disturbed |= DISTURBED_THROTTLED;
        if (n == 0 || to / from < summary.mhz_after / summary.mhz_before) {
            summary.mhz_before = from;
            summary.mhz_after = to;
        }
        summary.load = fmax(summary.load, node_number(before, "load"));
        summary.others = fmax(summary.others, others);
    }
    return summary;
}

/* -- in words ------------------------------------------------------------------------------------
 */

char *nodes_join(const json_t *nodes, const char *key, const char *link) {
    struct texts texts = {0};
    struct failure ignored = {0};
    char *joined = NULL;
    size_t bytes, n;
    const json_t *node;
    json_array_foreach(nodes, n, node) {
        const char *text = json_string_value(json_object_get(node, key));
        if (text && texts_find(&texts, text) == texts.count)
            texts_add(&texts, text, &ignored);
    }
    FILE *stream = texts.count > 0 ? open_memstream(&joined, &bytes) : NULL;
    for (size_t k = 0; stream && k < texts.count; k++)
        fprintf(stream, "%s%s", k > 0 ? link : "", texts.items[k]);
    if (stream && fclose(stream) != 0) {
        free(joined);
        joined = NULL;
    }
    texts_free(&texts);
    return joined;
}

static bool same_shape(const json_t *a, const json_t *b) {
    return node_number(a, "sockets") == node_number(b, "sockets") &&
           node_number(a, "cores") == node_number(b, "cores") &&
           node_number(a, "cpus") == node_number(b, "cpus");
}

char *nodes_shape(const json_t *nodes) {
    char *shape = NULL;
    size_t bytes, kinds = 0;
    FILE *stream = open_memstream(&shape, &bytes);
    for (size_t n = 0; stream && n < json_array_size(nodes); n++) {
        const json_t *node = json_array_get(nodes, n);
        const double sockets = node_number(node, "sockets"), cores = node_number(node, "cores"),
                     cpus = node_number(node, "cpus");
        size_t count = 0, first = n;
        for (size_t k = 0; k < json_array_size(nodes); k++)
            if (same_shape(node, json_array_get(nodes, k))) {
                count++;
                first = k < first ? k : first;
            }
        if (first == n && sockets > 0 && cores > 0)
            fprintf(stream, "%sS(%zu, %g, %g, %g)", kinds++ ? " + " : "", count, sockets,
                    cores / sockets, cpus / cores);
    }
    if (stream && fclose(stream) == 0 && kinds > 0)
        return shape;
    free(shape);
    return NULL;
}
