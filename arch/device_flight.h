/* SPDX-License-Identifier: MIT
 * What the loops of all jobs on a device have in common: launches in flight, how large the next one
 * is to be, progress, and a device that fails. */
#ifndef PLAIT_ARCH_DEVICE_FLIGHT_H
#define PLAIT_ARCH_DEVICE_FLIGHT_H

#include "device_kind.h"

struct device_flight {
    struct plait_device *device;
    struct plait_device_progress progress;
    uint64_t total;                     /* that progress is given */
    double begun_s[PLAIT_DEVICE_SLOTS]; /* of the launch of the slot */
    uint64_t size[PLAIT_DEVICE_SLOTS];  /* its steps, draws or products at most */
    double ended_s;                     /* when the last one ended, or something else moved */
    bool stopped;
};

struct device_flight plait_flight_begin(struct plait_device *device,
                                        struct plait_device_progress progress, uint64_t total);
void plait_flight_launched(struct device_flight *flight, int slot, uint64_t size);

/* A launch has ended: the next ones are as much larger or smaller as its time was off, within a
 * factor of two and up to `most`. A small one says nothing. */
void plait_flight_ended(struct device_flight *flight, int slot, uint64_t *budget, uint64_t most);

/* Lets the caller do what it has to, and waits a moment where nothing has moved. false: the device
 * is stuck. */
bool plait_flight_wait(struct device_flight *flight, bool moved, uint64_t done);

/* The device has failed, and device->why says how. */
enum plait_device_end plait_device_lose(struct plait_device *device);

static inline uint64_t device_least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static inline uint64_t device_within(uint64_t value, uint64_t least, uint64_t most) {
    return value < least ? least : value < most ? value : most;
}

#endif
