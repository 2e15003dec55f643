/* SPDX-License-Identifier: MIT
 * Prints tables, vectors and totals of nodes. */
#include "cluster/sysinfo_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_COLUMNS = 80, VALUE_COLUMN = 16, VALUE_BYTES = 4096 };

/* -- rows ----------------------------------------------------------------------------------------
 */

/* Words of a value, wrapped into the right column; a line break in it stays. An item that ends with
 * a comma is what is wrapped where it fits: a space written as '\1' keeps words together. */
static void put_value(FILE *stream, const char *value) {
    size_t column = VALUE_COLUMN;
    while (*value) {
        if (*value == '\n') {
            fprintf(stream, "\n%*s", VALUE_COLUMN, "");
            column = VALUE_COLUMN;
            value++;
            continue;
        }
        const size_t length = strcspn(value, " \n");
        if (column > VALUE_COLUMN && column + 1 + length > LINE_COLUMNS) {
            fprintf(stream, "\n%*s", VALUE_COLUMN, "");
            column = VALUE_COLUMN;
        } else if (column > VALUE_COLUMN) {
            fputc(' ', stream);
            column++;
        }
        for (size_t k = 0; k < length; k++)
            fputc(value[k] == '\1' ? ' ' : value[k], stream);
        column += length;
        value += length + (value[length] == ' ');
    }
    fputc('\n', stream);
}

static void put_row(FILE *stream, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void put_row(FILE *stream, const char *label, const char *format, ...) {
    char value[VALUE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    fprintf(stream, "%-*s", VALUE_COLUMN, label);
    put_value(stream, value);
}

/* Adds to a value, with ", " before all but its first item; spaces of an item keep together. */
static void add_item(char value[VALUE_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add_item(char value[VALUE_BYTES], const char *format, ...) {
    size_t used = strlen(value);
    va_list arguments;
    if (used > 0 && value[used - 1] != '\n')
        used += (size_t)snprintf(value + used, VALUE_BYTES - used, ", ");
    if (used >= VALUE_BYTES)
        return;
    va_start(arguments, format);
    vsnprintf(value + used, VALUE_BYTES - used, format, arguments);
    va_end(arguments);
    for (char *c = value + used; *c; c++)
        if (*c == ' ')
            *c = '\1';
}

static const char *plural_of(int64_t count) {
    return count == 1 ? "" : "s";
}

struct bytes_text {
    char text[24];
};
/* "512 MiB", "3.70 GiB" */
static struct bytes_text bytes_of(uint64_t bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    struct bytes_text text;
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    snprintf(text.text, sizeof text.text, value < 100 ? "%.3g %s" : "%.0f %s", value, units[unit]);
    return text;
}

/* -- what is the same on nodes of one kind -------------------------------------------------------
 */

static void put_cores(FILE *stream, const struct topology *topology) {
    const struct topology_counts *online = &topology->online, *usable = &topology->usable;
    char value[VALUE_BYTES] = "";
    if (topology->cores_known) {
        add_item(value, "%d socket%s", (int)online->sockets, plural_of(online->sockets));
        add_item(value, "%d core%s", (int)online->cores, plural_of(online->cores));
        add_item(value, "%d thread%s", (int)online->threads, plural_of(online->threads));
    } else {
        add_item(value, "%d thread%s", (int)online->threads, plural_of(online->threads));
        add_item(value, "sockets and cores are not in /sys");
    }
    if (topology->present > online->threads)
        add_item(value, "%d more offline", (int)(topology->present - online->threads));
    if (topology->numa_nodes > 0)
        add_item(value, "%d NUMA node%s", (int)topology->numa_nodes,
                 plural_of(topology->numa_nodes));
    const size_t used = strlen(value);
    snprintf(value + used, sizeof value - used, " (%s)", topology->source);
    put_row(stream, "cores", "%s", value);
    for (int32_t k = 0; k < topology->kind_count && topology->kind_count > 1; k++) {
        const struct topology_kind *kind = &topology->kinds[k];
        char clock[32] = "";
        if (kind->max_mhz > 0)
            snprintf(clock, sizeof clock, ", up to %.0f MHz", kind->max_mhz);
        put_row(stream, k == 0 ? "kinds of cores" : "", "%d core%s, %d thread%s%s",
                (int)kind->cores, plural_of(kind->cores), (int)kind->threads,
                plural_of(kind->threads), clock);
    }
    if (usable->threads < online->threads)
        put_row(stream, "usable", "%d thread%s on %d core%s, by the affinity of the ranks here",
                (int)usable->threads, plural_of(usable->threads), (int)usable->cores,
                plural_of(usable->cores));
}

static void put_caches(FILE *stream, const struct topology *topology) {
    char value[VALUE_BYTES] = "";
    for (int32_t k = 0; k < topology->cache_count; k++) {
        const struct topology_cache *cache = &topology->caches[k];
        char name[24], count[16] = "";
        snprintf(name, sizeof name, "L%d%s", (int)cache->level,
                 cache->type == 'd'   ? "d"
                 : cache->type == 'i' ? "i"
                                      : "");
        if (cache->count > 1)
            snprintf(count, sizeof count, "%d x ", (int)cache->count);
        add_item(value, "%s %s%s", name, count,
                 cache->bytes > 0 ? bytes_of((uint64_t)cache->bytes).text : "of unknown size");
    }
    put_row(stream, "caches", "%s", value[0] ? value : "not known: the kernel does not say");
}

static void put_memory(FILE *stream, const struct sysinfo *node) {
    if (node->memory_bytes == 0)
        put_row(stream, "memory", "not known: /proc/meminfo does not say");
    else
        put_row(stream, "memory", "%s, %s%s, pages of %s", bytes_of(node->memory_bytes).text,
                node->swap_bytes ? "swap of " : "no swap",
                node->swap_bytes ? bytes_of(node->swap_bytes).text : "",
                bytes_of((uint64_t)node->page_bytes).text);
}

static void put_governor(FILE *stream, const struct health *health) {
    if (!health->governors[0] && isnan(health->max_mhz))
        put_row(stream, "governor",
                "none: no cpufreq here, as in a virtual machine, where the host decides");
    else if (isnan(health->min_mhz) || isnan(health->max_mhz))
        put_row(stream, "governor", "%s (%s)", health->governors, health->driver);
    else
        put_row(stream, "governor", "%s (%s), %.0f to %.0f MHz",
                health->governors[0] ? health->governors : "none", health->driver, health->min_mhz,
                health->max_mhz);
}

static void put_limits(FILE *stream, const struct group_limits *limits) {
    static const char *const versions[] = {"", "version 1", "version 2", "versions 1 and 2"};
    char value[VALUE_BYTES] = "";
    if (limits->versions == 0) {
        put_row(stream, "control groups", "none are mounted");
        return;
    }
    add_item(value, "%s", versions[limits->versions & 3]);
    if (limits->cores > 0)
        add_item(value, "CPU quota of %.4g core%s", limits->cores, limits->cores == 1 ? "" : "s");
    if (limits->memory_bytes > 0)
        add_item(value, "memory limit %s", bytes_of(limits->memory_bytes).text);
    if (limits->processes > 0)
        add_item(value, "at most %" PRIu64 " processes", limits->processes);
    if (limits->cpus[0])
        add_item(value, "CPUs %s", limits->cpus);
    if (limits->cores <= 0 && limits->memory_bytes == 0)
        add_item(value, "no quota, no memory limit");
    put_row(stream, "control groups", "%s", value);
}

static void put_network(FILE *stream, const struct network *network) {
    if (network->count == 0)
        put_row(stream, "network", "not known: /sys/class/net does not say");
    for (int32_t k = 0; k < network->count && k < NETWORK_INTERFACES; k++) {
        const struct network_interface *interface = &network->interfaces[k];
        char speed[48] = "";
        if (interface->mbit > 0)
            snprintf(speed, sizeof speed, ", %.0f Mbit/s", interface->mbit);
        else if (network_kind_leads_out((enum network_kind)interface->kind) && interface->up)
            snprintf(speed, sizeof speed, ", speed not known");
        put_row(stream, k == 0 ? "network" : "", "%s: %s%s%s", interface->name,
                network_kind_text((enum network_kind)interface->kind), speed,
                interface->up ? "" : ", down");
    }
    if (network->count > NETWORK_INTERFACES)
        put_row(stream, "", "%d more", (int)(network->count - NETWORK_INTERFACES));
}

static void put_devices(FILE *stream, const struct devices *devices) {
    char value[VALUE_BYTES] = "";
    for (int32_t k = 0; k < devices->count && k < DEVICES_LISTED; k++)
        add_item(value, "%s", devices->names[k]);
    if (devices->count > DEVICES_LISTED)
        add_item(value, "%d more", (int)(devices->count - DEVICES_LISTED));
    put_row(stream, "GPUs", "%s", value[0] ? value : "none that the kernel knows");
}

/* Without their speeds, which differ from node to node. A GPU that OpenCL does not find is idle for
 * lack of a driver, which is said. */
static void put_opened(FILE *stream, const struct sysinfo *node) {
    for (int32_t k = 0; k < node->opened_count; k++) {
        char text[DEVICE_LINE_BYTES];
        device_list_text(&node->opened[k], text);
        put_row(stream, k == 0 ? "OpenCL" : "", "device %d: %s", (int)k, text);
    }
    if (node->opened_count == 0 && node->devices.count > 0)
        put_row(stream, "OpenCL", "%s: runs use threads",
                node->opens_devices ? "finds no GPU" : "is not in this build of Plait");
}

static void put_energy(FILE *stream, const struct sysinfo *node) {
    const int32_t count = node->energy_counters;
    if (count == 0)
        put_row(stream, "energy", "no counters: give --watts to runs with --energy");
    else if (node->energy == SYSTEM_READ)
        put_row(stream, "energy", "counters of %d package%s", (int)count, plural_of(count));
    else
        put_row(stream, "energy", "counters of %d package%s, not readable: %s", (int)count,
                plural_of(count), node->energy == SYSTEM_DENIED ? "needs root" : "reading fails");
}

/* What nodes of one kind have in common, all of it. */
static void put_common(FILE *stream, const struct sysinfo *node) {
    const struct processor *processor = &node->processor;
    if (processor->board[0])
        put_row(stream, "machine", "%s", processor->board);
    put_row(stream, "processor", "%s",
            processor->name[0] ? processor->name : "not known: /proc/cpuinfo does not say");
    put_cores(stream, &node->topology);
    put_caches(stream, &node->topology);
    put_row(stream, "instructions", "%s",
            processor->instructions[0] ? processor->instructions
                                       : "not known: /proc/cpuinfo does not say");
    put_row(stream, "path", "%s, of %s", node->path, node->paths);
    put_memory(stream, node);
    put_row(stream, "system", "%s%s%s", node->kernel, node->distribution[0] ? ", " : "",
            node->distribution);
    put_row(stream, "program", "Plait %s, %d bits, %s-endian", node->version, (int)node->word_bits,
            node->big_endian ? "big" : "little");
    put_row(stream, "MPI", "%s, MPI %d.%d", node->mpi, (int)node->mpi_major, (int)node->mpi_minor);
    put_governor(stream, &node->health);
    put_limits(stream, &node->limits);
    put_network(stream, &node->network);
    put_devices(stream, &node->devices);
    put_opened(stream, node);
    put_energy(stream, node);
}

/* -- what differs from node to node --------------------------------------------------------------
 */

static void add_throttling(char value[VALUE_BYTES], const struct sysinfo *node) {
    const struct health *health = &node->health;
    char now[80], before[80];
    if (health->firmware == SYSTEM_DENIED) {
        add_item(value, "throttling not readable: needs root or the group video");
    } else if (health->firmware == SYSTEM_READ) {
        health_flags_text(health->flags, now, sizeof now);
        health_flags_text(health->flags >> HEALTH_SINCE_BOOT, before, sizeof before);
        if (now[0])
            add_item(value, "NOW: %s", now);
        if (before[0])
            add_item(value, "since boot: %s", before);
        if (!now[0] && !before[0])
            add_item(value, health->since_boot ? "never throttled" : "not throttled now");
    } else if (node->throttles >= 0) {
        add_item(value, "throttled %.0f time%s since boot", node->throttles,
                 node->throttles == 1 ? "" : "s");
    } else {
        add_item(value, "throttling not known");
    }
}

static void put_now(FILE *stream, const char *label, const char *who, const struct sysinfo *node) {
    const struct health *health = &node->health;
    char value[VALUE_BYTES] = "";
    if (node->mhz > 0)
        add_item(value, "%.0f MHz", node->mhz);
    else
        add_item(value, "clock not known");
    if (isnan(health->celsius))
        add_item(value, "temperature not known");
    else
        add_item(value, "%.1f C (%s)", health->celsius, health->sensor);
    add_throttling(value, node);
    if (node->load >= 0)
        add_item(value, "load %.2f", node->load);
    if (node->free_bytes > 0)
        add_item(value, "%s available", bytes_of(node->free_bytes).text);
    put_row(stream, label, "%s%s", who, value);
}

static void put_addresses(FILE *stream, const char *label, const char *who,
                          const struct sysinfo *node) {
    char value[VALUE_BYTES] = "";
    for (int32_t k = 0; k < node->network.count && k < NETWORK_INTERFACES; k++) {
        const struct network_interface *interface = &node->network.interfaces[k];
        if (interface->addresses[0] && interface->kind != NETWORK_LOOPBACK)
            add_item(value, "%s %s", interface->name, interface->addresses);
    }
    for (char *c = value; *c; c++) /* several addresses of an interface may be cut */
        if (*c == '\1' && c > value && c[-1] == ',')
            *c = ' ';
    put_row(stream, label, "%s%s", who, value[0] ? value : "none but those of the loopback");
}

/* -- kinds of nodes ------------------------------------------------------------------------------
 */

static char *common_text(const struct sysinfo *node) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    put_common(stream, node);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

/* The nodes of a kind, however many. */
static bool put_members(FILE *stream, const struct sysinfo *nodes, const size_t *members,
                        size_t count) {
    char *names = NULL;
    size_t bytes;
    FILE *list = open_memstream(&names, &bytes);
    if (!list)
        return false;
    if (count > 1)
        fprintf(list, "%zu alike: ", count);
    for (size_t k = 0; k < count; k++)
        fprintf(list, "%s%s", k ? ", " : "", nodes[members[k]].host);
    const bool good = fclose(list) == 0;
    if (good) {
        fprintf(stream, "%-*s", VALUE_COLUMN, count > 1 ? "nodes" : "node");
        put_value(stream, names);
    }
    free(names);
    return good;
}

static bool put_kind(FILE *stream, const struct sysinfo *nodes, const size_t *members, size_t count,
                     const char *text) {
    if (!put_members(stream, nodes, members, count))
        return false;
    fputs(text, stream);
    for (size_t k = 0; k < count; k++) {
        char who[HOST_NAME_BYTES + 2] = "";
        if (count > 1)
            snprintf(who, sizeof who, "%s: ", nodes[members[k]].host);
        put_now(stream, k == 0 ? "now" : "", who, &nodes[members[k]]);
    }
    for (size_t k = 0; k < count; k++) {
        char who[HOST_NAME_BYTES + 2] = "";
        if (count > 1)
            snprintf(who, sizeof who, "%s: ", nodes[members[k]].host);
        put_addresses(stream, k == 0 ? "addresses" : "", who, &nodes[members[k]]);
    }
    return true;
}

/* Nodes that share a kernel, such as containers, are one machine: its cores count once for whoever
 * buys it. */
static void put_shared_machines(FILE *stream, const struct sysinfo *nodes, size_t count) {
    size_t shared = 0;
    for (size_t k = 0; k < count; k++)
        for (size_t j = 0; j < count; j++)
            if (j != k && nodes[k].boot != 0 && nodes[j].boot == nodes[k].boot) {
                shared++;
                break;
            }
    if (shared > 0)
        put_row(
            stream, "note",
            "%zu of %zu nodes share a kernel with another one: they are containers or the like on the same machine, whose cores are counted for each",
            shared, count);
}

bool sysinfo_print_table(FILE *stream, const struct sysinfo *nodes, size_t count) {
    char **texts = calloc(count + 1, sizeof *texts);
    size_t *members = calloc(count + 1, sizeof *members);
    bool *printed = calloc(count + 1, sizeof *printed);
    bool good = texts && members && printed;
    struct topology_counts all = {0};
    for (size_t k = 0; good && k < count; k++) {
        texts[k] = common_text(&nodes[k]);
        good = texts[k] != NULL;
        all.sockets += nodes[k].topology.online.sockets;
        all.cores += nodes[k].topology.online.cores;
        all.threads += nodes[k].topology.online.threads;
    }
    for (size_t first = 0; good && first < count; first++) {
        size_t alike = 0;
        if (printed[first])
            continue;
        for (size_t k = first; k < count; k++)
            if (!printed[k] && strcmp(texts[first], texts[k]) == 0) {
                members[alike++] = k;
                printed[k] = true;
            }
        good = put_kind(stream, nodes, members, alike, texts[first]);
        if (count > 1)
            fputc('\n', stream);
    }
    if (good && count > 1) {
        put_row(stream, "all", "%zu nodes, %d sockets, %d cores, %d threads", count,
                (int)all.sockets, (int)all.cores, (int)all.threads);
        put_shared_machines(stream, nodes, count);
    }
    for (size_t k = 0; texts && k < count; k++)
        free(texts[k]);
    free(texts);
    free(members);
    free(printed);
    return good;
}

/* -- vectors -------------------------------------------------------------------------------------
 */

static bool same_counts(const struct sysinfo *a, const struct sysinfo *b) {
    return a->topology.online.sockets == b->topology.online.sockets &&
           a->topology.online.cores == b->topology.online.cores &&
           a->topology.online.threads == b->topology.online.threads;
}

size_t sysinfo_first_of_vector(const struct sysinfo *nodes, size_t node) {
    for (size_t k = 0; k < node; k++)
        if (same_counts(&nodes[k], &nodes[node]))
            return k;
    return node;
}

/* "  # red01, red02" */
static void put_hosts(FILE *stream, const struct sysinfo *nodes, size_t count, size_t first) {
    const char *link = "  # ";
    for (size_t k = first; k < count; k++)
        if (same_counts(&nodes[first], &nodes[k])) {
            fprintf(stream, "%s%s", link, nodes[k].host);
            link = ", ";
        }
}

static int alike_of(const struct sysinfo *nodes, size_t count, size_t first) {
    int alike = 0;
    for (size_t k = first; k < count; k++)
        alike += same_counts(&nodes[first], &nodes[k]);
    return alike;
}

void sysinfo_print_vectors(FILE *stream, const struct sysinfo *nodes, size_t count) {
    for (size_t k = 0; k < count; k++) {
        const struct topology *topology = &nodes[k].topology;
        const struct topology_counts *online = &topology->online;
        if (sysinfo_first_of_vector(nodes, k) != k)
            continue;
        fprintf(stream, "S(%d, %d, %.4g, %.4g)", alike_of(nodes, count, k), (int)online->sockets,
                (double)online->cores / online->sockets, (double)online->threads / online->cores);
        put_hosts(stream, nodes, count, k);
        if (online->cores % online->sockets != 0 || online->threads % online->cores != 0)
            fputs(": means, its cores are not all alike", stream);
        if (!topology->cores_known)
            fputs(": cores are not known, a thread is taken for one", stream);
        fputc('\n', stream);
    }
}

void sysinfo_print_totals(FILE *stream, const struct sysinfo *nodes, size_t count) {
    struct topology_counts all = {0};
    int kinds = 0;
    for (size_t k = 0; k < count; k++) {
        const struct topology_counts *online = &nodes[k].topology.online;
        const int alike = alike_of(nodes, count, k);
        all.sockets += online->sockets;
        all.cores += online->cores;
        all.threads += online->threads;
        if (sysinfo_first_of_vector(nodes, k) != k)
            continue;
        kinds++;
        fprintf(stream, "(%d, %d, %d, %d)", alike, alike * (int)online->sockets,
                alike * (int)online->cores, alike * (int)online->threads);
        put_hosts(stream, nodes, count, k);
        fputc('\n', stream);
    }
    if (kinds > 1)
        fprintf(stream, "(%zu, %d, %d, %d)  # all\n", count, (int)all.sockets, (int)all.cores,
                (int)all.threads);
}
