/* SPDX-License-Identifier: MIT
 * Reads /proc and /sys. Every file may be missing: containers and other processors lack some. */
#define _GNU_SOURCE /* dl_iterate_phdr, sched_getaffinity */
#include "base/machine.h"

#include "base/cpus_at_start.h"
#include "base/health.h"
#include "plait/digest.h"

#include <link.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

/* -- files of /proc and /sys ---------------------------------------------------------------------
 */

/* The rest of the path of a file of /proc or /sys, of one CPU where it has a %d. */
static FILE *machine_open(const char *root, const char *format, int cpu) {
    char path[4096];
    size_t used = (size_t)snprintf(path, sizeof path, "%s", root);
    if (used >= sizeof path)
        return NULL;
    const char *mark = strstr(format, "%d");
    if (mark)
        snprintf(path + used, sizeof path - used, "%.*s%d%s", (int)(mark - format), format, cpu,
                 mark + 2);
    else
        snprintf(path + used, sizeof path - used, "%s", format);
    return fopen(path, "re");
}

static bool read_first_line(const char *root, const char *format, int cpu, char *text,
                            size_t bytes) {
    FILE *stream = machine_open(root, format, cpu);
    if (!stream)
        return false;
    const bool good = fgets(text, (int)bytes, stream) != NULL;
    fclose(stream);
    if (good)
        text[strcspn(text, "\n")] = '\0';
    return good;
}

/* NAN: there is no number. */
static double machine_read_value(const char *root, const char *format, int cpu) {
    char text[64], *end;
    if (!read_first_line(root, format, cpu, text, sizeof text))
        return NAN;
    const double value = strtod(text, &end);
    return end > text ? value : NAN;
}

/* The first "<key>...: value" of /proc/cpuinfo. */
static void read_processor(const char *root, char *text, size_t bytes) {
    static const char *const keys[] = {"model name", "Model", "Hardware"};
    char line[512];
    for (size_t k = 0; k < sizeof keys / sizeof *keys && !text[0]; k++) {
        FILE *stream = machine_open(root, "/proc/cpuinfo", 0);
        while (stream && !text[0] && fgets(line, sizeof line, stream)) {
            const char *colon = strchr(line, ':');
            if (colon && colon[1] && strncmp(line, keys[k], strlen(keys[k])) == 0)
                snprintf(text, bytes, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        }
        if (stream)
            fclose(stream);
    }
}

/* -- sets of CPUs --------------------------------------------------------------------------------
 */

static bool machine_has_cpu(const struct machine_cpus *cpus, int cpu) {
    return cpus->bits[cpu / 8] & (1u << (cpu % 8));
}

void machine_cpus_find(struct machine_cpus *cpus) {
    if (cpus_at_start_set(sizeof *cpus, cpus))
        return;
    memset(cpus, 0, sizeof *cpus);
    if (sched_getaffinity(0, sizeof *cpus, (cpu_set_t *)(void *)cpus) != 0)
        cpus->bits[0] = 1;
}

void machine_cpus_online(struct machine_cpus *cpus, const char *root) {
    char text[4096] = "";
    bool any = false;
    memset(cpus, 0, sizeof *cpus);
    read_first_line(root, "/sys/devices/system/cpu/online", 0, text, sizeof text);
    for (char *rest = text, *end; *rest; rest = end + (*end == ',')) {
        const long first = strtol(rest, &end, 10);
        if (end == rest)
            break;
        const long last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        for (long cpu = first; cpu >= 0 && cpu <= last && cpu < MACHINE_CPUS_MAX; cpu++, any = true)
            cpus->bits[cpu / 8] |= (unsigned char)(1u << (cpu % 8));
        if (*end && *end != ',')
            break;
    }
    if (!any)
        machine_cpus_find(cpus);
}

void machine_cpus_text(const struct machine_cpus *cpus, char *text, size_t bytes) {
    size_t used = 0;
    snprintf(text, bytes, "%s", "");
    for (int first = 0, last; first < MACHINE_CPUS_MAX; first = last + 1) {
        char range[32];
        last = first;
        if (!machine_has_cpu(cpus, first))
            continue;
        while (last + 1 < MACHINE_CPUS_MAX && machine_has_cpu(cpus, last + 1))
            last++;
        if (last > first)
            snprintf(range, sizeof range, "%s%d-%d", used ? "," : "", first, last);
        else
            snprintf(range, sizeof range, "%s%d", used ? "," : "", first);
        if (used + strlen(range) + sizeof "..." > bytes) {
            snprintf(text + used, bytes - used, "...");
            return;
        }
        used += (size_t)snprintf(text + used, bytes - used, "%s", range);
    }
}

/* -- what it is ----------------------------------------------------------------------------------
 */

/* Beginnings of the names of libraries that a time may depend on. */
static const char *const libraries_of_times[] = {
    "libplait", "libm.",   "libm-",    "libmvec", "libgomp", "libomp",    "libiomp", "libmpi",
    "libopen-", "libpmix", "libprrte", "libucp",  "libuct",  "libfabric", "libpsm",  "libibverbs",
};

static bool is_library_of_times(const char *name) {
    for (size_t k = 0; k < sizeof libraries_of_times / sizeof *libraries_of_times; k++)
        if (strncmp(name, libraries_of_times[k], strlen(libraries_of_times[k])) == 0)
            return true;
    return false;
}

/* Adds the library of one loaded file. The links that programs name lead to files whose names say
 * more: libmpi.so.40 is libmpi.so.40.30.4. */
static int add_library(struct dl_phdr_info *info, size_t bytes, void *context) {
    struct machine *machine = context;
    char *file = info->dlpi_name[0] == '/' ? realpath(info->dlpi_name, NULL) : NULL;
    const char *slash = file ? strrchr(file, '/') : NULL;
    const size_t used = strlen(machine->libraries);
    (void)bytes;
    if (slash && is_library_of_times(slash + 1) &&
        used + strlen(slash) + sizeof " " < sizeof machine->libraries)
        snprintf(machine->libraries + used, sizeof machine->libraries - used, "%s%s",
                 used ? " " : "", slash + 1);
    free(file);
    return 0;
}

static void find_libraries(struct machine *machine) {
#ifdef __GLIBC__
    snprintf(machine->libraries, sizeof machine->libraries, "glibc-%s", gnu_get_libc_version());
#endif
    dl_iterate_phdr(add_library, machine);
}

/* A digest of the boot's number: the number itself is nobody's business. */
uint64_t machine_boot(const char *root) {
    char text[64];
    if (!read_first_line(root, "/proc/sys/kernel/random/boot_id", 0, text, sizeof text))
        return 0;
    return plait_digest_bytes((const unsigned char *)text, strlen(text));
}

/* Whether a value is new to the first *count of a list; then it is added. NAN is always new. */
static void add_new(double *seen, int32_t *count, double value) {
    for (int32_t k = 0; k < *count; k++)
        if (seen[k] == value)
            return;
    seen[(*count)++] = value;
}

void machine_describe(struct machine *machine, const struct machine_cpus *cpus, const char *root) {
    struct utsname name;
    double *cores = malloc(2 * MACHINE_CPUS_MAX * sizeof *cores), *sockets;
    *machine = (struct machine){.boot = machine_boot(root)};
    sockets = cores ? cores + MACHINE_CPUS_MAX : NULL;
    host_name(machine->host);
    if (uname(&name) == 0)
        snprintf(machine->system, sizeof machine->system, "%.20s %.50s %.20s", name.sysname,
                 name.release, name.machine);
    read_processor(root, machine->processor, sizeof machine->processor);
    find_libraries(machine);
    for (int cpu = 0; cpu < MACHINE_CPUS_MAX; cpu++) {
        if (!machine_has_cpu(cpus, cpu))
            continue;
        if (machine->cpus == 0)
            read_first_line(root, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu,
                            machine->governor, sizeof machine->governor);
        machine->cpus++;
        if (!cores)
            continue;
        /* A core is its package and its number there. NAN differs from itself: a core each. */
        const double socket = machine_read_value(
            root, "/sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
        const double core =
            machine_read_value(root, "/sys/devices/system/cpu/cpu%d/topology/core_id", cpu) +
            1e6 * socket;
        add_new(cores, &machine->cores, core);
        add_new(sockets, &machine->sockets, isnan(socket) ? 0 : socket);
    }
    free(cores);
}

/* -- what happens there --------------------------------------------------------------------------
 */

/* Some kernels take 10 ms to find the clock of a CPU, so that a few stand for all. */
enum { CLOCKS_MAX = 8 };

/* Looks for the next CPU of a sample of at most CLOCKS_MAX CPUs, spread over the set. Begin with
 * cpu -1; -1: no more. */
static int next_of_sample(const struct machine_cpus *cpus, int total, int cpu) {
    const int step = (total + CLOCKS_MAX - 1) / CLOCKS_MAX;
    int passed = cpu < 0 ? 0 : -step + 1;
    for (cpu++; cpu < MACHINE_CPUS_MAX; cpu++)
        if (machine_has_cpu(cpus, cpu) && passed++ >= 0)
            return cpu;
    return -1;
}

static int count_cpus(const struct machine_cpus *cpus) {
    int count = 0;
    for (int cpu = 0; cpu < MACHINE_CPUS_MAX; cpu++)
        count += machine_has_cpu(cpus, cpu);
    return count;
}

static double find_mhz(const char *root, const struct machine_cpus *cpus, int total) {
    double sum = 0, count = 0;
    for (int cpu = -1; (cpu = next_of_sample(cpus, total, cpu)) >= 0;) {
        const double khz =
            machine_read_value(root, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
        if (khz > 0) {
            sum += khz / 1e3;
            count++;
        }
    }
    if (count > 0)
        return sum / count;
    char line[512];
    FILE *stream = machine_open(root, "/proc/cpuinfo", 0);
    while (stream && fgets(line, sizeof line, stream)) {
        const char *colon = strchr(line, ':');
        if (colon && strncmp(line, "cpu MHz", 7) == 0) {
            sum += strtod(colon + 1, NULL);
            count++;
        }
    }
    if (stream)
        fclose(stream);
    return count > 0 ? sum / count : NAN;
}

/* user, nice and system of the first line of /proc/stat, with irq, softirq and what a host took
 * away. */
static double find_busy(const char *root) {
    char line[512];
    if (!read_first_line(root, "/proc/stat", 0, line, sizeof line))
        return NAN;
    double ticks = 0;
    char *rest = line + strcspn(line, " ");
    for (int field = 0; field < 8; field++) {
        const double value = strtod(rest, &rest);
        if (field != 3 && field != 4) /* idle, and waiting for a disk */
            ticks += value;
    }
    return ticks / (double)sysconf(_SC_CLK_TCK);
}

void machine_look(struct machine_moment *moment, const struct machine_cpus *cpus,
                  const char *root) {
    char text[64];
    const int total = count_cpus(cpus);
    *moment = (struct machine_moment){find_mhz(root, cpus, total), NAN, find_busy(root), NAN};
    if (read_first_line(root, "/proc/loadavg", 0, text, sizeof text))
        moment->load = strtod(text, NULL);
    for (int cpu = 0; cpu < MACHINE_CPUS_MAX; cpu++) {
        const double count =
            machine_has_cpu(cpus, cpu)
                ? machine_read_value(
                      root, "/sys/devices/system/cpu/cpu%d/thermal_throttle/core_throttle_count",
                      cpu)
                : NAN;
        if (count >= 0)
            moment->throttles = (moment->throttles > 0 ? moment->throttles : 0) + count;
    }
    /* A Raspberry Pi says by bits what is happening, and what has happened since its boot: any of
     * them that is new counts. */
    uint32_t flags;
    bool since_boot;
    if (health_firmware_flags(&flags, &since_boot, root) == SYSTEM_READ)
        moment->throttles = flags;
}
