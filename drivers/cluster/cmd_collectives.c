/* SPDX-License-Identifier: MIT
 * plait collectives: collective operations by message size. */
#include "base/suggest.h"
#include "cluster/collectives.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- which operations ------------------------------------------------------------------------- */

static bool collectives_choose_name(const char *name, bool chosen[COLLECTIVES],
                                    struct failure *failure) {
    const struct collective *operation = collective_find(name);
    struct suggestion near = suggestion_begin(name);
    if (operation) {
        chosen[operation - collectives_table] = true;
        return true;
    }
    for (int k = 0; k < COLLECTIVES; k++)
        suggestion_offer(&near, collectives_table[k].name);
    const char *best = suggestion_best(&near);
    return failure_set(failure, EXIT_USAGE,
                       "no operation '%s'%s%s%s: plait collectives --help lists them", name,
                       best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
}

/* Marks those that the arguments name; without arguments all. */
static bool collectives_choose(const struct collectives *collectives, bool chosen[COLLECTIVES],
                               struct failure *failure) {
    const struct option_texts *list = &collectives->options->list;
    char name[64];
    for (int k = 0; k < COLLECTIVES; k++)
        chosen[k] = list->count == 0;
    for (size_t t = 0; t < list->count; t++) {
        for (const char *next = list->items[t]; next;) {
            const size_t length = strcspn(next, ",");
            snprintf(name, sizeof name, "%.*s", (int)length, next);
            next = next[length] ? next + length + 1 : NULL;
            if (!collectives_choose_name(name, chosen, failure))
                return false;
        }
    }
    return true;
}

/* The sizes of which the operation can have messages. */
static bool collectives_choose_sizes(const struct collectives *collectives,
                                     struct collectives_part *part, struct failure *failure) {
    const size_t element = collective_type_bytes(collectives->options->type);
    struct collectives_sizes all;
    if (!part->operation->sized) {
        part->sizes = (struct collectives_sizes){.count = 1};
        return true;
    }
    if (!collectives_read_sizes(collectives->options->sizes, &all, failure))
        return false;
    for (int s = 0; s < all.count; s++)
        if (!part->operation->reduces || all.bytes[s] % element == 0)
            part->sizes.bytes[part->sizes.count++] = all.bytes[s];
    return part->sizes.count > 0 ||
           failure_set(
               failure, EXIT_USAGE,
               "%s of %s has no message in --sizes %s: give multiples of %zu bytes, or another --type",
               part->operation->name, collective_type_names[collectives->options->type],
               collectives->options->sizes, element);
}

/* An option of the command line that none of the chosen operations has would be ignored. */
static bool collectives_check_use(const struct collectives *collectives,
                                  const struct option_values *values, struct failure *failure) {
    bool sized = false, reduces = false, rooted = false;
    for (int p = 0; p < collectives->count; p++) {
        sized |= collectives->parts[p].operation->sized;
        reduces |= collectives->parts[p].operation->reduces;
        rooted |= collectives->parts[p].operation->rooted;
    }
    const struct {
        const char *option, *users;
        bool used;
    } uses[] = {
        {"sizes", "all operations but barrier", sized},
        {"op", "reduce, allreduce and scan", reduces},
        {"type", "reduce, allreduce and scan", reduces},
        {"root", "bcast, reduce, gather and scatter", rooted},
    };
    for (size_t k = 0; k < sizeof uses / sizeof *uses; k++)
        if (!uses[k].used && values_origin(values, uses[k].option) == ORIGIN_COMMAND_LINE)
            return failure_set(failure, EXIT_USAGE,
                               "--%s is for %s: leave it out, or name one of them", uses[k].option,
                               uses[k].users);
    const int ranks = collectives->run->session->size;
    return collectives->options->root < (uint64_t)ranks ||
           failure_set(failure, EXIT_USAGE,
                       "--root: there is no rank %" PRIu64 " among %d rank%s: give 0 to %d",
                       collectives->options->root, ranks, ranks == 1 ? "" : "s", ranks - 1);
}

static bool collectives_begin(struct run *run, void *state, struct failure *failure) {
    struct collectives *collectives = state;
    bool chosen[COLLECTIVES];
    *collectives = (struct collectives){.run = run, .options = run->options};
    collectives->parts = calloc(COLLECTIVES, sizeof *collectives->parts);
    if (!collectives->parts)
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (!collectives_choose(collectives, chosen, failure))
        return false;
    for (int k = 0; k < COLLECTIVES; k++) {
        struct collectives_part *part = &collectives->parts[collectives->count];
        if (!chosen[k])
            continue;
        part->operation = &collectives_table[k];
        if (!collectives_choose_sizes(collectives, part, failure))
            return false;
        collectives->count++;
    }
    collectives->timer = (struct collective_timer){
        .session = run->session,
        .repeat = collectives->options->repeat,
        .warmup = collectives->options->warmup,
        .limit_ns = (uint64_t)(collectives->options->limit * 1e9),
        .verify = collectives->options->verify,
    };
    return collectives_check_use(collectives, run->values, failure);
}

/* -- memory ----------------------------------------------------------------------------------- */

static struct collective_job collectives_job(const struct collectives *collectives,
                                             const struct collectives_part *part, int size) {
    const struct session *session = collectives->run->session;
    return (struct collective_job){
        .operation = part->operation,
        .comm = session->world,
        .rank = session->rank,
        .ranks = session->size,
        .root = (int)collectives->options->root,
        .bytes = part->sizes.bytes[size],
        .type = (enum collective_type)collectives->options->type,
        .op = (enum collective_op)collectives->options->op,
        .send = collectives->send,
        .receive = collectives->receive,
    };
}

/* Memory in pages of its own, touched now, not while the clock runs. NULL without memory. */
static void *collectives_allocate(uint64_t bytes) {
    void *buffer;
    if (posix_memalign(&buffer, (size_t)sysconf(_SC_PAGESIZE), bytes > 0 ? (size_t)bytes : 1) != 0)
        return NULL;
    memset(buffer, 0, (size_t)bytes);
    return buffer;
}

static uint64_t collectives_larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* Collective: one buffer to send from and one to receive into, as large as the largest message of
 * any operation takes. MPI may copy as much as the larger one. */
static bool collectives_prepare(struct run *run, void *state, struct failure *failure) {
    struct collectives *collectives = state;
    const uint64_t samples =
        collective_timer_samples(&collectives->timer) * sizeof *collectives->timer.samples_ns;
    uint64_t send = 0, receive = 0;
    for (int p = 0; p < collectives->count; p++) {
        const struct collectives_part *part = &collectives->parts[p];
        const struct collective_job job = collectives_job(collectives, part, part->sizes.count - 1);
        const uint64_t sends = collective_bytes(&job, part->operation->sends),
                       receives = collective_bytes(&job, part->operation->receives);
        char what[160];
        snprintf(what, sizeof what, "%s: messages of %" PRIu64 " bytes", part->operation->name,
                 job.bytes);
        memory_check(run->session, sends + receives + collectives_larger(sends, receives), what,
                     failure);
        send = collectives_larger(send, sends);
        receive = collectives_larger(receive, receives);
    }
    memory_check(run->session, send + receive + collectives_larger(send, receive) + samples,
                 "the messages and times", failure);
    if (!agree(run->session, failure))
        return false;
    collectives->send = collectives_allocate(send);
    collectives->receive = collectives_allocate(receive);
    collectives->timer.samples_ns = collectives_allocate(samples);
    if (!collectives->send || !collectives->receive || !collectives->timer.samples_ns)
        failure_set(failure, EXIT_RUN, "out of memory");
    return agree(run->session, failure);
}

static void collectives_free(void *state) {
    struct collectives *collectives = state;
    free(collectives->parts);
    free(collectives->send);
    free(collectives->receive);
    free(collectives->timer.samples_ns);
}

/* -- the work --------------------------------------------------------------------------------- */

static bool collectives_work(struct run *run, void *state, struct failure *failure) {
    struct collectives *collectives = state;
    const bool root = session_is_root(run->session);
    if (root)
        collectives_print_head(collectives);
    for (int p = 0; p < collectives->count; p++) {
        struct collectives_part *part = &collectives->parts[p];
        if (root)
            collectives_print_part(collectives, part);
        stopwatch_start(run->session->watch, part->operation->name);
        for (int s = 0; s < part->sizes.count; s++) {
            struct collective_job job = collectives_job(collectives, part, s);
            if (!collective_time(&collectives->timer, &job, &part->lines[s], failure))
                return false;
            if (root)
                collectives_print_line(collectives, part, &part->lines[s]);
        }
        stopwatch_stop(run->session->watch, part->operation->name);
    }
    return true;
}

const struct command cmd_collectives = {
    .options = &collectives_option_set,
    .options_bytes = sizeof(struct collectives_options),
    .state_bytes = sizeof(struct collectives),
    .begin = collectives_begin,
    .prepare = collectives_prepare,
    .work = collectives_work,
    .print = collectives_print,
    .report_result = collectives_report,
    .free = collectives_free,
    .columns = true,
    .any_version = true,
    .one_thread = true,
};
