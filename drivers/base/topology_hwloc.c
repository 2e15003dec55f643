/* SPDX-License-Identifier: MIT
 * Sockets, cores, hardware threads and caches by hwloc. */
#include "base/topology.h"

#ifdef PLAIT_HAVE_HWLOC
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>

/* Of everything that hwloc can look at only the processors matter here. The plugins for devices
 * start the drivers of OpenCL and CUDA, which take 60 MiB and replace the actions of signals; x86
 * moves this thread over all CPUs, and finds what Linux knows already. Which of them this hwloc has
 * does not matter. */
static void hwloc_keep_processors(hwloc_topology_t topology) {
    static const char *const others[] = {"opencl",    "cuda", "nvml", "rsmi",
                                         "levelzero", "gl",   "pci",  "x86"};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        (void)hwloc_topology_set_components(topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST,
                                            others[k]);
    hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
    hwloc_topology_set_type_filter(topology, HWLOC_OBJ_PACKAGE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_type_filter(topology, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_cache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_icache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
    /* CPUs that a cpuset forbids are there all the same. */
    hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
}

static void hwloc_take_threads(hwloc_topology_t topology, struct topology_map *map) {
    hwloc_obj_t thread = NULL;
    while ((thread = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, thread))) {
        const hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, thread);
        const hwloc_obj_t socket =
            hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, thread);
        const int cpu = (int)thread->os_index;
        if (cpu >= MACHINE_CPUS_MAX)
            continue;
        map->cores_known = map->cores_known || core;
        map->threads[map->thread_count++] = (struct topology_thread){
            .cpu = cpu,
            .core = core ? hwloc_bitmap_first(core->cpuset) : cpu,
            .socket = socket ? (int32_t)socket->logical_index : 0,
        };
    }
}

static void hwloc_take_caches(hwloc_topology_t topology, struct topology_map *map) {
    const int depth = hwloc_topology_get_depth(topology);
    for (int level = 0; level < depth; level++) {
        if (!hwloc_obj_type_is_cache(hwloc_get_depth_type(topology, level)))
            continue;
        hwloc_obj_t cache = NULL;
        while ((cache = hwloc_get_next_obj_by_depth(topology, level, cache))) {
            const struct hwloc_cache_attr_s *facts = &cache->attr->cache;
            topology_map_add_cache(map,
                                   (struct topology_cache){
                                       .bytes = (int64_t)facts->size,
                                       .level = (int32_t)facts->depth,
                                       .type = facts->type == HWLOC_OBJ_CACHE_DATA          ? 'd'
                                               : facts->type == HWLOC_OBJ_CACHE_INSTRUCTION ? 'i'
                                                                                            : 'u',
                                       .count = 1,
                                       .threads = hwloc_bitmap_weight(cache->cpuset),
                                   });
        }
    }
}

static int hwloc_thread_compare(const void *left, const void *right) {
    const struct topology_thread *a = left, *b = right;
    return a->cpu < b->cpu ? -1 : a->cpu > b->cpu;
}

struct topology_map *topology_map_of_hwloc(void) {
    struct topology_map *map = calloc(1, sizeof *map);
    hwloc_topology_t topology;
    if (!map || hwloc_topology_init(&topology) != 0) {
        free(map);
        return NULL;
    }
    hwloc_keep_processors(topology);
    map->threads = calloc(MACHINE_CPUS_MAX, sizeof *map->threads);
    if (!map->threads || hwloc_topology_load(topology) != 0) {
        hwloc_topology_destroy(topology);
        topology_map_free(map);
        return NULL;
    }
    snprintf(map->source, sizeof map->source, "hwloc");
    hwloc_take_threads(topology, map);
    hwloc_take_caches(topology, map);
    map->numa_nodes = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE);
    hwloc_topology_destroy(topology);
    qsort(map->threads, (size_t)map->thread_count, sizeof *map->threads, hwloc_thread_compare);
    return map;
}

#else

struct topology_map *topology_map_of_hwloc(void) {
    return NULL;
}

#endif
