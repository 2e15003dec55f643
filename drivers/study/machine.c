/* SPDX-License-Identifier: MIT
 * Reads /proc and /sys. Every file may be missing: containers and other processors lack some. */
#include "study/machine.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { CPUS_MAX = 1024 };

static bool read_first_line(const char *path, char *text, size_t bytes) {
    FILE *stream = fopen(path, "re");
    if (!stream)
        return false;
    const bool good = fgets(text, (int)bytes, stream) != NULL;
    fclose(stream);
    if (good)
        text[strcspn(text, "\n")] = '\0';
    return good;
}

static double machine_read_value(const char *format, int cpu) {
    char path[128], text[64];
    snprintf(path, sizeof path, format, cpu);
    return read_first_line(path, text, sizeof text) ? strtod(text, NULL) : NAN;
}

/* The first "<key>...: value" of /proc/cpuinfo. */
static void read_processor(char *text, size_t bytes) {
    static const char *const keys[] = {"model name", "Model", "Hardware"};
    char line[512];
    for (size_t k = 0; k < sizeof keys / sizeof *keys && !text[0]; k++) {
        FILE *stream = fopen("/proc/cpuinfo", "re");
        while (stream && !text[0] && fgets(line, sizeof line, stream)) {
            const char *colon = strchr(line, ':');
            if (colon && colon[1] && strncmp(line, keys[k], strlen(keys[k])) == 0)
                snprintf(text, bytes, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        }
        if (stream)
            fclose(stream);
    }
}

static void find_cpus(cpu_set_t *set) {
    CPU_ZERO(set);
    if (sched_getaffinity(0, sizeof *set, set) != 0)
        CPU_SET(0, set);
}

static void add_new(double *seen, unsigned *count, double value) {
    for (unsigned k = 0; k < *count; k++)
        if (seen[k] == value)
            return;
    seen[(*count)++] = value;
}

void machine_describe(struct machine *machine) {
    struct utsname name;
    cpu_set_t set;
    double seen[CPUS_MAX], sockets[CPUS_MAX];
    *machine = (struct machine){0};
    if (gethostname(machine->host, sizeof machine->host - 1) != 0)
        strcpy(machine->host, "unknown");
    if (uname(&name) == 0)
        snprintf(machine->system, sizeof machine->system, "%.20s %.50s %.20s", name.sysname,
                 name.release, name.machine);
    read_processor(machine->processor, sizeof machine->processor);
    find_cpus(&set);
    for (int cpu = 0; cpu < CPUS_MAX && cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &set))
            continue;
        if (machine->cpus == 0) {
            char path[128];
            snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor",
                     cpu);
            read_first_line(path, machine->governor, sizeof machine->governor);
        }
        /* A core is its package and its number there. NAN differs from itself: a core each. */
        const double socket =
            machine_read_value("/sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
        const double core =
            machine_read_value("/sys/devices/system/cpu/cpu%d/topology/core_id", cpu) +
            1e6 * socket;
        machine->cpus++;
        add_new(seen, &machine->cores, core);
        add_new(sockets, &machine->sockets, isnan(socket) ? 0 : socket);
    }
}

static double find_mhz(const cpu_set_t *set) {
    double sum = 0, count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        const double khz =
            CPU_ISSET(cpu, set)
                ? machine_read_value("/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu)
                : NAN;
        if (khz > 0) {
            sum += khz / 1e3;
            count++;
        }
    }
    if (count > 0)
        return sum / count;
    char line[512];
    FILE *stream = fopen("/proc/cpuinfo", "re");
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
static double find_busy(void) {
    char line[512];
    if (!read_first_line("/proc/stat", line, sizeof line))
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

void machine_look(struct machine_moment *moment) {
    char text[64];
    cpu_set_t set;
    find_cpus(&set);
    *moment = (struct machine_moment){find_mhz(&set), NAN, find_busy(), NAN};
    if (read_first_line("/proc/loadavg", text, sizeof text))
        moment->load = strtod(text, NULL);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        const double count =
            CPU_ISSET(cpu, &set)
                ? machine_read_value(
                      "/sys/devices/system/cpu/cpu%d/thermal_throttle/core_throttle_count", cpu)
                : NAN;
        if (count >= 0)
            moment->throttles = (moment->throttles > 0 ? moment->throttles : 0) + count;
    }
    /* A Raspberry Pi says by bits what has happened since its boot: any of them that is new counts.
     */
    if (read_first_line("/sys/devices/platform/soc/soc:firmware/get_throttled", text, sizeof text))
        moment->throttles = (double)strtoul(text, NULL, 16);
}
