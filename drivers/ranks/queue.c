/* SPDX-License-Identifier: MIT
 * Messages of the work queue. A rank other than 0 sends notices: how much it has finished, and what
 * it wants. Rank 0 replies to those that ask, with a piece. The receive for an answer is posted
 * before its question is sent, and notices are so short that MPI buffers them: nobody waits for
 * anybody to listen.
 *
 * With a delivery, a notice announces results, which follow; and rank 0 sends every other rank one
 * message that ends it: in the middle of the work if it is to stop, else when all have ended. */
#include "ranks/queue.h"

#include "base/clock.h"
#include "plait/sample.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <stdlib.h>

/* TAG_RESULTS + k for the block k of a delivery. */
enum { TAG_NOTICE = 8, TAG_PIECE = 9, TAG_END = 12, TAG_RESULTS = 13 };

/* Why a notice is sent. */
enum purpose {
    PURPOSE_TELL,    /* for whoever listens, and to measure long pieces */
    PURPOSE_ASK,     /* the next piece, please */
    PURPOSE_LAST,    /* the end of this rank */
    PURPOSE_DELIVER, /* the results of a piece follow */
    PURPOSE_STOP,    /* everybody should stop */
};

/* Sent as NOTICE_WORDS MPI_UINT64_T. */
struct notice {
    uint64_t purpose;
    uint64_t units;     /* finished by this rank so far */
    uint64_t busy_ns;   /* in compute so far */
    uint64_t room;      /* the units it can take beyond the pieces that it has */
    uint64_t failed;    /* LAST: 1 if it could not continue */
    struct piece piece; /* DELIVER */
};
enum { NOTICE_WORDS = sizeof(struct notice) / sizeof(uint64_t), PIECE_WORDS = 2 };

static const uint64_t tell_every_ns = UINT64_C(200000000);
/* Looking for messages takes about a microsecond, and where ranks share a core gives it away. Rank
 * 0 still replies within a fraction of the shortest piece. */
static const uint64_t look_every_ns = UINT64_C(100000);
static const uint64_t sample_ns = UINT64_C(10000000);
enum { SAMPLES = 64 };

/* With a delivery: how long a part of a piece should take, and how much longer than the one before
 * it may be. The first is a single unit. */
static const double part_seconds = 0.5;
static const uint64_t part_growth = 8;

/* What a rank has announced to deliver. */
struct queue_arrival {
    struct piece piece; /* none: nothing is on its way */
    MPI_Request requests[QUEUE_BLOCKS];
};

/* One queue_run of one rank. */
struct run {
    struct queue *queue;
    const struct queue_work *work;
    struct piece piece;      /* under way */
    struct piece part;       /* of the piece, under way: all of it, or with a delivery some */
    uint64_t begun_ns;       /* when the part began */
    uint64_t units, busy_ns; /* of the parts before it */
    uint64_t piece_units;    /* of the pieces before this one */
    uint64_t taken;          /* units of all pieces so far */
    uint64_t now_units;      /* units, with what is known to be done of the part under way */
    uint64_t part_units;     /* that a part may have */
    uint64_t next_look_ns, next_tell_ns;
    bool stopping; /* computes no more */
    bool failed;   /* since it could not continue */

    /* Ranks other than 0. */
    struct notice outbox;
    MPI_Request sending, answering;
    MPI_Request delivering[QUEUE_BLOCKS], ending;
    struct piece answer;
    uint64_t end; /* only that it comes matters */
    bool asked;

    /* Rank 0. */
    uint64_t others_units; /* finished by the others, as they reported */
    int others_ended;
    int arriving;      /* ranks that deliver at the moment */
    bool notified_end; /* to the others */
};

static bool queue_is_root(const struct run *run) {
    return run->queue->session->rank == ROOT;
}

static const struct piece none = {0, 0};

static bool hands_out(const struct run *run) {
    return !schedule_is_fixed(&run->queue->schedule);
}

/* -- ranks other than 0 ------------------------------------------------------------------------ */

static void send_notice(struct run *run, enum purpose purpose, uint64_t busy_ns,
                        struct piece piece) {
    MPI_CHECK(MPI_Wait(&run->sending, MPI_STATUS_IGNORE));
    run->outbox = (struct notice){
        .purpose = purpose,
        .units = run->now_units,
        .busy_ns = busy_ns,
        .room = run->work->room > run->taken ? run->work->room - run->taken : 0,
        .failed = run->failed,
        .piece = piece,
    };
    MPI_CHECK(MPI_Isend(&run->outbox, NOTICE_WORDS, MPI_UINT64_T, ROOT, TAG_NOTICE,
                        run->queue->session->world, &run->sending));
}

static void ask(struct run *run, uint64_t busy_ns) {
    MPI_CHECK(MPI_Irecv(&run->answer, PIECE_WORDS, MPI_UINT64_T, ROOT, TAG_PIECE,
                        run->queue->session->world, &run->answering));
    send_notice(run, PURPOSE_ASK, busy_ns, none);
    run->asked = true;
}

/* The answer to the question that is open; asks if none is. */
static struct piece queue_answer(struct run *run) {
    if (!run->asked)
        ask(run, run->busy_ns);
    wait_quietly(&run->answering);
    run->asked = false;
    return run->answer;
}

/* In the middle of a piece: the later, the better its cost is known and the fewer units wait on a
 * rank that may be slow; but the answer must be here in time. Units of which a piece has only a few
 * tell too late how much of it is done. */
static bool is_time_to_ask(const struct run *run) {
    const uint64_t done = run->now_units - run->piece_units;
    return hands_out(run) && !run->asked && (run->piece.count < 4 || 2 * done >= run->piece.count);
}

/* Results that have been announced. The one who receives them must have taken the ones before: the
 * synchronous mode sees to it. */
static void deliver(struct run *run, struct piece piece) {
    const struct queue_delivery *delivery = run->work->delivery;
    const MPI_Comm world = run->queue->session->world;
    struct queue_block blocks[QUEUE_BLOCKS] = {{NULL, 0}};
    delivery->locate(delivery->context, run->queue->session->rank, piece, blocks);
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        wait_quietly(&run->delivering[k]);
    send_notice(run, PURPOSE_DELIVER, run->busy_ns, piece);
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        if (blocks[k].bytes > 0)
            MPI_CHECK(MPI_Issend(blocks[k].memory, (int)blocks[k].bytes, MPI_BYTE, ROOT,
                                 TAG_RESULTS + k, world, &run->delivering[k]));
}

/* Moves results on, and looks whether rank 0 has ended the work. */
static void poll_delivery(struct run *run) {
    int done;
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        MPI_CHECK(MPI_Test(&run->delivering[k], &done, MPI_STATUS_IGNORE));
    MPI_CHECK(MPI_Test(&run->ending, &done, MPI_STATUS_IGNORE));
    run->stopping |= done;
}

static void poll_other(struct run *run, uint64_t now_ns) {
    const uint64_t busy_ns = run->busy_ns + (now_ns - run->begun_ns);
    int arrived;
    if (run->work->delivery)
        poll_delivery(run);
    if (is_time_to_ask(run)) {
        ask(run, busy_ns);
    } else if (run->work->listen && now_ns >= run->next_tell_ns) {
        run->next_tell_ns = now_ns + tell_every_ns;
        send_notice(run, PURPOSE_TELL, busy_ns, none);
    } else if (run->asked) {
        /* Some networks move messages only while MPI is called; the request stays open. */
        MPI_CHECK(MPI_Request_get_status(run->answering, &arrived, MPI_STATUS_IGNORE));
    }
}

/* -- rank 0 ------------------------------------------------------------------------------------ */

static void hand_out(struct run *run, int rank, uint64_t room) {
    const struct piece piece = schedule_next(&run->queue->schedule, rank, room);
    MPI_CHECK(
        MPI_Send(&piece, PIECE_WORDS, MPI_UINT64_T, rank, TAG_PIECE, run->queue->session->world));
}

/* Ends all ranks: those that still work stop. The message is so short that MPI buffers it. */
static void end_all(struct run *run) {
    const uint64_t end = 1;
    schedule_stop(&run->queue->schedule);
    if (run->notified_end || !run->work->delivery)
        return;
    run->notified_end = true;
    for (int r = 1; r < run->queue->session->size; r++)
        MPI_CHECK(MPI_Send(&end, 1, MPI_UINT64_T, r, TAG_END, run->queue->session->world));
}

static void stop_all(struct run *run, bool asked) {
    run->queue->stopped |= asked;
    run->stopping = true;
    end_all(run);
}

static void fail_all(struct run *run) {
    run->failed = true;
    stop_all(run, false);
}

static void queue_keep(struct run *run, int rank, struct piece piece) {
    const struct queue_delivery *delivery = run->work->delivery;
    if (!run->failed && !delivery->keep(delivery->context, rank, piece))
        fail_all(run);
}

static void end_arrival(struct run *run, int rank) {
    struct queue_arrival *arrival = &run->queue->arrivals[rank];
    const struct piece piece = arrival->piece;
    arrival->piece = none;
    run->arriving--;
    queue_keep(run, rank, piece);
}

/* The sender has waited until the results before these were taken, so they are here. */
static void begin_arrival(struct run *run, int rank, struct piece piece) {
    const struct queue_delivery *delivery = run->work->delivery;
    struct queue_arrival *arrival = &run->queue->arrivals[rank];
    struct queue_block blocks[QUEUE_BLOCKS] = {{NULL, 0}};
    if (arrival->piece.count > 0) {
        MPI_CHECK(MPI_Waitall(QUEUE_BLOCKS, arrival->requests, MPI_STATUSES_IGNORE));
        end_arrival(run, rank);
    }
    delivery->locate(delivery->context, rank, piece, blocks);
    *arrival = (struct queue_arrival){piece, {MPI_REQUEST_NULL, MPI_REQUEST_NULL}};
    run->arriving++;
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        if (blocks[k].bytes > 0)
            MPI_CHECK(MPI_Irecv(blocks[k].memory, (int)blocks[k].bytes, MPI_BYTE, rank,
                                TAG_RESULTS + k, run->queue->session->world,
                                &arrival->requests[k]));
}

/* Returns whether something has arrived. */
static bool take_arrivals(struct run *run) {
    bool any = false;
    for (int r = 1; run->arriving > 0 && r < run->queue->session->size; r++) {
        struct queue_arrival *arrival = &run->queue->arrivals[r];
        int arrived = 0;
        if (arrival->piece.count > 0)
            MPI_CHECK(MPI_Testall(QUEUE_BLOCKS, arrival->requests, &arrived, MPI_STATUSES_IGNORE));
        if (arrived)
            end_arrival(run, r);
        any |= arrived;
    }
    return any;
}

/* What rank 0 does for a delivery whenever it looks up from its work. */
static void queue_tend(struct run *run) {
    const struct queue_delivery *delivery = run->work->delivery;
    if (!delivery || run->failed)
        return;
    if (!run->stopping && delivery->stop())
        stop_all(run, true);
    if (!delivery->tend(delivery->context))
        fail_all(run);
}

static void take_notice(struct run *run, int rank, const struct notice *notice) {
    struct queue_share *share = &run->queue->shares[rank];
    run->others_units += notice->units - share->units;
    *share = (struct queue_share){notice->units, (double)notice->busy_ns * 1e-9};
    schedule_tell(&run->queue->schedule, rank, share->units, share->busy_seconds);
    if (notice->purpose == PURPOSE_ASK)
        hand_out(run, rank, notice->room);
    if (notice->purpose == PURPOSE_DELIVER)
        begin_arrival(run, rank, notice->piece);
    if (notice->purpose == PURPOSE_STOP)
        stop_all(run, true);
    if (notice->purpose == PURPOSE_LAST) {
        run->others_ended++;
        if (notice->failed)
            stop_all(run, false);
    }
}

/* Takes the notices that have arrived. Returns whether there was one. */
static bool queue_serve(struct run *run) {
    const MPI_Comm world = run->queue->session->world;
    bool any = false;
    while (run->others_ended < run->queue->session->size - 1) {
        int arrived;
        MPI_Status status;
        struct notice notice;
        MPI_CHECK(MPI_Iprobe(MPI_ANY_SOURCE, TAG_NOTICE, world, &arrived, &status));
        if (!arrived)
            break;
        MPI_CHECK(MPI_Recv(&notice, NOTICE_WORDS, MPI_UINT64_T, status.MPI_SOURCE, TAG_NOTICE,
                           world, MPI_STATUS_IGNORE));
        take_notice(run, status.MPI_SOURCE, &notice);
        any = true;
    }
    return take_arrivals(run) || any;
}

static void tell_listener(const struct run *run) {
    if (run->work->listen)
        run->work->listen(run->work->listen_context, run->now_units + run->others_units,
                          run->queue->schedule.total);
}

static void poll_root(struct run *run, uint64_t now_ns) {
    struct queue_share *own = &run->queue->shares[ROOT];
    *own = (struct queue_share){run->now_units,
                                (double)(run->busy_ns + (now_ns - run->begun_ns)) * 1e-9};
    schedule_tell(&run->queue->schedule, ROOT, own->units, own->busy_seconds);
    queue_serve(run);
    queue_tend(run);
    tell_listener(run);
}

/* Serves until there is another piece for rank 0 itself, or all the others have ended. Rank 0 may
 * be refused a piece since it is slow, and still be the last that can take it. */
static struct piece next_of_root(struct run *run) {
    const int others = run->queue->session->size - 1;
    struct patience patience = patience_begin();
    for (;;) {
        const struct piece piece =
            run->stopping ? none
                          : schedule_next(&run->queue->schedule, ROOT, run->queue->schedule.total);
        if (piece.count > 0 || (run->others_ended == others && run->arriving == 0))
            return piece;
        if (queue_serve(run))
            patience = patience_begin();
        else
            patience_wait(&patience);
        queue_tend(run);
        tell_listener(run);
    }
}

/* -- every rank -------------------------------------------------------------------------------- */

/* On this rank somebody asks to stop. */
static void stop(struct run *run) {
    if (queue_is_root(run)) {
        stop_all(run, true);
        return;
    }
    run->stopping = true;
    send_notice(run, PURPOSE_STOP, run->busy_ns, none);
}

/* plait_progress_fn: from the kernel, after every tile of the main thread. */
static bool on_progress(void *context, uint64_t done, uint64_t total) {
    struct run *run = context;
    const uint64_t now_ns = clock_now_ns();
    if (run->work->delivery && !run->stopping && run->work->delivery->stop())
        stop(run);
    if (run->stopping)
        return false;
    if (now_ns < run->next_look_ns)
        return true;
    run->next_look_ns = now_ns + look_every_ns;
    const double part = total > 0 ? (double)done / (double)total : 0;
    run->now_units = run->units + (uint64_t)((double)run->part.count * part);
    if (queue_is_root(run))
        poll_root(run, now_ns);
    else
        poll_other(run, now_ns);
    return !run->stopping;
}

static uint64_t queue_least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* The units of a piece as the user numbers them, up to the first gap. */
static struct piece user_units(const struct run *run, struct piece piece) {
    if (!run->queue->rest)
        return piece;
    struct piece units = unit_set_from(run->queue->rest, piece.first);
    units.count = queue_least(units.count, piece.count);
    return units;
}

/* Computes a part, which has no gap: `units` is what the user calls it. */
static void compute_part(struct run *run, struct piece units) {
    run->begun_ns = clock_now_ns();
    run->next_look_ns = queue_is_root(run) ? run->next_look_ns : 0;
    const bool computed = run->work->compute(run->work->context, units, on_progress, run);
    const uint64_t ns = clock_now_ns() - run->begun_ns;
    run->busy_ns += ns;
    if (!computed) {
        run->failed |= !run->stopping;
        run->stopping = true;
        if (queue_is_root(run))
            end_all(run);
        return;
    }
    run->units += units.count;
    run->now_units = run->units;
    if (!run->work->delivery)
        return;
    const double in_time = (double)units.count * part_seconds * 1e9 / (double)(ns + 1);
    run->part_units = units.count * part_growth;
    if (in_time < (double)run->part_units)
        run->part_units = in_time > 1 ? (uint64_t)in_time : 1;
    if (queue_is_root(run))
        queue_keep(run, ROOT, units);
    else
        deliver(run, units);
}

static void queue_compute(struct run *run) {
    struct piece left = run->piece;
    run->piece_units = run->units;
    run->taken += run->piece.count;
    while (left.count > 0 && !run->stopping) {
        run->part = left;
        if (run->work->delivery)
            run->part.count = queue_least(
                left.count, queue_least(run->part_units, run->work->delivery->most_units));
        const struct piece units = user_units(run, run->part);
        run->part.count = units.count;
        compute_part(run, units);
        left.first += units.count;
        left.count -= units.count;
    }
}

/* An answer that is under way is taken even by a rank that will not use it. */
static struct piece next_of_other(struct run *run) {
    if (run->asked || (hands_out(run) && !run->stopping))
        return queue_answer(run);
    if (run->stopping)
        return none;
    return schedule_next(&run->queue->schedule, run->queue->session->rank, run->work->room);
}

static void work_as_other(struct run *run) {
    run->piece = schedule_first(&run->queue->schedule, run->queue->session->rank);
    while (run->piece.count > 0) {
        if (!run->stopping)
            queue_compute(run);
        run->piece = next_of_other(run);
    }
    send_notice(run, PURPOSE_LAST, run->busy_ns, none);
    MPI_CHECK(MPI_Wait(&run->sending, MPI_STATUS_IGNORE));
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        wait_quietly(&run->delivering[k]);
    wait_quietly(&run->ending);
}

/* Where rank 0 hands out, it takes the first pieces of all into account; where all know their
 * pieces, it walks through its own. */
static struct piece first_of_root(struct run *run) {
    struct schedule *schedule = &run->queue->schedule;
    const struct piece first = schedule_first(schedule, ROOT);
    for (int r = 1; hands_out(run) && r < schedule->ranks; r++)
        (void)schedule_first(schedule, r);
    return first;
}

static void work_as_root(struct run *run) {
    run->piece = first_of_root(run);
    while (run->piece.count > 0 || run->others_ended < run->queue->session->size - 1 ||
           run->arriving > 0) {
        if (run->piece.count > 0 && !run->stopping)
            queue_compute(run);
        run->queue->shares[ROOT] = (struct queue_share){run->units, (double)run->busy_ns * 1e-9};
        schedule_tell(&run->queue->schedule, ROOT, run->units, (double)run->busy_ns * 1e-9);
        run->piece = next_of_root(run);
    }
    tell_listener(run);
    end_all(run);
}

bool queue_run(struct queue *queue, const struct queue_work *work) {
    struct run run = {
        .queue = queue,
        .work = work,
        .next_tell_ns = clock_now_ns() + tell_every_ns,
        .part_units = 1,
        .sending = MPI_REQUEST_NULL,
        .answering = MPI_REQUEST_NULL,
        .delivering = {MPI_REQUEST_NULL, MPI_REQUEST_NULL},
        .ending = MPI_REQUEST_NULL,
    };
    if (work->delivery && !queue_is_root(&run))
        MPI_CHECK(MPI_Irecv(&run.end, 1, MPI_UINT64_T, ROOT, TAG_END, queue->session->world,
                            &run.ending));
    if (queue_is_root(&run))
        work_as_root(&run);
    else
        work_as_other(&run);
    /* What follows is most often a collective call, in which many MPI libraries wait busily: those
     * who are done would take the core from those who are not. */
    quiet_barrier(queue->session);
    return !run.failed;
}

/* Times of the first units of a sample: cumulative nanoseconds in ns[], returns how many. */
static int queue_measure(const struct queue *queue, const struct queue_plan *plan,
                         uint64_t ns[SAMPLES]) {
    const uint64_t units = queue->schedule.total;
    const int most = units < SAMPLES ? (int)units : SAMPLES;
    const uint64_t start_ns = clock_now_ns();
    int count = 0;
    while (count < most && (count == 0 || ns[count - 1] < sample_ns)) {
        const uint64_t unit = plait_sample(units, (uint64_t)count);
        plan->sample(plan->sample_context,
                     queue->rest ? unit_set_from(queue->rest, unit).first : unit);
        ns[count++] = clock_now_ns() - start_ns;
    }
    return count;
}

/* Compares the ranks on the units that the slowest has measured too. */
static void weigh(struct queue *queue, const struct queue_plan *plan, double *speeds) {
    uint64_t ns[SAMPLES];
    const int count = queue_measure(queue, plan, ns);
    int common;
    MPI_CHECK(MPI_Allreduce(&count, &common, 1, MPI_INT, MPI_MIN, queue->session->world));
    const double speed =
        common > 0 && ns[common - 1] > 0 ? 1e9 * common / (double)ns[common - 1] : 0;
    MPI_CHECK(MPI_Allgather(&speed, 1, MPI_DOUBLE, speeds, 1, MPI_DOUBLE, queue->session->world));
    schedule_weigh(&queue->schedule, speeds);
}

bool queue_begin(struct queue *queue, const struct session *session, const struct queue_plan *plan,
                 struct failure *failure) {
    const uint64_t units = plan->rest ? unit_set_units(plan->rest) : plan->units;
    const size_t ranks = (size_t)session->size;
    *queue = (struct queue){.session = session, .rest = plan->rest};
    double *speeds = malloc(ranks * sizeof *speeds);
    if (session->rank == ROOT) {
        queue->shares = calloc(ranks, sizeof *queue->shares);
        queue->arrivals = calloc(ranks, sizeof *queue->arrivals);
    }
    if (!schedule_begin(&queue->schedule, plan->kind, units, session->size) || !speeds ||
        (session->rank == ROOT && !(queue->shares && queue->arrivals)))
        failure_set(failure, EXIT_RUN, "out of memory");
    const bool begun = agree(session, failure);
    if (begun && plan->kind == SCHEDULE_WEIGHTED)
        weigh(queue, plan, speeds);
    free(speeds);
    return begun;
}

uint64_t queue_fair_share(const struct queue *queue) {
    return schedule_share(&queue->schedule, queue->session->rank);
}

double queue_imbalance(const struct queue_share *shares, int ranks) {
    double sum = 0, busiest = 0;
    for (int r = 0; r < ranks; r++) {
        sum += shares[r].busy_seconds;
        if (shares[r].busy_seconds > busiest)
            busiest = shares[r].busy_seconds;
    }
    return sum > 0 ? busiest * ranks / sum : 1;
}

void queue_end(struct queue *queue) {
    schedule_end(&queue->schedule);
    free(queue->shares);
    free(queue->arrivals);
    queue->shares = NULL;
    queue->arrivals = NULL;
}
