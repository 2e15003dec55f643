/* SPDX-License-Identifier: MIT
 * Opens devices for ranks. */
#include "ranks/rank_device.h"

#include "base/gpu_ranks.h"
#include "base/warning.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a device must have over the threads of its rank for auto to take it. */
static const double worth = 1.2;

/* plait_device_lost_fn */
static void rank_device_lost(void *context, const char *why) {
    const struct rank_device *rank = context;
    char line[512];
    snprintf(line, sizeof line, "%s has failed: %s: the rank continues on its threads", rank->label,
             why);
    warning_print(line);
}

static double rank_device_speed(const struct plait_device_info *info, enum plait_device_job job) {
    return job == PLAIT_JOB_DARTS  ? info->darts_per_s
           : job == PLAIT_JOB_ROWS ? info->steps_per_s
                                   : info->products_per_s;
}

/* Whether this rank uses a device that has passed its trial. `why` is empty where it is only not
 * worth it. */
static bool rank_device_fits(const struct plait_device *device,
                             const struct plait_device_info *info,
                             const struct rank_device_request *request, char *why) {
    const enum plait_device_job job = request->job;
    if (!plait_device_does(device, job)) {
        snprintf(why, PLAIT_DEVICE_WHY_BYTES, "%s",
                 job == PLAIT_JOB_ROWS ? "it has no doubles, which pictures need"
                                       : "its driver names no memory that points would fit into");
        return false;
    }
    why[0] = '\0';
    const double speed = rank_device_speed(info, job);
    return gpu_ranks_of(request->gpu_ranks) != GPU_RANKS_AUTO ||
           (info->gpu && speed >= worth * plait_exec_speed(request->exec, job));
}

static enum plait_device_set rank_device_set(const struct rank_device_request *request) {
    return gpu_ranks_of(request->gpu_ranks) == GPU_RANKS_AUTO ? PLAIT_GPUS : PLAIT_ALL_DEVICES;
}

/* Opens the device of that index, if it is one to use. */
static bool rank_device_open(struct rank_device *rank, const struct rank_device_request *request,
                             size_t index, char *why) {
    struct placement *mine = request->mine;
    struct plait_device_info info;
    rank->device = plait_device_open(rank_device_set(request), index, &info, why);
    snprintf(mine->device, sizeof mine->device, "%s", info.name);
    if (!rank->device)
        return false;
    if (!rank_device_fits(rank->device, &info, request, why)) {
        plait_device_close(rank->device);
        rank->device = NULL;
        return false;
    }
    request->exec->device = rank->device;
    rank->speed = rank_device_speed(&info, request->job);
    snprintf(rank->label, sizeof rank->label, "rank %d on host %.100s: device %zu, %.63s,",
             request->session->rank, mine->host, index, info.name);
    plait_device_on_loss(rank->device, rank_device_lost, rank);
    return true;
}

/* Collective: opens what there is to open. */
static bool rank_device_choose(struct rank_device *rank, const struct rank_device_request *request,
                               struct failure *failure) {
    const struct session *session = request->session;
    const char *gpu_ranks = request->gpu_ranks;
    const enum gpu_ranks ranks = gpu_ranks_of(gpu_ranks);
    struct placement *mine = request->mine;
    char why[PLAIT_DEVICE_WHY_BYTES] = "";
    if (ranks == GPU_RANKS_LIST && gpu_ranks_last(gpu_ranks) >= (uint64_t)session->size) {
        failure_set(failure, EXIT_USAGE,
                    "--gpu-ranks: there is no rank %" PRIu64 ": the last of this run is %d",
                    gpu_ranks_last(gpu_ranks), session->size - 1);
        return agree(session, failure);
    }
    const int wants =
        ranks != GPU_RANKS_LIST || gpu_ranks_has(gpu_ranks, (uint64_t)session->rank) ? 1 : 0;
    const size_t count = wants ? plait_device_count(rank_device_set(request)) : 0;
    if (ranks == GPU_RANKS_AUTO) {
        const size_t index = (size_t)session->node_rank;
        if (index < count && !rank_device_open(rank, request, index, why)) {
            snprintf(mine->device_why, sizeof mine->device_why, "%s", why);
            if (!why[0])
                mine->device[0] = '\0';
        }
        return agree(session, failure);
    }
    int before = 0, sharers = 0;
    MPI_CHECK(MPI_Exscan(&wants, &before, 1, MPI_INT, MPI_SUM, session->node));
    MPI_CHECK(MPI_Allreduce(&wants, &sharers, 1, MPI_INT, MPI_SUM, session->node));
    const size_t place = session->node_rank == 0 ? 0 : (size_t)before;
    if (wants && !plait_device_built()) {
        failure_set(
            failure, EXIT_USAGE,
            "--gpu-ranks asks for a device, and this Plait is built without OpenCL: build it with -DPLAIT_OPENCL=ON, or leave the rank out");
    } else if (wants && count == 0) {
        failure_set(
            failure, EXIT_USAGE,
            "--gpu-ranks asks for a device, and OpenCL finds none here: install its driver and libOpenCL.so.1, or leave the rank out");
    } else if (wants && !rank_device_open(rank, request, place % count, why)) {
        failure_set(
            failure, EXIT_USAGE,
            "--gpu-ranks asks for device %zu, %s, which cannot be used: %s: leave the rank out",
            place % count, mine->device, why);
    }
    if (wants && count > 0) /* the ranks of this node that have this device */
        mine->device_sharers = (int32_t)(((size_t)sharers - place % count + count - 1) / count);
    return agree(session, failure);
}

bool rank_device_begin(struct rank_device *rank, const struct rank_device_request *request,
                       struct failure *failure) {
    *rank = (struct rank_device){0};
    if (gpu_ranks_of(request->gpu_ranks) == GPU_RANKS_NONE)
        return true;
    if (!rank_device_choose(rank, request, failure))
        return false;
    int has = rank->device != NULL, any = 0;
    MPI_CHECK(MPI_Allreduce(&has, &any, 1, MPI_INT, MPI_MAX, request->session->world));
    if (any && !has)
        rank->speed = plait_exec_speed(request->exec, request->job);
    /* Of ranks that hint, all must. */
    if (any && !(rank->speed > 0))
        rank->speed = 1;
    return true;
}

void rank_device_end(struct rank_device *rank) {
    plait_device_close(rank->device);
    *rank = (struct rank_device){0};
}
