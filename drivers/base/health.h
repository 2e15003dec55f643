/* SPDX-License-Identifier: MIT
 * Clocks, temperature and throttling of a node: what makes the same machine slower today. */
#ifndef PLAIT_DRIVERS_HEALTH_H
#define PLAIT_DRIVERS_HEALTH_H

#include "base/system_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Members have fixed widths and no pointers, since ranks send them to each other as bytes. */
struct health {
    char governors[64];      /* each once: "ondemand"; empty: the kernel has no cpufreq */
    char driver[32];         /* of cpufreq */
    double min_mhz, max_mhz; /* that the governors may choose; NAN: not known */
    double celsius;          /* of the hottest sensor of the processor; NAN: there is none */
    char sensor[32];
    int32_t firmware;   /* enum system_read: of a Raspberry Pi's flags */
    int32_t since_boot; /* whether those since its boot are known */
    uint32_t flags;     /* HEALTH_* of its firmware, if it was read */
};

/* What the firmware of a Raspberry Pi reports as it is now, or was in the last seconds; the same
 * shifted by 16 bits: since its boot. */
enum {
    HEALTH_UNDER_VOLTAGE = 1u << 0,
    HEALTH_CAPPED = 1u << 1,     /* the frequency of the Arm cores */
    HEALTH_THROTTLED = 1u << 2,  /* by heat or under-voltage */
    HEALTH_SOFT_LIMIT = 1u << 3, /* of temperature: the clock is lowered a little */
    HEALTH_SINCE_BOOT = 16,
};

/* root: "" for this machine; else a directory in which sys is read. */
void health_look(struct health *health, const char *root);

/* The flags of a Raspberry Pi: by its firmware's own command for root and the group video, else as
 * its kernel shows them, which clears what the firmware remembers every two seconds, so that
 * nothing is known of the time before. Linux without the changes for Raspberry Pis shows
 * under-voltage alone. */
enum system_read health_firmware_flags(uint32_t *flags, bool *since_boot, const char *root);

/* "under-voltage, throttled" of the lower four bits; "" for none. */
void health_flags_text(uint32_t flags, char *text, size_t bytes);

#endif
