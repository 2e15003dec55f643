/* SPDX-License-Identifier: MIT
 * Where values come from. */
#include "messages/rank_values.h"

#include "base/decompose.h"
#include "base/number.h"
#include "files/reader_npy.h"
#include "messages/ranking.h"
#include "plait/pcg.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_VALUES = 51, DRAWN_MAX = 100 };

bool rank_is_real(enum npy_type type) {
    return type == NPY_FLOAT32 || type == NPY_FLOAT64;
}

/* The number of items of a list. */
static size_t rank_count_items(const char *text) {
    size_t count = 1;
    for (const char *c = text; *c; c++)
        count += *c == ',';
    return count;
}

/* Whether all items are integers; if not, item is the first that is none. */
static bool rank_all_integers(const char *text, char item[RANK_ITEM_BYTES]) {
    int64_t integer;
    while (text) {
        text = rank_copy_item(text, item);
        if (!rank_read_integer(item, &integer))
            return false;
    }
    return true;
}

static bool rank_choose_list_type(struct rank_values *values, const struct rank_options *options,
                                  struct failure *failure) {
    char item[RANK_ITEM_BYTES];
    const bool whole = rank_all_integers(options->values, item);
    if (values->type_option == RANK_TYPE_INT && !whole)
        return failure_set(failure, EXIT_USAGE,
                           "--values: '%s' is not a 64-bit integer: give --type float", item);
    values->type = whole && values->type_option != RANK_TYPE_FLOAT ? NPY_INT64 : NPY_FLOAT64;
    return true;
}

/* The item of this rank. */
static void rank_take_item(struct rank_values *values, const char *text, int rank) {
    char item[RANK_ITEM_BYTES];
    int64_t integer;
    for (const char *next = text; rank >= 0; rank--)
        next = rank_copy_item(next, item);
    if (values->type == NPY_INT64)
        (void)rank_read_integer(item, &values->values->integer);
    else if (number_real(item, &values->values->real) && rank_read_integer(item, &integer))
        values->values->real = (double)integer; /* 2^20 and the like */
}

static bool rank_take_list(struct rank_values *values, const struct session *session,
                           const struct rank_options *options, struct failure *failure) {
    const size_t items = rank_count_items(options->values);
    if (items != (size_t)session->size)
        failure_set(failure, EXIT_USAGE, "--values has %zu number%s for %d rank%s: give one each",
                    items, items == 1 ? "" : "s", session->size, session->size == 1 ? "" : "s");
    rank_choose_list_type(values, options, failure);
    if (!agree(session, failure))
        return false;
    rank_take_item(values, options->values, session->rank);
    return true;
}

/* Whole numbers from 1 to 100, so that some are equal; else from [0, 1). */
static void rank_draw(struct rank_values *values, const struct session *session, uint64_t seed) {
    uint64_t output;
    const uint64_t state = plait_pcg_jump(plait_pcg_seed(seed), (uint64_t)session->rank);
    plait_pcg_outputs(PLAIT_PCG32, state, 1, &output);
    values->type = values->type_option == RANK_TYPE_FLOAT ? NPY_FLOAT64 : NPY_INT64;
    if (rank_is_real(values->type))
        values->values->real = (double)output / 4294967296.0;
    else
        values->values->integer = 1 + (int64_t)(output * DRAWN_MAX >> 32);
}

static bool rank_begin_one_each(struct rank_values *values, const struct session *session,
                                struct failure *failure) {
    values->one_each = true;
    values->total = (uint64_t)session->size;
    values->count = 1;
    values->values = calloc(1, sizeof *values->values);
    if (!values->values)
        failure_set(failure, EXIT_RUN, "out of memory");
    return agree(session, failure);
}

/* The number whose bytes are given. */
static union rank_value rank_value_at(enum npy_type type, const unsigned char *bytes) {
    union rank_value value;
    int32_t integer;
    float real;
    if (type == NPY_INT32) {
        memcpy(&integer, bytes, sizeof integer);
        value.integer = integer;
    } else if (type == NPY_FLOAT32) {
        memcpy(&real, bytes, sizeof real);
        value.real = (double)real;
    } else {
        memcpy(&value, bytes, sizeof value);
    }
    return value;
}

/* Whether the file is a list of numbers that can be ranked. */
static bool rank_check_header(const struct rank_values *values, const struct npy_header *header,
                              const struct rank_options *options, struct failure *failure) {
    const char *name = npy_types[header->type].name;
    char shape[NPY_SHAPE_BYTES];
    npy_shape_text(header->dimensions, header->shape, shape);
    if (header->type != NPY_INT32 && header->type != NPY_INT64 && !rank_is_real(header->type))
        return failure_set(failure, EXIT_USAGE,
                           "'%s' holds %s: save it as int32, int64, float32 or float64",
                           options->values, name);
    if (values->type_option != RANK_TYPE_ANY &&
        rank_is_real(header->type) != (values->type_option == RANK_TYPE_FLOAT))
        return failure_set(failure, EXIT_USAGE, "'%s' holds %s, which is not --type %s",
                           options->values, name,
                           values->type_option == RANK_TYPE_FLOAT ? "float" : "int");
    if (header->dimensions != 1)
        return failure_set(failure, EXIT_USAGE, "'%s' has the shape %s: give one dimension",
                           options->values, shape);
    return header->items > 0 ||
           failure_set(failure, EXIT_USAGE, "'%s' is empty: give at least one number",
                       options->values);
}

/* Rank 0 opens the file and checks its header, and broadcasts what it has. */
static bool rank_open_file(struct rank_values *values, const struct session *session,
                           const struct rank_options *options, struct npy_reader *reader,
                           struct failure *failure) {
    if (session->rank == ROOT && npy_open(reader, options->values, failure))
        rank_check_header(values, &reader->header, options, failure);
    if (!agree(session, failure))
        return false;
    uint64_t header[2] = {reader->header.items, (uint64_t)reader->header.type};
    MPI_CHECK(MPI_Bcast(header, 2, MPI_UINT64_T, ROOT, session->world));
    values->total = header[0];
    values->type = (enum npy_type)header[1];
    values->count =
        decompose_block(values->total, (uint64_t)session->size, (uint64_t)session->rank);
    if (values->count > RANKING_KEYS_MAX)
        failure_set(failure, EXIT_USAGE, "'%s' has more than %d values per rank: start more ranks",
                    options->values, RANKING_KEYS_MAX);
    return agree(session, failure);
}

/* Converts the bytes of a chunk to values. */
static void rank_store_chunk(struct rank_values *values, uint64_t first, const unsigned char *bytes,
                             size_t count) {
    const size_t each = npy_types[values->type].bytes;
    for (size_t k = 0; k < count; k++)
        values->values[first + k] = rank_value_at(values->type, bytes + k * each);
}

size_t rank_chunk(uint64_t count, uint64_t first) {
    return count - first < RANK_CHUNK ? (size_t)(count - first) : RANK_CHUNK;
}

/* Rank 0 continues after an error: the others wait for that many bytes. */
static void rank_send_share(struct rank_values *values, const struct session *session, int rank,
                            struct npy_reader *reader, unsigned char *bytes,
                            struct failure *failure) {
    const uint64_t share = decompose_block(values->total, (uint64_t)session->size, (uint64_t)rank);
    for (uint64_t first = 0; first < share; first += RANK_CHUNK) {
        const size_t count = rank_chunk(share, first);
        npy_read(reader, bytes, count, failure);
        if (rank == ROOT)
            rank_store_chunk(values, first, bytes, count);
        else
            MPI_CHECK(MPI_Send(bytes, (int)(count * npy_types[values->type].bytes), MPI_BYTE, rank,
                               TAG_VALUES, session->world));
    }
}

static void rank_receive_share(struct rank_values *values, const struct session *session,
                               unsigned char *bytes) {
    for (uint64_t first = 0; first < values->count; first += RANK_CHUNK) {
        const size_t count = rank_chunk(values->count, first);
        MPI_CHECK(MPI_Recv(bytes, (int)(count * npy_types[values->type].bytes), MPI_BYTE, ROOT,
                           TAG_VALUES, session->world, MPI_STATUS_IGNORE));
        rank_store_chunk(values, first, bytes, count);
    }
}

static bool rank_allocate(struct rank_values *values, const struct session *session,
                          unsigned char **bytes, struct failure *failure) {
    const uint64_t each = RANKING_BYTES_EACH + sizeof *values->values;
    memory_check(session, values->count * each, "the values", failure);
    if (!agree(session, failure))
        return false;
    values->values =
        malloc((size_t)(values->count > 0 ? values->count : 1) * sizeof *values->values);
    *bytes = calloc(RANK_CHUNK, 8);
    if (!values->values || !*bytes)
        failure_set(failure, EXIT_RUN, "out of memory for the values");
    return agree(session, failure);
}

static bool rank_read_file(struct rank_values *values, const struct session *session,
                           const struct rank_options *options, struct failure *failure) {
    struct npy_reader reader = {0};
    unsigned char *bytes = NULL;
    if (rank_open_file(values, session, options, &reader, failure) &&
        rank_allocate(values, session, &bytes, failure)) {
        if (session->rank != ROOT)
            rank_receive_share(values, session, bytes);
        for (int r = 0; session->rank == ROOT && r < session->size; r++)
            rank_send_share(values, session, r, &reader, bytes, failure);
        agree(session, failure);
    }
    free(bytes);
    npy_close(&reader);
    return failure->exit_status == EXIT_DONE;
}

bool rank_values_begin(struct rank_values *values, const struct run *run, bool drawn,
                       struct failure *failure) {
    const struct rank_options *options = run->options;
    values->type_option = values_has(run->values, "type") ? options->type : RANK_TYPE_ANY;
    if (!drawn && rank_is_file(options->values))
        return rank_read_file(values, run->session, options, failure);
    if (!rank_begin_one_each(values, run->session, failure))
        return false;
    if (!drawn)
        return rank_take_list(values, run->session, options, failure);
    rank_draw(values, run->session, run->seed);
    return true;
}

uint64_t rank_key(enum npy_type type, union rank_value value) {
    const uint64_t top = (uint64_t)1 << 63;
    uint64_t bits;
    if (!rank_is_real(type))
        return (uint64_t)value.integer ^ top;
    if (isnan(value.real))
        return UINT64_MAX;
    const double real = value.real + 0.0; /* -0 becomes 0 */
    memcpy(&bits, &real, sizeof bits);
    return bits & top ? ~bits : bits | top; /* negative numbers are ordered backwards */
}
