/* SPDX-License-Identifier: MIT
 * Reads energy counters. */
#include "base/energy.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POWERCAP "/sys/class/powercap"
#define HWMON "/sys/class/hwmon"

static void energy_add_counter(struct energy *energy, const char *path, double range_uj) {
    if (energy->count == ENERGY_COUNTERS) {
        energy->state = SYSTEM_ABSENT; /* a part of the energy is none */
        return;
    }
    struct energy_counter *counter = &energy->counters[energy->count++];
    *counter = (struct energy_counter){.range_uj = range_uj};
    snprintf(counter->path, sizeof counter->path, "%s", path);
    const enum system_read read =
        system_number(energy->root, &counter->last_uj, "%s", counter->path);
    if (read < energy->state)
        energy->state = read;
}

/* Zones of the processor packages: "intel-rapl:0", which AMD's processors have too. Their parts
 * ("intel-rapl:0:0") are counted in them; "psys", the whole board, and the second way to the same
 * counters ("intel-rapl-mmio:0") would be counted twice. */
static void find_powercap(struct energy *energy) {
    char **names;
    const size_t count = system_names(energy->root, POWERCAP, &names);
    for (size_t k = 0; k < count; k++) {
        static const char zone[] = "intel-rapl:";
        char name[64], path[ENERGY_PATH_BYTES];
        double range;
        if (strncmp(names[k], zone, sizeof zone - 1) != 0 ||
            strchr(names[k] + sizeof zone - 1, ':') ||
            system_text(energy->root, name, sizeof name, POWERCAP "/%s/name", names[k]) !=
                SYSTEM_READ ||
            strncmp(name, "package-", strlen("package-")) != 0)
            continue;
        system_number(energy->root, &range, POWERCAP "/%s/max_energy_range_uj", names[k]);
        snprintf(path, sizeof path, POWERCAP "/%.40s/energy_uj", names[k]);
        energy_add_counter(energy, path, range > 0 ? range : 0);
    }
    system_names_free(names, count);
}

/* The driver amd_energy has an input for each core and each socket, and sums them up itself. */
static void find_amd_energy(struct energy *energy) {
    char **monitors;
    const size_t count = system_names(energy->root, HWMON, &monitors);
    for (size_t k = 0; k < count; k++) {
        char text[64], path[ENERGY_PATH_BYTES];
        if (system_text(energy->root, text, sizeof text, HWMON "/%s/name", monitors[k]) !=
                SYSTEM_READ ||
            strcmp(text, "amd_energy") != 0)
            continue;
        for (int input = 1; system_text(energy->root, text, sizeof text, HWMON "/%s/energy%d_label",
                                        monitors[k], input) == SYSTEM_READ;
             input++) {
            if (strncmp(text, "Esocket", strlen("Esocket")) != 0)
                continue;
            snprintf(path, sizeof path, HWMON "/%.40s/energy%d_input", monitors[k], input);
            energy_add_counter(energy, path, 0);
        }
    }
    system_names_free(monitors, count);
}

void energy_begin(struct energy *energy, const char *root) {
    *energy = (struct energy){.root = root, .state = SYSTEM_READ};
    find_powercap(energy);
    if (energy->count == 0)
        find_amd_energy(energy);
    if (energy->count == 0)
        energy->state = SYSTEM_ABSENT;
}

void energy_sample(struct energy *energy) {
    for (size_t k = 0; k < energy->count && energy->state == SYSTEM_READ; k++) {
        struct energy_counter *counter = &energy->counters[k];
        double now_uj;
        energy->state = system_number(energy->root, &now_uj, "%s", counter->path);
        if (energy->state != SYSTEM_READ)
            return;
        double used_uj = now_uj - counter->last_uj;
        if (used_uj < 0)
            used_uj += counter->range_uj;
        if (used_uj < 0) /* it was reset, and what came before is not known */
            energy->state = SYSTEM_ABSENT;
        counter->last_uj = now_uj;
        energy->joules += used_uj / 1e6;
    }
}

double energy_period_seconds(const struct energy *energy) {
    const double watts_max = 1000, longest = 60, shortest = 0.1;
    double seconds = longest;
    for (size_t k = 0; k < energy->count; k++)
        if (energy->counters[k].range_uj > 0)
            seconds = fmin(seconds, energy->counters[k].range_uj / 2 / 1e6 / watts_max);
    return fmax(seconds, shortest);
}

/* -- the meter -----------------------------------------------------------------------------------
 */

struct energy_meter {
    struct energy energy; /* of the thread, from its beginning to its end */
    enum system_read at_begin;
    bool has_thread;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool ended; /* under the mutex */
};

static void *energy_meter_loop(void *context) {
    struct energy_meter *meter = context;
    const double period = energy_period_seconds(&meter->energy);
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    pthread_mutex_lock(&meter->mutex);
    while (!meter->ended) {
        const double at = (double)next.tv_nsec / 1e9 + period;
        next.tv_sec += (time_t)at;
        next.tv_nsec = (long)((at - floor(at)) * 1e9);
        int code = 0;
        while (!meter->ended && code == 0)
            code = pthread_cond_timedwait(&meter->wake, &meter->mutex, &next);
        if (!meter->ended) /* else the last look is that of whoever ends it */
            energy_sample(&meter->energy);
    }
    pthread_mutex_unlock(&meter->mutex);
    return NULL;
}

struct energy_meter *energy_meter_begin(const char *root) {
    struct energy_meter *meter = calloc(1, sizeof *meter);
    pthread_condattr_t monotonic;
    sigset_t all, before;
    if (!meter)
        return NULL;
    pthread_mutex_init(&meter->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&meter->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    energy_begin(&meter->energy, root);
    meter->at_begin = meter->energy.state;
    if (meter->at_begin != SYSTEM_READ)
        return meter;
    /* Signals are for the main thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    meter->has_thread = pthread_create(&meter->thread, NULL, energy_meter_loop, meter) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!meter->has_thread) {
        enum system_read ignored;
        energy_meter_end(meter, &ignored);
        return NULL;
    }
    return meter;
}

enum system_read energy_meter_state(const struct energy_meter *meter) {
    return meter->at_begin;
}

double energy_meter_end(struct energy_meter *meter, enum system_read *state) {
    if (meter->has_thread) {
        pthread_mutex_lock(&meter->mutex);
        meter->ended = true;
        pthread_cond_signal(&meter->wake);
        pthread_mutex_unlock(&meter->mutex);
        pthread_join(meter->thread, NULL);
        energy_sample(&meter->energy);
    }
    *state = meter->energy.state;
    const double joules = *state == SYSTEM_READ ? meter->energy.joules : NAN;
    pthread_cond_destroy(&meter->wake);
    pthread_mutex_destroy(&meter->mutex);
    free(meter);
    return joules;
}
