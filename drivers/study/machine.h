/* SPDX-License-Identifier: MIT
 * What this node is, and what happens there while a sample is measured: as far as Linux says. */
#ifndef PLAIT_DRIVERS_STUDY_MACHINE_H
#define PLAIT_DRIVERS_STUDY_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct machine {
    char host[64], processor[128], governor[32], system[96];
    unsigned sockets;
    unsigned cores; /* that this process may use, hardware threads of one core counted once */
    unsigned cpus;  /* hardware threads that it may use */
};

void machine_describe(struct machine *machine);

/* A moment. NAN: not known. */
struct machine_moment {
    double mhz;          /* mean over the CPUs that may be used */
    double load;         /* of the last minute */
    double busy_seconds; /* of all CPUs, since the boot */
    double throttles;    /* how often processors have throttled themselves, since the boot */
};

void machine_look(struct machine_moment *moment);

#endif
