/* SPDX-License-Identifier: MIT
 * Collects what is known about a node. */
#include "cluster/sysinfo_node.h"

#include "base/energy.h"
#include "plait/exec.h"
#include "plait/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static uint64_t meminfo_bytes(const char *root, const char *key) {
    char text[64];
    long place = 0;
    system_field(root, "/proc/meminfo", key, &place, text, sizeof text);
    return strtoull(text, NULL, 10) * 1024;
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static void find_distribution(const char *root, char *text, size_t bytes) {
    char all[2048];
    if (system_text(root, all, sizeof all, "/etc/os-release") != SYSTEM_READ)
        return;
    const char *name = strstr(all, "PRETTY_NAME=");
    if (!name)
        return;
    name += strlen("PRETTY_NAME=");
    name += *name == '"' || *name == '\'';
    snprintf(text, bytes, "%.*s", (int)strcspn(name, "\"'\n"), name);
}

static void find_kernel(const char *root, char *text, size_t bytes) {
    struct utsname name = {0};
    char release[80];
    uname(&name);
    if (system_text(root, release, sizeof release, "/proc/sys/kernel/osrelease") != SYSTEM_READ)
        snprintf(release, sizeof release, "%.79s", name.release);
    snprintf(text, bytes, "%.32s %s %.32s", name.sysname, release, name.machine);
}

static void find_paths(char *text, size_t bytes) {
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        const size_t used = strlen(text);
        if (plait_path_supported(path))
            snprintf(text + used, bytes - used, "%s%s", used ? ", " : "", plait_path_name(path));
    }
}

static void find_energy(struct sysinfo *node, const char *root) {
    struct energy *energy = malloc(sizeof *energy);
    if (!energy)
        return;
    energy_begin(energy, root);
    node->energy = (int32_t)energy->state;
    node->energy_counters = (int32_t)energy->count;
    free(energy);
}

bool sysinfo_find(struct sysinfo *node, const struct machine_cpus *usable, const char *root) {
    const uint16_t one = 1;
    struct machine_moment moment;
    struct machine *machine = malloc(sizeof *machine);
    memset(node, 0, sizeof *node);
    if (!machine)
        return false;
    machine_describe(machine, usable, root);
    node->boot = machine->boot;
    memcpy(node->host, machine->host, sizeof node->host);
    free(machine);
    machine_look(&moment, usable, root);
    node->mhz = moment.mhz;
    node->load = moment.load;
    node->throttles = moment.throttles;
    find_kernel(root, node->kernel, sizeof node->kernel);
    find_distribution(root, node->distribution, sizeof node->distribution);
    find_paths(node->paths, sizeof node->paths);
    snprintf(node->version, sizeof node->version, "%s", plait_version());
    node->memory_bytes = meminfo_bytes(root, "MemTotal");
    node->free_bytes = meminfo_bytes(root, "MemAvailable");
    node->swap_bytes = meminfo_bytes(root, "SwapTotal");
    node->page_bytes = (int32_t)sysconf(_SC_PAGESIZE);
    node->word_bits = (int32_t)(8 * sizeof(void *));
    node->big_endian = *(const unsigned char *)&one == 0;
    find_energy(node, root);
    processor_describe(&node->processor, root);
    health_look(&node->health, root);
    group_limits_find(&node->limits, root);
    network_find(&node->network, root);
    devices_find(&node->devices, root);
    return topology_describe(&node->topology, usable, root);
}
