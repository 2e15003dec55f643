/* SPDX-License-Identifier: MIT
 * A key and its place make an item; all items differ, so that their order is one, and samples cut
 * it into parts of about the same length even where all keys are equal. Each rank sorts its items,
 * sends each to the rank whose part it falls into, sorts what it got, and returns places and
 * positions. */
#include "messages/ranking.h"

#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

struct item {
    uint64_t key;   /* on the way back the position */
    uint64_t place; /* among the keys of all ranks */
};

/* Samples per rank: as many as ranks balance best, but every rank holds all samples. */
enum { SAMPLES_MAX = 256 };

/* One exchange: the counts and offsets of the items that go to and come from each rank. */
struct exchange {
    int *sent, *sent_at, *got, *got_at; /* [ranks] */
    uint64_t got_total;
};

struct work {
    const struct session *session;
    uint64_t count, first; /* keys of this rank, place of its first one */
    uint64_t *firsts;      /* [ranks]: of every rank */
    struct item *items;    /* [count] */
    struct item *cuts;     /* [ranks - 1]: where the parts of the ranks begin, but the first */
    struct item *part;     /* [exchange.got_total]: the part of this rank */
    struct item *replies;  /* [exchange.got_total], by destination rank */
    struct exchange exchange;
    MPI_Datatype type; /* struct item */
};

static size_t ranking_ranks(const struct work *work) {
    return (size_t)work->session->size;
}

static int ranking_compare(const void *left, const void *right) {
    const struct item *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* malloc of at least one element; NULL with a failure if there is no memory. */
static void *ranking_malloc(uint64_t count, size_t bytes, struct failure *failure) {
    const bool fits = count < SIZE_MAX / bytes;
    void *memory = fits ? malloc((count > 0 ? (size_t)count : 1) * bytes) : NULL;
    if (!memory)
        failure_set(failure, EXIT_RUN, "out of memory for %zu-byte items", bytes);
    return memory;
}

static bool ranking_begin(struct work *work, const uint64_t *keys, struct failure *failure) {
    const size_t ranks = ranking_ranks(work);
    struct exchange *exchange = &work->exchange;
    MPI_CHECK(MPI_Type_contiguous(2, MPI_UINT64_T, &work->type));
    MPI_CHECK(MPI_Type_commit(&work->type));
    MPI_CHECK(MPI_Scan(&work->count, &work->first, 1, MPI_UINT64_T, MPI_SUM, work->session->world));
    work->first -= work->count;
    work->items = ranking_malloc(work->count, sizeof *work->items, failure);
    work->cuts = ranking_malloc(ranks, sizeof *work->cuts, failure);
    work->firsts = ranking_malloc(ranks, sizeof *work->firsts, failure);
    exchange->sent = ranking_malloc(ranks, sizeof *exchange->sent, failure);
    exchange->sent_at = ranking_malloc(ranks, sizeof *exchange->sent_at, failure);
    exchange->got = ranking_malloc(ranks, sizeof *exchange->got, failure);
    exchange->got_at = ranking_malloc(ranks, sizeof *exchange->got_at, failure);
    if (!agree(work->session, failure))
        return false;
    MPI_CHECK(MPI_Allgather(&work->first, 1, MPI_UINT64_T, work->firsts, 1, MPI_UINT64_T,
                            work->session->world));
    for (uint64_t k = 0; k < work->count; k++)
        work->items[k] = (struct item){keys[k], work->first + k};
    qsort(work->items, (size_t)work->count, sizeof *work->items, ranking_compare);
    return true;
}

static void ranking_end(struct work *work) {
    free(work->items);
    free(work->cuts);
    free(work->firsts);
    free(work->part);
    free(work->replies);
    free(work->exchange.sent);
    free(work->exchange.sent_at);
    free(work->exchange.got);
    free(work->exchange.got_at);
    MPI_CHECK(MPI_Type_free(&work->type));
}

/* Sets the offset of each rank from the counts; returns their sum. */
static uint64_t ranking_offsets(const int *counts, int *at, size_t ranks) {
    uint64_t sum = 0;
    for (size_t r = 0; r < ranks; r++) {
        at[r] = (int)sum;
        sum += (uint64_t)counts[r];
    }
    return sum;
}

/* Samples of all ranks, at equal distances in each, sorted; the cuts lie at equal distances. */
static bool ranking_choose_cuts(struct work *work, struct failure *failure) {
    const size_t ranks = ranking_ranks(work);
    struct exchange *exchange = &work->exchange;
    const uint64_t most = ranks < SAMPLES_MAX ? ranks : SAMPLES_MAX;
    const int mine = (int)(work->count < most ? work->count : most);
    struct item own[SAMPLES_MAX];
    for (int k = 0; k < mine; k++)
        own[k] = work->items[(uint64_t)k * work->count / (uint64_t)mine];
    MPI_CHECK(MPI_Allgather(&mine, 1, MPI_INT, exchange->got, 1, MPI_INT, work->session->world));
    const uint64_t total = ranking_offsets(exchange->got, exchange->got_at, ranks);
    struct item *samples = ranking_malloc(total, sizeof *samples, failure);
    if (!agree(work->session, failure)) {
        free(samples);
        return false;
    }
    MPI_CHECK(MPI_Allgatherv(own, mine, work->type, samples, exchange->got, exchange->got_at,
                             work->type, work->session->world));
    qsort(samples, (size_t)total, sizeof *samples, ranking_compare);
    for (size_t r = 1; r < ranks; r++)
        work->cuts[r - 1] = samples[r * total / ranks];
    free(samples);
    return true;
}

/* The number of items below a cut. */
static uint64_t ranking_items_below(const struct work *work, const struct item *cut) {
    uint64_t low = 0, high = work->count;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (ranking_compare(&work->items[middle], cut) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sends each item to the rank whose part contains it. */
static bool ranking_exchange(struct work *work, struct failure *failure) {
    const size_t ranks = ranking_ranks(work);
    struct exchange *exchange = &work->exchange;
    uint64_t begins = 0;
    for (size_t r = 0; r < ranks; r++) {
        const uint64_t ends =
            r + 1 < ranks ? ranking_items_below(work, &work->cuts[r]) : work->count;
        exchange->sent[r] = (int)(ends - begins);
        begins = ends;
    }
    MPI_CHECK(
        MPI_Alltoall(exchange->sent, 1, MPI_INT, exchange->got, 1, MPI_INT, work->session->world));
    ranking_offsets(exchange->sent, exchange->sent_at, ranks);
    exchange->got_total = ranking_offsets(exchange->got, exchange->got_at, ranks);
    if (exchange->got_total > INT32_MAX)
        failure_set(failure, EXIT_RUN, "too many values for one rank: start more ranks");
    work->part = ranking_malloc(exchange->got_total, sizeof *work->part, failure);
    work->replies = ranking_malloc(exchange->got_total, sizeof *work->replies, failure);
    if (!agree(work->session, failure))
        return false;
    MPI_CHECK(MPI_Alltoallv(work->items, exchange->sent, exchange->sent_at, work->type, work->part,
                            exchange->got, exchange->got_at, work->type, work->session->world));
    return true;
}

/* The rank that a place belongs to: the last one whose first place is not after it. Ranks without
 * keys share their first place with the next. */
static size_t ranking_owner(const struct work *work, uint64_t place) {
    size_t low = 0, high = ranking_ranks(work) - 1;
    while (low < high) {
        const size_t middle = low + (high - low + 1) / 2;
        if (work->firsts[middle] <= place)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Sorts the part, and writes the position of each item into the reply to its owner. */
static void ranking_make_replies(struct work *work) {
    const struct exchange *exchange = &work->exchange;
    uint64_t before = 0;
    MPI_CHECK(
        MPI_Exscan(&exchange->got_total, &before, 1, MPI_UINT64_T, MPI_SUM, work->session->world));
    if (work->session->rank == ROOT)
        before = 0; /* undefined by MPI there */
    qsort(work->part, (size_t)exchange->got_total, sizeof *work->part, ranking_compare);
    for (uint64_t k = 0; k < exchange->got_total; k++) {
        const uint64_t place = work->part[k].place;
        const int at = exchange->got_at[ranking_owner(work, place)]++;
        work->replies[at] = (struct item){before + k, place};
    }
    ranking_offsets(exchange->got, exchange->got_at, ranking_ranks(work));
}

/* Each rank sends as many items back as it got. */
static void ranking_return_replies(struct work *work, uint64_t *positions) {
    const struct exchange *exchange = &work->exchange;
    MPI_CHECK(MPI_Alltoallv(work->replies, exchange->got, exchange->got_at, work->type, work->items,
                            exchange->sent, exchange->sent_at, work->type, work->session->world));
    for (uint64_t k = 0; k < work->count; k++)
        positions[work->items[k].place - work->first] = work->items[k].key;
}

bool ranking(const struct session *session, const uint64_t *keys, uint64_t count,
             uint64_t *positions, struct failure *failure) {
    struct work work = {.session = session, .count = count};
    const bool right = ranking_begin(&work, keys, failure) && ranking_choose_cuts(&work, failure) &&
                       ranking_exchange(&work, failure);
    if (right) {
        ranking_make_replies(&work);
        ranking_return_replies(&work, positions);
    }
    ranking_end(&work);
    return right;
}
