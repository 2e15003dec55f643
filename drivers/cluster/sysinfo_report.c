/* SPDX-License-Identifier: MIT
 * Writes nodes as JSON: what is not known is null, what may not be read says so. */
#include "cluster/sysinfo_report.h"

#include "cluster/device_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void report_known_text(struct report *report, const char *key, const char *text) {
    if (text[0])
        report_text(report, key, text);
    else
        report_null(report, key);
}

static void report_known_count(struct report *report, const char *key, uint64_t count) {
    if (count > 0)
        report_count(report, key, count);
    else
        report_null(report, key);
}

/* Words separated by a character as a list. */
static void report_words(struct report *report, const char *key, const char *words,
                         const char *separators) {
    report_open_array(report, key);
    while (*words) {
        char word[128];
        const size_t length = strcspn(words, separators);
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        report_text(report, NULL, word);
        words += length;
        words += strspn(words, separators);
        words += strspn(words, " ");
    }
    report_close(report);
}

static void report_read(struct report *report, const char *key, int32_t read) {
    static const char *const names[] = {
        [SYSTEM_ABSENT] = "absent", [SYSTEM_DENIED] = "denied", [SYSTEM_READ] = "read"};
    report_text(report, key, names[read]);
}

static void report_counts(struct report *report, const struct topology_counts *counts) {
    report_count(report, "sockets", (uint64_t)counts->sockets);
    report_count(report, "cores", (uint64_t)counts->cores);
    report_count(report, "threads", (uint64_t)counts->threads);
}

static void report_topology(struct report *report, const struct topology *topology) {
    report_open_object(report, "topology");
    report_text(report, "source", topology->source);
    report_flag(report, "cores_known", topology->cores_known != 0);
    report_counts(report, &topology->online);
    report_count(report, "present_threads", (uint64_t)topology->present);
    report_count(report, "usable_cores", (uint64_t)topology->usable.cores);
    report_count(report, "usable_threads", (uint64_t)topology->usable.threads);
    report_known_count(report, "numa_nodes", (uint64_t)topology->numa_nodes);
    report_open_array(report, "kinds");
    for (int32_t k = 0; k < topology->kind_count; k++) {
        report_open_object(report, NULL);
        report_count(report, "cores", (uint64_t)topology->kinds[k].cores);
        report_count(report, "threads", (uint64_t)topology->kinds[k].threads);
        report_real(report, "max_mhz", topology->kinds[k].max_mhz);
        report_close(report);
    }
    report_close(report);
    report_open_array(report, "caches");
    for (int32_t k = 0; k < topology->cache_count; k++) {
        const struct topology_cache *cache = &topology->caches[k];
        report_open_object(report, NULL);
        report_count(report, "level", (uint64_t)cache->level);
        report_text(report, "type",
                    cache->type == 'd'   ? "data"
                    : cache->type == 'i' ? "instruction"
                                         : "unified");
        report_known_count(report, "bytes", (uint64_t)cache->bytes);
        report_count(report, "count", (uint64_t)cache->count);
        report_count(report, "threads", (uint64_t)cache->threads);
        report_close(report);
    }
    report_close(report);
    report_close(report);
}

static void report_clock(struct report *report, const struct sysinfo *node) {
    report_open_object(report, "clock");
    report_known_text(report, "governor", node->health.governors);
    report_known_text(report, "driver", node->health.driver);
    report_real(report, "min_mhz", node->health.min_mhz);
    report_real(report, "max_mhz", node->health.max_mhz);
    report_real(report, "mhz", node->mhz);
    report_close(report);
}

static void report_heat(struct report *report, const struct sysinfo *node) {
    const struct health *health = &node->health;
    char text[80];
    report_open_object(report, "heat");
    report_real(report, "celsius", health->celsius);
    report_known_text(report, "sensor", health->sensor);
    report_read(report, "firmware", health->firmware);
    if (health->firmware == SYSTEM_READ) {
        health_flags_text(health->flags, text, sizeof text);
        report_words(report, "now", text, ",");
    } else {
        report_null(report, "now");
    }
    if (health->firmware == SYSTEM_READ && health->since_boot) {
        health_flags_text(health->flags >> HEALTH_SINCE_BOOT, text, sizeof text);
        report_words(report, "since_boot", text, ",");
    } else {
        report_null(report, "since_boot");
    }
    report_real(report, "throttles", health->firmware == SYSTEM_READ ? NAN : node->throttles);
    report_close(report);
}

static void report_limits(struct report *report, const struct group_limits *limits) {
    report_open_object(report, "control_groups");
    report_open_array(report, "versions");
    for (uint64_t version = 1; version <= 2; version++)
        if (limits->versions & (int32_t)version)
            report_count(report, NULL, version);
    report_close(report);
    report_real(report, "cpu_quota", limits->cores > 0 ? limits->cores : NAN);
    report_known_count(report, "memory_bytes", limits->memory_bytes);
    report_known_count(report, "processes", limits->processes);
    report_known_text(report, "cpus", limits->cpus);
    report_close(report);
}

static void report_network(struct report *report, const struct network *network) {
    report_open_array(report, "network");
    for (int32_t k = 0; k < network->count && k < NETWORK_INTERFACES; k++) {
        const struct network_interface *interface = &network->interfaces[k];
        report_open_object(report, NULL);
        report_text(report, "name", interface->name);
        report_text(report, "kind", network_kind_text((enum network_kind)interface->kind));
        report_flag(report, "leads_out",
                    network_kind_leads_out((enum network_kind)interface->kind));
        report_flag(report, "up", interface->up != 0);
        report_real(report, "mbit_per_second", interface->mbit);
        report_words(report, "addresses", interface->addresses, ",");
        report_close(report);
    }
    report_close(report);
    report_count(report, "network_interfaces", (uint64_t)network->count);
}

static void report_node(struct report *report, const struct sysinfo *node) {
    report_open_object(report, NULL);
    report_text(report, "host", node->host);
    report_count(report, "rank", (uint64_t)node->rank);
    report_count(report, "ranks", (uint64_t)node->ranks);
    report_known_text(report, "machine", node->processor.board);
    report_known_text(report, "processor", node->processor.name);
    report_topology(report, &node->topology);
    report_words(report, "instructions", node->processor.instructions, " ");
    report_text(report, "path", node->path);
    report_words(report, "paths", node->paths, ",");
    report_known_count(report, "memory_bytes", node->memory_bytes);
    report_known_count(report, "available_bytes", node->free_bytes);
    report_count(report, "swap_bytes", node->swap_bytes);
    report_count(report, "page_bytes", (uint64_t)node->page_bytes);
    report_text(report, "kernel", node->kernel);
    report_known_text(report, "distribution", node->distribution);
    report_count(report, "word_bits", (uint64_t)node->word_bits);
    report_text(report, "byte_order", node->big_endian ? "big" : "little");
    report_text(report, "version", node->version);
    report_text(report, "mpi", node->mpi);
    report_open_array(report, "mpi_standard");
    report_count(report, NULL, (uint64_t)node->mpi_major);
    report_count(report, NULL, (uint64_t)node->mpi_minor);
    report_close(report);
    report_clock(report, node);
    report_heat(report, node);
    report_real(report, "load", node->load);
    report_limits(report, &node->limits);
    report_network(report, &node->network);
    report_open_array(report, "gpus");
    for (int32_t k = 0; k < node->devices.count && k < DEVICES_LISTED; k++)
        report_text(report, NULL, node->devices.names[k]);
    report_close(report);
    report_open_array(report, "devices");
    for (int32_t k = 0; k < node->opened_count; k++) {
        report_open_object(report, NULL);
        device_report(report, &node->opened[k]);
        report_close(report);
    }
    report_close(report);
    report_open_object(report, "energy");
    report_read(report, "counters", node->energy);
    report_count(report, "packages", (uint64_t)node->energy_counters);
    report_close(report);
    if (node->boot != 0)
        report_identifier(report, "boot", node->boot);
    else
        report_null(report, "boot");
    report_close(report);
}

void sysinfo_report(struct report *report, const struct sysinfo *nodes, size_t count) {
    struct topology_counts all = {0};
    for (size_t k = 0; k < count; k++) {
        all.sockets += nodes[k].topology.online.sockets;
        all.cores += nodes[k].topology.online.cores;
        all.threads += nodes[k].topology.online.threads;
    }
    report_open_object(report, "totals");
    report_count(report, "nodes", count);
    report_counts(report, &all);
    report_close(report);
    report_open_array(report, "nodes");
    for (size_t k = 0; k < count; k++)
        report_node(report, &nodes[k]);
    report_close(report);
}
