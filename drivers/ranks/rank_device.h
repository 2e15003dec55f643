/* SPDX-License-Identifier: MIT
 * Gives ranks the devices of their nodes. */
#ifndef PLAIT_DRIVERS_RANK_DEVICE_H
#define PLAIT_DRIVERS_RANK_DEVICE_H

#include "base/failure.h"
#include "base/placement.h"
#include "plait/device.h"
#include "plait/exec.h"
#include "ranks/session.h"

#include <stdbool.h>

/* The device of this rank; all zero: none. It stays where it is while the device is in use. */
struct rank_device {
    struct plait_device *device; /* NULL: none */
    double speed;    /* of this rank, with its device or its threads, if any rank of the run has a
                      * device; else 0 on all ranks */
    char label[256]; /* rank, host and name, for the line that says that it has failed */
};

/* For what, and for whom. */
struct rank_device_request {
    const struct session *session;
    const char *gpu_ranks;     /* --gpu-ranks, as gpu_ranks_check takes it */
    enum plait_device_job job; /* of the run */
    struct plait_exec *exec;   /* of this rank: gets the device */
    struct placement *mine;    /* likewise: gets what there is to say of it */
};

/* Collective. Opens the devices that a request, the same on all ranks but for exec and mine, asks
 * for: the k-th of the ranks of a node that may have one tries device k; with all or a list ranks
 * beyond the last device share them in turn, and one without a device is a failure of all. End with
 * rank_device_end, also after a failure. */
bool rank_device_begin(struct rank_device *rank, const struct rank_device_request *request,
                       struct failure *failure);
void rank_device_end(struct rank_device *rank);

#endif
