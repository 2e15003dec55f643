/* SPDX-License-Identifier: MIT
 * Work on a device: cut into launches that are short, so that the caller can stop soon and a
 * watchdog of the display does not end them, two of which are in flight, so that the device does
 * not wait for the caller. */
#include "device_flight.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What a launch should last, and how often the caller looks. */
static const double launch_s = 5e-3;
static const long look_ns = 100000;

/* A launch that has not ended by then never will: it has at most that many steps or draws. */
static const double stuck_s = 60;
static const uint64_t steps_max = UINT64_C(1) << 31;
static const uint64_t draws_max = UINT64_C(1) << 29; /* 2^30 darts of rxs64 */
static const uint64_t budget_min = UINT64_C(1) << 16;

/* An orbit makes that many steps in a launch, at least and at most: a single one takes a GPU some
 * 50 ns a step. */
static const uint32_t orbit_steps_min = 32, orbit_steps_max = 65536;

/* Steps a pixel of a launch that begins a batch: most orbits of most pictures end within them. */
static const uint64_t first_steps = 64;
static const uint32_t batch_min = 4096;

static double device_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

bool plait_device_refuse(char *why, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, PLAIT_DEVICE_WHY, format, arguments);
    va_end(arguments);
    return false;
}

/* -- handles ----------------------------------------------------------------------------------- */

size_t plait_devices(enum plait_device_choice choice) {
    size_t sum = 0;
    for (size_t k = 0; plait_device_kinds[k]; k++)
        sum += (size_t)plait_device_kinds[k]->count(choice);
    return sum;
}

/* The kind of a device, whose index becomes that within the kind. */
static const struct plait_device_kind *device_find(enum plait_device_choice choice, size_t *index) {
    for (size_t k = 0; plait_device_kinds[k]; k++) {
        const size_t count = (size_t)plait_device_kinds[k]->count(choice);
        if (*index < count)
            return plait_device_kinds[k];
        *index -= count;
    }
    return NULL;
}

struct plait_device *plait_device_acquire(enum plait_device_choice choice, size_t index,
                                          struct plait_device_facts *facts, char *why) {
    *facts = (struct plait_device_facts){.name = "unknown"};
    snprintf(why, PLAIT_DEVICE_WHY, "there is no such device");
    const struct plait_device_kind *kind = device_find(choice, &index);
    struct plait_device *device = kind ? kind->open(choice, (int)index, facts, why) : NULL;
    if (!device)
        return NULL;
    device->draws_budget = UINT64_C(1) << 20;
    device->steps_budget = UINT64_C(1) << 22;
    device->products_budget = UINT64_C(1) << 24;
    const bool proved = plait_device_try(device, why);
    *facts = device->facts;
    if (proved) {
        why[0] = '\0';
        return device;
    }
    plait_device_release(device);
    return NULL;
}

void plait_device_release(struct plait_device *device) {
    if (device)
        device->kind->close(device);
}

void plait_device_notify(struct plait_device *device, plait_device_loss_fn *loss, void *context) {
    device->loss = loss;
    device->loss_context = context;
}

uint32_t plait_device_jobs(const struct plait_device *device) {
    return device->lost ? 0 : device->facts.jobs;
}

enum plait_device_end plait_device_lose(struct plait_device *device) {
    if (!device->lost && device->loss)
        device->loss(device->loss_context, device->why);
    device->lost = true;
    return PLAIT_DEVICE_LOST;
}

/* -- launches in flight ------------------------------------------------------------------------ */

struct device_flight plait_flight_begin(struct plait_device *device,
                                        struct plait_device_progress progress, uint64_t total) {
    return (struct device_flight){
        .device = device, .progress = progress, .total = total, .ended_s = device_seconds()};
}

void plait_flight_launched(struct device_flight *flight, int slot, uint64_t size) {
    flight->begun_s[slot] = device_seconds();
    flight->size[slot] = size;
}

/* Launches of a device run one after the other. */
void plait_flight_ended(struct device_flight *flight, int slot, uint64_t *budget, uint64_t most) {
    const double now_s = device_seconds();
    const double since_s =
        flight->begun_s[slot] > flight->ended_s ? flight->begun_s[slot] : flight->ended_s;
    const double factor = launch_s / (now_s - since_s + 1e-9);
    flight->ended_s = now_s;
    if (2 * flight->size[slot] >= *budget)
        *budget = device_within((uint64_t)((double)*budget * (factor < 0.5 ? 0.5
                                                              : factor > 2 ? 2
                                                                           : factor)),
                                budget_min, most);
}

bool plait_flight_wait(struct device_flight *flight, bool moved, uint64_t done) {
    if (flight->progress.call && !flight->stopped &&
        !flight->progress.call(flight->progress.context, done, flight->total))
        flight->stopped = true;
    if (moved)
        return true;
    if (device_seconds() - flight->ended_s > stuck_s) {
        snprintf(flight->device->why, sizeof flight->device->why,
                 "a launch did not end within %g s", stuck_s);
        return false;
    }
    nanosleep(&(struct timespec){0, look_ns}, NULL);
    return true;
}

/* -- darts ------------------------------------------------------------------------------------- */

/* Work items of a launch, if draws allow that many: some for each lane of a large device. */
static const uint64_t dart_items = UINT64_C(1) << 18;
static const uint64_t item_draws_min = 64, item_draws_max = 4096;

/* A launch and where it lies: the first `draws` draws left of each of some runs. */
struct dart_chunk {
    uint64_t run, runs, draws;
    uint32_t spread;
};

static struct dart_chunk device_dart_chunk(const struct plait_device *device,
                                           const struct plait_device_darts *work, uint64_t run,
                                           uint64_t skip) {
    const uint64_t budget = device_least(device->draws_budget, draws_max);
    struct dart_chunk chunk = {run, 1, device_least(work->draws - skip, budget), 1};
    if (skip == 0 && work->draws <= budget)
        chunk.runs =
            device_least(device_least(work->runs - run, budget / work->draws), PLAIT_DEVICE_SUMS);
    if (chunk.runs <= PLAIT_DEVICE_SUMS / 64)
        chunk.spread = 64;
    return chunk;
}

static bool device_dart_launch(struct plait_device *device, int slot,
                               const struct plait_device_darts *work,
                               const struct dart_chunk *chunk, uint64_t skip) {
    const uint64_t outputs = work->pcg32 ? 2 : 1; /* of a draw */
    const uint64_t item =
        device_least(chunk->draws, device_within(chunk->draws * chunk->runs / dart_items,
                                                 item_draws_min, item_draws_max));
    const uint64_t items = (chunk->draws - 1) / item + 1;
    struct pcg_leap to_run = {1, 0}, power = work->to_run; /* to_run, chunk->run times */
    for (uint64_t n = chunk->run; n > 0; n >>= 1) {
        if (n & 1) {
            to_run.multiplier *= power.multiplier;
            to_run.increment = to_run.increment * power.multiplier + power.increment;
        }
        power.increment *= power.multiplier + 1;
        power.multiplier *= power.multiplier;
    }
    const struct device_darts_launch launch = {
        .pcg32 = work->pcg32,
        .start = pcg_leap_from(pcg_leap_of(skip * outputs), pcg_leap_from(to_run, work->start)),
        .to_run = work->to_run,
        .to_item = pcg_leap_of(item * outputs),
        .draws = (uint32_t)chunk->draws,
        .draws_per_item = (uint32_t)item,
        .items_per_run = (uint32_t)items,
        .items = (uint32_t)(items * chunk->runs),
        .spread = chunk->spread,
        .sums = (uint32_t)(chunk->runs * chunk->spread),
    };
    return device->kind->darts(device, slot, &launch);
}

static void device_dart_sums(const struct plait_device *device, int slot,
                             const struct dart_chunk *chunk, uint64_t *hits) {
    const uint32_t *sums = device->kind->sums(device, slot);
    for (uint64_t k = 0; k < chunk->runs * chunk->spread; k++)
        hits[chunk->run + k / chunk->spread] += sums[k];
}

enum plait_device_end plait_device_darts(struct plait_device *device,
                                         const struct plait_device_darts *work,
                                         struct plait_device_progress progress, uint64_t *hits,
                                         uint64_t *done) {
    const uint64_t total = work->draws * work->runs;
    struct device_flight flight = plait_flight_begin(device, progress, total);
    struct dart_chunk chunk[PLAIT_DEVICE_SLOTS];
    uint64_t run = 0, skip = 0;           /* where the next launch begins */
    uint64_t launched = 0, harvested = 0; /* launches, which take the slots in turn */
    *done = 0;
    if (device->lost)
        return PLAIT_DEVICE_LOST;
    while (harvested < launched || (*done < total && !flight.stopped)) {
        bool moved = false;
        while (!flight.stopped && run < work->runs && launched - harvested < PLAIT_DEVICE_SLOTS) {
            const int slot = (int)(launched % PLAIT_DEVICE_SLOTS);
            chunk[slot] = device_dart_chunk(device, work, run, skip);
            if (!device_dart_launch(device, slot, work, &chunk[slot], skip))
                return plait_device_lose(device);
            plait_flight_launched(&flight, slot, chunk[slot].draws * chunk[slot].runs);
            launched++;
            skip += chunk[slot].draws;
            if (skip == work->draws) {
                run += chunk[slot].runs;
                skip = 0;
            }
        }
        const int slot = (int)(harvested % PLAIT_DEVICE_SLOTS);
        switch (device->kind->poll(device, slot)) {
        case DEVICE_FAILED:
            return plait_device_lose(device);
        case DEVICE_ENDED:
            plait_flight_ended(&flight, slot, &device->draws_budget, draws_max);
            device_dart_sums(device, slot, &chunk[slot], hits);
            *done += chunk[slot].draws * chunk[slot].runs;
            harvested++;
            moved = true;
            break;
        case DEVICE_RUNNING:
            break;
        }
        if (!plait_flight_wait(&flight, moved, *done))
            return plait_device_lose(device);
    }
    return *done < total ? PLAIT_DEVICE_STOPPED : PLAIT_DEVICE_DONE;
}

/* -- rows -------------------------------------------------------------------------------------- */

/* A slot holds a batch of pixels from its first launch to its counts. */
struct rows_batch {
    enum { BATCH_FREE, BATCH_ITERATING, BATCH_FETCHING, BATCH_READY } phase;
    struct device_rows_launch launch;
    uint32_t steps; /* that its orbits have made at most */
};

/* How many steps the orbits of a batch make next. */
static uint32_t device_rows_steps(const struct plait_device *device, uint32_t orbits,
                                  uint32_t left) {
    const uint64_t share = device_least(device->steps_budget, steps_max) / orbits;
    return (uint32_t)device_least(device_within(share, orbit_steps_min, orbit_steps_max), left);
}

/* Starts what the batch needs next. false: the device has failed. */
static bool device_rows_next(struct device_flight *flight, int slot, struct rows_batch *batch) {
    struct plait_device *device = flight->device;
    const uint32_t maxit = (uint32_t)batch->launch.job->maxit;
    const bool begins = batch->phase == BATCH_FREE;
    const uint32_t orbits = begins ? batch->launch.pixels : device->kind->pending(device, slot);
    if (orbits == 0) {
        batch->phase = BATCH_FETCHING;
        plait_flight_launched(flight, slot, 0);
        return device->kind->rows_fetch(device, slot, batch->launch.pixels);
    }
    if (orbits > batch->launch.pixels || batch->steps == maxit)
        return plait_device_refuse(device->why, "it reports orbits that cannot be");
    const uint32_t steps = device_rows_steps(device, orbits, maxit - batch->steps);
    batch->phase = BATCH_ITERATING;
    batch->steps += steps;
    plait_flight_launched(flight, slot, (uint64_t)orbits * steps);
    return begins ? device->kind->rows_begin(device, slot, &batch->launch, steps)
                  : device->kind->rows_resume(device, slot, &batch->launch, steps);
}

/* Looks at the batch of a slot. After a stop nothing new is started. */
static enum device_state device_rows_look(struct device_flight *flight, int slot,
                                          struct rows_batch *batch) {
    struct plait_device *device = flight->device;
    if (batch->phase == BATCH_FREE || batch->phase == BATCH_READY)
        return DEVICE_RUNNING;
    const enum device_state state = device->kind->poll(device, slot);
    if (state != DEVICE_ENDED)
        return state;
    plait_flight_ended(flight, slot, &device->steps_budget, steps_max);
    if (batch->phase == BATCH_FETCHING || flight->stopped)
        batch->phase = BATCH_READY;
    else if (!device_rows_next(flight, slot, batch))
        return DEVICE_FAILED;
    return DEVICE_ENDED;
}

enum plait_device_end plait_device_rows(struct plait_device *device,
                                        const struct plait_device_rows *work,
                                        struct plait_device_progress progress, int32_t *counts,
                                        uint32_t *done) {
    const uint64_t pixels = (uint64_t)work->rows * work->width;
    struct device_flight flight = plait_flight_begin(device, progress, work->rows);
    struct rows_batch batch[PLAIT_DEVICE_SLOTS] = {{.phase = BATCH_FREE}};
    uint64_t next = 0, finished = 0;
    uint64_t launched = 0, harvested = 0; /* batches, which take the slots in turn */
    *done = 0;
    if (device->lost)
        return PLAIT_DEVICE_LOST;
    while (harvested < launched || (finished < pixels && !flight.stopped)) {
        bool moved = false;
        while (!flight.stopped && next < pixels && launched - harvested < PLAIT_DEVICE_SLOTS) {
            const int slot = (int)(launched % PLAIT_DEVICE_SLOTS);
            const uint64_t size =
                device_within(device->steps_budget / first_steps, batch_min, device->pixels_max);
            batch[slot] = (struct rows_batch){
                .launch = {work->job, work->first + (uint32_t)(next / work->width), work->width,
                           (uint32_t)(next % work->width),
                           (uint32_t)device_least(size, pixels - next)},
            };
            next += batch[slot].launch.pixels;
            if (!device_rows_next(&flight, slot, &batch[slot]))
                return plait_device_lose(device);
            launched++;
        }
        for (int slot = 0; slot < PLAIT_DEVICE_SLOTS; slot++) {
            const enum device_state state = device_rows_look(&flight, slot, &batch[slot]);
            if (state == DEVICE_FAILED)
                return plait_device_lose(device);
            moved |= state == DEVICE_ENDED;
        }
        /* In their order, so that what is finished are always the first rows. */
        struct rows_batch *oldest = &batch[harvested % PLAIT_DEVICE_SLOTS];
        if (harvested < launched && oldest->phase == BATCH_READY) {
            if (!flight.stopped) {
                memcpy(counts + finished,
                       device->kind->counts(device, (int)(harvested % PLAIT_DEVICE_SLOTS)),
                       oldest->launch.pixels * sizeof *counts);
                finished += oldest->launch.pixels;
            }
            oldest->phase = BATCH_FREE;
            harvested++;
            moved = true;
        }
        *done = (uint32_t)(finished / work->width);
        if (!plait_flight_wait(&flight, moved, *done))
            return plait_device_lose(device);
    }
    return finished < pixels ? PLAIT_DEVICE_STOPPED : PLAIT_DEVICE_DONE;
}
