/* SPDX-License-Identifier: MIT
 * What this node is, and what happens there while something is measured: as far as Linux says. */
#ifndef PLAIT_DRIVERS_MACHINE_H
#define PLAIT_DRIVERS_MACHINE_H

#include "base/host_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MACHINE_CPUS_MAX = 8192 }; /* the most that Linux is built for */

/* A set of CPUs, in the layout of the kernel's: sets of several ranks are joined by "or" of their
 * bytes. */
struct machine_cpus {
    _Alignas(8) unsigned char bits[MACHINE_CPUS_MAX / 8]; /* as a cpu_set_t is */
};

/* The CPUs that this process was started with; CPU 0 where the system does not say. Those that the
 * threads of a kernel may use: plait_visible_cpus(sizeof cpus, &cpus). */
void machine_cpus_find(struct machine_cpus *cpus);

/* Those that the node has switched on; those of machine_cpus_find where it does not say. root: see
 * machine_describe. */
void machine_cpus_online(struct machine_cpus *cpus, const char *root);

/* "0-3,8". What does not fit ends with "...". */
void machine_cpus_text(const struct machine_cpus *cpus, char *text, size_t bytes);

/* A node. Members have fixed widths and no pointers, since ranks send them to each other as bytes.
 * A text that is not known is empty. */
struct machine {
    char host[HOST_NAME_BYTES];
    char processor[128];
    char governor[32];
    char system[96];     /* name, release and architecture of the kernel */
    char libraries[256]; /* that this process has loaded and that its times may depend on: C
                          * library, mathematics, OpenMP, MPI and its transports; names with
                          * versions, separated by spaces */
    uint64_t boot;       /* the same on all hosts that share a kernel since its boot; 0: unknown */
    int32_t sockets;     /* of the CPUs that were asked about */
    int32_t cores;       /* hardware threads of one core counted once */
    int32_t cpus;        /* hardware threads */
};

/* root: "" for this machine; else a directory in which proc and sys are read. */
void machine_describe(struct machine *machine, const struct machine_cpus *cpus, const char *root);

/* The boot alone, without the rest. */
uint64_t machine_boot(const char *root);

/* A moment. NAN: not known. */
struct machine_moment {
    double mhz;          /* mean over the CPUs that were asked about, or some of them */
    double load;         /* of the last minute */
    double busy_seconds; /* of all CPUs, since the boot */
    double throttles;    /* how often these processors have throttled themselves, since the boot */
};

/* Takes a few milliseconds at most. */
void machine_look(struct machine_moment *moment, const struct machine_cpus *cpus, const char *root);

/* A node of a run: what it is, and what happened there while the run was under way. */
struct machine_record {
    struct machine machine;              /* of all CPUs that are switched on */
    struct machine_moment before, after; /* of those that ranks of the node were started with */
    double seconds;                      /* between the two */
    double own_seconds;                  /* processor time of the node's ranks in these */
    int32_t rank;                        /* lowest of the node: see struct placement */
};

#endif
