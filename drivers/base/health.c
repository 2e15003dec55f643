/* SPDX-License-Identifier: MIT
 * Reads cpufreq, sensors and the flags of a Raspberry Pi's firmware. */
#include "base/health.h"

#include "base/pi_firmware.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool begins_with(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Adds a word to a list with commas unless it is there. */
static void add_word(char *list, size_t bytes, const char *word) {
    const size_t used = strlen(list);
    for (const char *at = list; (at = strstr(at, word)); at += strlen(word))
        if ((at == list || at[-1] == ' ') && strchr(",", at[strlen(word)]))
            return;
    if (used + strlen(word) + sizeof ", " <= bytes)
        snprintf(list + used, bytes - used, "%s%s", used ? ", " : "", word);
}

/* Each policy stands for the CPUs that share a clock. */
static void look_at_clocks(struct health *health, const char *root) {
    static const char directory[] = "/sys/devices/system/cpu/cpufreq";
    char **names;
    const size_t count = system_names(root, directory, &names);
    for (size_t k = 0; k < count; k++) {
        char text[32];
        double khz;
        if (!begins_with(names[k], "policy"))
            continue;
        if (system_text(root, text, sizeof text, "%s/%s/scaling_governor", directory, names[k]) ==
            SYSTEM_READ)
            add_word(health->governors, sizeof health->governors, text);
        if (!health->driver[0])
            system_text(root, health->driver, sizeof health->driver, "%s/%s/scaling_driver",
                        directory, names[k]);
        if (system_number(root, &khz, "%s/%s/scaling_min_freq", directory, names[k]) == SYSTEM_READ)
            health->min_mhz = fmin(health->min_mhz, khz / 1e3);
        if (system_number(root, &khz, "%s/%s/scaling_max_freq", directory, names[k]) == SYSTEM_READ)
            health->max_mhz = fmax(health->max_mhz, khz / 1e3);
    }
    system_names_free(names, count);
}

/* Sensors of processors: "cpu-thermal" of a Raspberry Pi, "x86_pkg_temp" of Intel. */
static void look_at_zones(struct health *health, const char *root) {
    char **names;
    const size_t count = system_names(root, "/sys/class/thermal", &names);
    for (size_t k = 0; k < count; k++) {
        char type[32];
        double value;
        if (begins_with(names[k], "thermal_zone") &&
            system_text(root, type, sizeof type, "/sys/class/thermal/%s/type", names[k]) ==
                SYSTEM_READ &&
            (strstr(type, "cpu") || strstr(type, "pkg") || strstr(type, "soc")) &&
            system_number(root, &value, "/sys/class/thermal/%s/temp", names[k]) == SYSTEM_READ &&
            !(value / 1e3 <= health->celsius)) {
            health->celsius = value / 1e3;
            snprintf(health->sensor, sizeof health->sensor, "%s", type);
        }
    }
    system_names_free(names, count);
}

/* Drivers of sensors in the processors of AMD and Intel, whose first input is the package's. */
static void look_at_monitors(struct health *health, const char *root) {
    char **names;
    const size_t count = system_names(root, "/sys/class/hwmon", &names);
    for (size_t k = 0; k < count; k++) {
        char name[32];
        double value;
        if (system_text(root, name, sizeof name, "/sys/class/hwmon/%s/name", names[k]) ==
                SYSTEM_READ &&
            (strcmp(name, "k10temp") == 0 || strcmp(name, "zenpower") == 0 ||
             strcmp(name, "coretemp") == 0) &&
            system_number(root, &value, "/sys/class/hwmon/%s/temp1_input", names[k]) ==
                SYSTEM_READ &&
            !(value / 1e3 <= health->celsius)) {
            health->celsius = value / 1e3;
            snprintf(health->sensor, sizeof health->sensor, "%s", name);
        }
    }
    system_names_free(names, count);
}

/* "soc" has another name on a Raspberry Pi 5: "soc@107c000000". */
static enum system_read read_pi_flags(uint32_t *flags, const char *root) {
    static const char devices[] = "/sys/devices/platform";
    char **names, text[32];
    enum system_read read = SYSTEM_ABSENT;
    const size_t count = system_names(root, devices, &names);
    for (size_t k = 0; k < count && read == SYSTEM_ABSENT; k++) {
        if (!begins_with(names[k], "soc"))
            continue;
        read = system_text(root, text, sizeof text, "%s/%s/%s:firmware/get_throttled", devices,
                           names[k], names[k]);
        /* The upper half is what was seen between the kernel's last looks. */
        if (read == SYSTEM_READ) {
            const uint32_t both = (uint32_t)strtoul(text, NULL, 16);
            *flags = (both | both >> HEALTH_SINCE_BOOT) & 0xf;
        }
    }
    system_names_free(names, count);
    return read;
}

/* The driver of Linux itself knows under-voltage alone, as an alarm. */
static enum system_read read_pi_alarm(uint32_t *flags, const char *root) {
    char **names, text[32];
    double alarm;
    enum system_read read = SYSTEM_ABSENT;
    const size_t count = system_names(root, "/sys/class/hwmon", &names);
    for (size_t k = 0; k < count && read == SYSTEM_ABSENT; k++) {
        if (system_text(root, text, sizeof text, "/sys/class/hwmon/%s/name", names[k]) !=
                SYSTEM_READ ||
            strcmp(text, "rpi_volt") != 0)
            continue;
        read = system_number(root, &alarm, "/sys/class/hwmon/%s/in0_lcrit_alarm", names[k]);
        if (read == SYSTEM_READ)
            *flags = alarm > 0 ? HEALTH_UNDER_VOLTAGE : 0;
    }
    system_names_free(names, count);
    return read;
}

enum system_read health_firmware_flags(uint32_t *flags, bool *since_boot, const char *root) {
    enum system_read (*const others[])(uint32_t *, const char *) = {read_pi_flags, read_pi_alarm};
    *flags = 0;
    const enum system_read asked = pi_firmware_throttled(flags, root);
    *since_boot = asked == SYSTEM_READ;
    enum system_read read = asked;
    for (size_t k = 0; k < sizeof others / sizeof *others && read != SYSTEM_READ; k++)
        read = others[k](flags, root);
    return read == SYSTEM_READ ? read : asked == SYSTEM_DENIED ? asked : read;
}

void health_flags_text(uint32_t flags, char *text, size_t bytes) {
    static const char *const names[] = {"under-voltage", "frequency capped", "throttled",
                                        "soft temperature limit"};
    text[0] = '\0';
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (flags & (1u << k)) {
            const size_t used = strlen(text);
            snprintf(text + used, bytes - used, "%s%s", used ? ", " : "", names[k]);
        }
}

void health_look(struct health *health, const char *root) {
    *health = (struct health){.min_mhz = NAN, .max_mhz = NAN, .celsius = NAN};
    look_at_clocks(health, root);
    look_at_zones(health, root);
    if (isnan(health->celsius))
        look_at_monitors(health, root);
    bool since_boot;
    health->firmware = health_firmware_flags(&health->flags, &since_boot, root);
    health->since_boot = since_boot;
}
