/* SPDX-License-Identifier: MIT
 * Counts the objects of a node, and reads them from /sys where hwloc is not asked. */
#include "base/topology.h"

#include "base/system_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPU_DIRECTORY "/sys/devices/system/cpu"

/* -- from /sys -----------------------------------------------------------------------------------
 */

struct list_facts {
    int first, count;
};

static void list_note(void *context, int number) {
    struct list_facts *facts = context;
    facts->first = facts->count == 0 || number < facts->first ? number : facts->first;
    facts->count++;
}

static struct list_facts list_look(const char *list) {
    struct list_facts facts = {-1, 0};
    system_list(list, list_note, &facts);
    return facts;
}

/* Cores and sockets are known by the lists of threads that they share: numbers of cores are no use,
 * several clusters of an Arm processor have the same. */
static void sys_read_thread(const char *root, struct topology_map *map,
                            struct topology_thread *thread) {
    char list[256];
    double socket;
    if (system_text(root, list, sizeof list, CPU_DIRECTORY "/cpu%d/topology/core_cpus_list",
                    thread->cpu) == SYSTEM_READ ||
        system_text(root, list, sizeof list, CPU_DIRECTORY "/cpu%d/topology/thread_siblings_list",
                    thread->cpu) == SYSTEM_READ) {
        const struct list_facts siblings = list_look(list);
        thread->core = siblings.count > 0 ? siblings.first : thread->cpu;
        map->cores_known = true;
    }
    /* -1 on some Arm boards, which have one. */
    if (system_number(root, &socket, CPU_DIRECTORY "/cpu%d/topology/physical_package_id",
                      thread->cpu) == SYSTEM_READ &&
        socket > 0)
        thread->socket = (int32_t)socket;
}

static int64_t sys_cache_bytes(const char *text) {
    char *end;
    const long long number = strtoll(text, &end, 10);
    const int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    return number > 0 ? (int64_t)number << shift : 0;
}

/* The caches whose first sharer this thread is, so that each is met once. */
static void sys_read_caches(const char *root, struct topology_map *map, int32_t cpu) {
    for (int index = 0; index < TOPOLOGY_CACHES; index++) {
        char type[16], size[32], list[256];
        double level;
        if (system_number(root, &level, CPU_DIRECTORY "/cpu%d/cache/index%d/level", cpu, index) !=
            SYSTEM_READ)
            return;
        system_text(root, type, sizeof type, CPU_DIRECTORY "/cpu%d/cache/index%d/type", cpu, index);
        system_text(root, size, sizeof size, CPU_DIRECTORY "/cpu%d/cache/index%d/size", cpu, index);
        struct list_facts sharers = {cpu, 1};
        if (system_text(root, list, sizeof list,
                        CPU_DIRECTORY "/cpu%d/cache/index%d/shared_cpu_list", cpu,
                        index) == SYSTEM_READ)
            sharers = list_look(list);
        if (sharers.first == cpu)
            topology_map_add_cache(map, (struct topology_cache){
                                            .bytes = sys_cache_bytes(size),
                                            .level = (int32_t)level,
                                            .type = type[0] == 'D'   ? 'd'
                                                    : type[0] == 'I' ? 'i'
                                                                     : 'u',
                                            .count = 1,
                                            .threads = sharers.count,
                                        });
    }
}

static void node_count(void *context, int number) {
    (void)number;
    ++*(int32_t *)context;
}

static struct topology_map *map_of_sys(const char *root) {
    struct topology_map *map = calloc(1, sizeof *map);
    char list[4096];
    if (map)
        map->threads = calloc(MACHINE_CPUS_MAX, sizeof *map->threads);
    if (!map || !map->threads) {
        topology_map_free(map);
        return NULL;
    }
    snprintf(map->source, sizeof map->source, "/sys");
    struct machine_cpus online;
    machine_cpus_online(&online, root);
    for (int32_t cpu = 0; cpu < MACHINE_CPUS_MAX; cpu++)
        if (online.bits[cpu / 8] & (1u << (cpu % 8)))
            map->threads[map->thread_count++] = (struct topology_thread){cpu, cpu, 0};
    if (system_text(root, list, sizeof list, "/sys/devices/system/node/has_memory") == SYSTEM_READ)
        system_list(list, node_count, &map->numa_nodes);
    for (int32_t k = 0; k < map->thread_count; k++) {
        sys_read_thread(root, map, &map->threads[k]);
        sys_read_caches(root, map, map->threads[k].cpu);
    }
    return map;
}

/* -- both ----------------------------------------------------------------------------------------
 */

void topology_map_add_cache(struct topology_map *map, struct topology_cache cache) {
    int32_t place = 0;
    for (; place < map->cache_count; place++) {
        struct topology_cache *other = &map->caches[place];
        if (other->level == cache.level && other->type == cache.type &&
            other->bytes == cache.bytes && other->threads == cache.threads) {
            other->count += cache.count;
            return;
        }
        if (other->level > cache.level || (other->level == cache.level && other->type > cache.type))
            break;
    }
    if (map->cache_count == TOPOLOGY_CACHES)
        return;
    memmove(&map->caches[place + 1], &map->caches[place],
            (size_t)(map->cache_count - place) * sizeof cache);
    map->caches[place] = cache;
    map->cache_count++;
}

struct topology_map *topology_map_new(const char *root) {
    struct topology_map *map = *root ? NULL : topology_map_of_hwloc();
    return map ? map : map_of_sys(root);
}

void topology_map_free(struct topology_map *map) {
    if (map)
        free(map->threads);
    free(map);
}

static bool topology_has_cpu(const struct machine_cpus *cpus, int32_t cpu) {
    return !cpus || (cpus->bits[cpu / 8] & (1u << (cpu % 8)));
}

/* Whether no thread of the set before this one has the same core, or the same socket. */
static bool is_first(const struct topology_map *map, const struct machine_cpus *cpus, int32_t k,
                     bool of_socket) {
    const struct topology_thread *thread = &map->threads[k];
    for (int32_t j = 0; j < k; j++) {
        const struct topology_thread *other = &map->threads[j];
        if (topology_has_cpu(cpus, other->cpu) &&
            (of_socket ? other->socket == thread->socket : other->core == thread->core))
            return false;
    }
    return true;
}

struct topology_counts topology_count(const struct topology_map *map,
                                      const struct machine_cpus *cpus) {
    struct topology_counts counts = {0};
    for (int32_t k = 0; k < map->thread_count; k++) {
        if (!topology_has_cpu(cpus, map->threads[k].cpu))
            continue;
        counts.threads++;
        counts.cores += is_first(map, cpus, k, false);
        counts.sockets += is_first(map, cpus, k, true);
    }
    return counts;
}

void topology_cores(const struct topology_map *map, int32_t *cores, size_t count) {
    for (size_t cpu = 0; cpu < count; cpu++)
        cores[cpu] = -1;
    for (int32_t k = 0; k < map->thread_count; k++)
        if ((size_t)map->threads[k].cpu < count)
            cores[map->threads[k].cpu] = map->threads[k].core;
}

int topology_whole_cores(const int32_t *cores, const void *cpu_set, void *whole, size_t bytes) {
    const unsigned char *set = cpu_set;
    unsigned char *all = whole;
    const size_t count = 8 * bytes;
    int found = 0;
    if (all)
        memset(all, 0, bytes);
    for (size_t cpu = 0; cpu < count; cpu++) { /* a core is known by the first of its CPUs */
        bool is_in = false;
        if (cores[cpu] != (int32_t)cpu)
            continue;
        for (size_t k = cpu; k < count && !is_in; k++)
            is_in = cores[k] == (int32_t)cpu && (set[k / 8] & (1u << (k % 8)));
        found += is_in;
        for (size_t k = cpu; k < count && is_in && all; k++)
            if (cores[k] == (int32_t)cpu)
                all[k / 8] |= (unsigned char)(1u << (k % 8));
    }
    return found;
}

bool topology_has_threads(const char *root) {
    double active;
    return system_number(root, &active, CPU_DIRECTORY "/smt/active") == SYSTEM_READ && active > 0;
}

/* -- kinds of cores ------------------------------------------------------------------------------
 */

struct kind_set {
    struct machine_cpus cpus;
    double capacity; /* relative to each other */
};

static void kind_add_cpu(void *context, int cpu) {
    struct kind_set *kind = context;
    if (cpu < MACHINE_CPUS_MAX)
        kind->cpus.bits[cpu / 8] |= (unsigned char)(1u << (cpu % 8));
}

/* Intel's processors with two kinds have a device for each. */
static int32_t kinds_of_devices(const char *root, struct kind_set kinds[TOPOLOGY_KINDS]) {
    static const char *const devices[] = {"cpu_core", "cpu_atom", "cpu_lowpower"};
    int32_t count = 0;
    for (size_t k = 0; k < sizeof devices / sizeof *devices; k++) {
        char list[4096];
        if (system_text(root, list, sizeof list, "/sys/devices/%s/cpus", devices[k]) == SYSTEM_READ)
            system_list(list, kind_add_cpu, &kinds[count++]);
    }
    return count;
}

/* Others have capacities, the largest being 1024; a tenth less is the same kind, its best cores
 * chosen for the highest clock. */
static int32_t kinds_of_capacities(const char *root, const struct topology_map *map,
                                   struct kind_set kinds[TOPOLOGY_KINDS]) {
    int32_t count = 0;
    for (int32_t t = 0; t < map->thread_count; t++) {
        const int32_t cpu = map->threads[t].cpu;
        double capacity;
        int32_t k = 0;
        if (system_number(root, &capacity, CPU_DIRECTORY "/cpu%d/cpu_capacity", cpu) != SYSTEM_READ)
            return 0;
        while (k < count && fabs(kinds[k].capacity - capacity) > 0.1 * kinds[k].capacity)
            k++;
        if (k == TOPOLOGY_KINDS)
            return 0;
        if (k == count)
            kinds[count++].capacity = capacity;
        kind_add_cpu(&kinds[k], cpu);
    }
    return count;
}

static double kind_max_mhz(const char *root, const struct topology_map *map,
                           const struct machine_cpus *cpus) {
    double most = NAN;
    for (int32_t t = 0; t < map->thread_count; t++) {
        double khz;
        if (topology_has_cpu(cpus, map->threads[t].cpu) &&
            system_number(root, &khz, CPU_DIRECTORY "/cpu%d/cpufreq/cpuinfo_max_freq",
                          map->threads[t].cpu) == SYSTEM_READ)
            most = fmax(most, khz / 1e3);
    }
    return most;
}

static int kind_compare(const void *left, const void *right) {
    const struct kind_set *a = left, *b = right;
    return a->capacity > b->capacity ? -1 : a->capacity < b->capacity;
}

static bool find_kinds(struct topology *topology, const struct topology_map *map,
                       const char *root) {
    struct kind_set *kinds = calloc(TOPOLOGY_KINDS, sizeof *kinds);
    if (!kinds)
        return false;
    int32_t count = kinds_of_devices(root, kinds);
    if (count == 0)
        count = kinds_of_capacities(root, map, kinds);
    if (count > 1)
        qsort(kinds, (size_t)count, sizeof *kinds, kind_compare);
    for (int32_t k = 0; k < (count > 1 ? count : 1); k++) {
        const struct machine_cpus *cpus = count > 1 ? &kinds[k].cpus : NULL;
        const struct topology_counts counts = topology_count(map, cpus);
        if (counts.threads > 0)
            topology->kinds[topology->kind_count++] =
                (struct topology_kind){counts.cores, counts.threads, kind_max_mhz(root, map, cpus)};
    }
    free(kinds);
    return true;
}

bool topology_describe(struct topology *topology, const struct machine_cpus *usable,
                       const char *root) {
    struct topology_map *map = topology_map_new(root);
    char list[4096];
    *topology = (struct topology){0};
    if (!map)
        return false;
    topology->online = topology_count(map, NULL);
    topology->usable = topology_count(map, usable);
    topology->numa_nodes = map->numa_nodes;
    topology->cores_known = map->cores_known;
    topology->cache_count = map->cache_count;
    memcpy(topology->caches, map->caches, sizeof map->caches);
    memcpy(topology->source, map->source, sizeof map->source);
    topology->present = topology->online.threads;
    if (system_text(root, list, sizeof list, CPU_DIRECTORY "/present") == SYSTEM_READ) {
        const int count = list_look(list).count;
        topology->present = count > topology->present ? count : topology->present;
    }
    const bool good = find_kinds(topology, map, root);
    topology_map_free(map);
    return good;
}
