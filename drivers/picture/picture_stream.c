/* SPDX-License-Identifier: MIT
 * Computes a picture into a store, and encodes it from there. */
#include "picture/picture_stream.h"

#include "base/clock.h"
#include "files/npy_header.h"
#include "image/writer.h"
#include "picture/picture_image.h"
#include "picture/picture_report.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdlib.h>

/* Threads wait for each other at the end of a part: it should be many tiles (kernels/escape.c). */
static const uint64_t thread_bytes = UINT64_C(4) << 20;
static const uint64_t most_bytes = UINT64_C(64) << 20;

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static bool is_root(const struct picture *picture) {
    return picture->session->rank == ROOT;
}

static uint64_t row_bytes(const struct picture *picture) {
    return (uint64_t)picture->escape.width * sizeof(int32_t);
}

static uint64_t place_of(const struct picture *picture, uint32_t row) {
    return NPY_HEADER_BYTES + row * row_bytes(picture);
}

/* -- before the work --------------------------------------------------------------------------- */

static const char *output_at(const struct picture *picture, size_t index) {
    return picture->options->out.items[index];
}

/* The first output of that kind, or how many there are. All have been checked. */
static size_t find_output(const struct picture *picture, bool (*wanted)(const char *path)) {
    const size_t count = picture->options->out.count;
    for (size_t k = 0; k < count; k++)
        if (wanted(output_at(picture, k)))
            return k;
    return count;
}

static bool makes_file(const char *path) {
    struct failure failure = {0};
    return writer_makes_file(writer_format_find(path, &failure));
}

static bool holds_counts(const char *path) {
    struct failure failure = {0};
    return writer_format_find(path, &failure) == writer_format_find(".npy", &failure);
}

/* A format that is put together in memory would need what --stream is to spare. */
static bool check_formats(const struct picture *picture, struct failure *failure) {
    for (size_t k = 0; k < picture->options->out.count; k++) {
        const char *path = output_at(picture, k);
        const struct writer_format *format = writer_format_find(path, failure);
        if (!format || writer_row_bytes(format, picture->escape.width) > 0)
            return failure_set(failure, EXIT_USAGE,
                               "'%s' cannot be written row by row: choose .png, .ppm or .npy, or "
                               "leave out --stream",
                               path);
    }
    return true;
}

/* The store lies where the counts are to be, else beside the first file. */
static bool begin_store(struct picture *picture, struct failure *failure) {
    struct picture_stream *stream = &picture->stream;
    const size_t count = picture->options->out.count;
    const size_t first = find_output(picture, makes_file);
    stream->target = find_output(picture, holds_counts);
    stream->stored = first < count;
    return !stream->stored ||
           store_begin(&stream->store, picture->session,
                       output_at(picture, stream->target < count ? stream->target : first),
                       place_of(picture, picture->escape.height), failure);
}

static void make_buffers(struct picture *picture, struct failure *failure) {
    struct picture_stream *stream = &picture->stream;
    const uint64_t wanted = thread_bytes * (uint64_t)picture->exec.threads;
    const uint64_t rows = (wanted < most_bytes ? wanted : most_bytes) / row_bytes(picture);
    const uint32_t height = picture->escape.height;
    stream->rows = rows < height ? (uint32_t)rows : height;
    if (stream->rows == 0)
        stream->rows = 1;
    stream->counts = malloc(stream->rows * row_bytes(picture));
    stream->digests = calloc(height, sizeof *stream->digests);
    if (!stream->counts || !stream->digests)
        failure_set(failure, EXIT_RUN, "out of memory");
}

static void make_smooth(struct picture *picture, struct failure *failure) {
    struct picture_stream *stream = &picture->stream;
    const size_t pixels = (size_t)stream->rows * picture->escape.width;
    stream->smooth = picture_is_smooth(picture);
    if (!stream->smooth)
        return;
    stream->parts = malloc(pixels * sizeof *stream->parts);
    stream->indices = malloc(pixels);
    if (!smooth_finder_begin(&stream->finder, &picture->escape, &picture->exec) || !stream->parts ||
        !stream->indices)
        failure_set(failure, EXIT_RUN, "out of memory for smooth colours");
}

bool stream_begin(struct picture *picture, struct failure *failure) {
    picture->stream.range = colour_range_empty();
    if (!check_formats(picture, failure) ||
        !rows_plan(&picture->rows, picture->session, &picture->escape, &picture->exec,
                   (enum schedule_kind)picture->options->schedule, NULL, failure))
        return false;
    make_buffers(picture, failure);
    make_smooth(picture, failure);
    return agree(picture->session, failure) && begin_store(picture, failure);
}

/* -- the work ---------------------------------------------------------------------------------- */

/* Keeps rows [first, first + rows) of the picture, counts[rows][width]. */
static bool keep_rows(struct picture *picture, uint32_t first, uint32_t rows,
                      const int32_t *counts) {
    struct picture_stream *stream = &picture->stream;
    const struct plait_escape *escape = &picture->escape;
    struct plait_escape_difference difference;
    if (picture->options->verify &&
        plait_escape_verify_rows(escape, &picture->exec, (struct plait_row_range){first, rows},
                                 counts, VERIFY_SAMPLES, &difference) != PLAIT_OK)
        return picture_mismatch(&difference, &stream->failure);

    plait_digest_rows(&picture->exec, counts, rows, escape->width, stream->digests + first);
    const struct plait_escape_tally some =
        plait_escape_count_steps(escape, &picture->exec, counts, rows);
    stream->tally.steps += some.steps;
    stream->tally.interior += some.interior;
    stream->range =
        colour_range_merge(stream->range, colour_range_of(picture_colour_value(picture), counts,
                                                          (size_t)rows * escape->width));
    if (stream->smooth && !smooth_find(&stream->finder, first, rows, escape->width, counts,
                                       stream->parts, &stream->failure))
        return false;
    return !stream->stored || store_write(&stream->store, place_of(picture, first), counts,
                                          rows * row_bytes(picture), &stream->failure);
}

/* The same for the rows that mirror those of a part, which changes its place and order. */
static bool keep_mirrored_rows(struct picture *picture, uint32_t first, uint32_t rows,
                               int32_t *counts) {
    const uint32_t height = picture->escape.height;
    const uint32_t begin = first > 1 ? first : 1;
    const uint32_t end = least(first + rows, height - picture->rows.distinct + 1);
    if (begin >= end)
        return true;
    int32_t *some = counts + (size_t)(begin - first) * picture->escape.width;
    (void)plait_escape_mirror_rows(&picture->escape, &picture->exec, begin, end - begin, some);
    return keep_rows(picture, height - end + 1, end - begin, some);
}

/* What the queue is told of a piece while one of its parts is computed. */
struct relay {
    plait_progress_fn *poll;
    void *context;
    uint64_t before, total; /* rows of the piece: before the part, in all */
};

static bool relay(void *context, uint64_t done, uint64_t total) {
    const struct relay *part = context;
    (void)total;
    return part->poll(part->context, part->before + done, part->total);
}

static bool compute_piece(void *context, struct piece piece, plait_progress_fn *poll,
                          void *poll_context) {
    struct picture *picture = context;
    struct picture_stream *stream = &picture->stream;
    struct relay part = {poll, poll_context, 0, piece.count};
    struct plait_exec exec = picture->exec;
    exec.progress = relay;
    exec.progress_context = &part;
    while (part.before < piece.count) {
        const uint32_t first = (uint32_t)(piece.first + part.before);
        const uint32_t rows = least(stream->rows, (uint32_t)(piece.count - part.before));
        picture->rows.status =
            plait_escape_rows(&picture->escape, &exec, first, rows, stream->counts);
        if (picture->rows.status != PLAIT_OK || !keep_rows(picture, first, rows, stream->counts) ||
            !keep_mirrored_rows(picture, first, rows, stream->counts))
            return false;
        part.before += rows;
    }
    return true;
}

static bool write_header(struct picture *picture) {
    struct picture_stream *stream = &picture->stream;
    char header[NPY_HEADER_BYTES];
    const uint64_t shape[] = {picture->escape.height, picture->escape.width};
    npy_header_make(NPY_INT32, 2, shape, header);
    return !stream->stored ||
           store_write(&stream->store, 0, header, sizeof header, &stream->failure);
}

bool stream_compute(struct picture *picture, const char *label, struct failure *failure) {
    struct picture_stream *stream = &picture->stream;
    const struct queue_work work = {
        .compute = compute_piece,
        .context = picture,
        .room = picture->rows.distinct,
    };
    rows_run(&picture->rows, work, label, (enum progress_style)picture->options->progress,
             &stream->failure);
    if (is_root(picture))
        write_header(picture);
    *failure = stream->failure;
    return agree(picture->session, failure) &&
           (!stream->stored || store_settle(&stream->store, failure));
}

/* A row has one owner; the others have 0 in its place. */
void stream_gather(struct picture *picture) {
    struct picture_stream *stream = &picture->stream;
    const struct session *session = picture->session;
    const struct picture_stream own = *stream;
    MPI_CHECK(MPI_Reduce(is_root(picture) ? MPI_IN_PLACE : stream->digests, stream->digests,
                         (int)picture->escape.height, MPI_UINT64_T, MPI_BOR, ROOT, session->world));
    MPI_CHECK(
        MPI_Reduce(&own.tally, &stream->tally, 2, MPI_UINT64_T, MPI_SUM, ROOT, session->world));
    MPI_CHECK(MPI_Reduce(&own.range.min, &stream->range.min, 1, MPI_INT32_T, MPI_MIN, ROOT,
                         session->world));
    MPI_CHECK(MPI_Reduce(&own.range.max, &stream->range.max, 1, MPI_INT32_T, MPI_MAX, ROOT,
                         session->world));
    if (stream->smooth)
        smooth_share_range(&stream->finder, session, &stream->scale);
    if (!is_root(picture))
        return;
    picture->tally = stream->tally;
    picture->fnv1a = plait_digest_picture(stream->digests, picture->escape.height);
}

/* -- the files --------------------------------------------------------------------------------- */

/* A file system that loses what another node has written, or brings it too late, must not make a
 * picture of it. */
static bool check_digests(const struct picture *picture, uint32_t first, uint32_t rows,
                          uint64_t *digests, struct failure *failure) {
    const struct picture_stream *stream = &picture->stream;
    plait_digest_rows(&picture->exec, stream->counts, rows, picture->escape.width, digests);
    for (uint32_t i = 0; i < rows; i++)
        if (digests[i] != stream->digests[first + i])
            return failure_set(failure, EXIT_RUN,
                               "row %" PRIu32 " of the counts beside '%s' is not what its rank "
                               "wrote there: choose another folder, or leave out --stream",
                               first + i, stream->store.beside);
    return true;
}

/* The palette indices of a part, where colours are smooth. */
static bool colour_part(struct picture *picture, uint32_t first, uint32_t rows,
                        struct failure *failure) {
    struct picture_stream *stream = &picture->stream;
    const uint32_t width = picture->escape.width;
    if (!stream->smooth)
        return true;
    if (!smooth_find(&stream->finder, first, rows, width, stream->counts, stream->parts, failure))
        return false;
    smooth_indices(&stream->scale, stream->counts, stream->parts, (size_t)rows * width,
                   stream->indices);
    return true;
}

/* Reads the store once, for all writers. digests has room for those of a part. */
static bool feed(struct picture *picture, struct writer *const *writers, uint64_t *digests,
                 struct failure *failure) {
    struct picture_stream *stream = &picture->stream;
    const uint32_t height = picture->escape.height;
    for (uint32_t first = 0, rows; first < height; first += rows) {
        rows = least(stream->rows, height - first);
        if (!store_read(&stream->store, place_of(picture, first), stream->counts,
                        rows * row_bytes(picture), failure) ||
            !check_digests(picture, first, rows, digests, failure) ||
            !colour_part(picture, first, rows, failure))
            return false;
        const struct image_rows some = {stream->counts, stream->indices, rows};
        for (size_t k = 0; k < picture->options->out.count; k++)
            if (writers[k] && !writer_put(writers[k], &some, failure))
                return false;
    }
    return true;
}

/* A writer for each output but the one that the store becomes. */
static bool open_writers(const struct picture *picture, struct writer **writers,
                         struct failure *failure) {
    const struct image image = picture_image(picture, picture->stream.range);
    for (size_t k = 0; k < picture->options->out.count; k++) {
        const char *path = output_at(picture, k);
        if (k == picture->stream.target)
            continue;
        writers[k] = writer_open(writer_format_find(path, failure), path, &image, failure);
        if (!writers[k])
            return false;
    }
    return true;
}

/* In the order of the outputs; all are complete by now. */
static bool close_writers(struct picture *picture, struct writer **writers,
                          struct failure *failure) {
    for (size_t k = 0; k < picture->options->out.count; k++) {
        struct writer *writer = writers[k];
        writers[k] = NULL;
        if (k == picture->stream.target ? !store_commit(&picture->stream.store, failure)
                                        : !writer_close(writer, failure))
            return false;
    }
    return true;
}

bool stream_write(struct picture *picture, struct failure *failure) {
    const size_t count = picture->options->out.count;
    picture->begun.encode = clock_now_ns();
    if (!picture->stream.stored)
        return true;
    struct writer **writers = calloc(count, sizeof *writers);
    uint64_t *digests = malloc(picture->stream.rows * sizeof *digests);
    if (!writers || !digests)
        failure_set(failure, EXIT_RUN, "out of memory");
    const bool written = writers && digests && open_writers(picture, writers, failure) &&
                         feed(picture, writers, digests, failure) &&
                         close_writers(picture, writers, failure);
    for (size_t k = 0; writers && k < count; k++)
        writer_abandon(writers[k]);
    free(writers);
    free(digests);
    picture->timing.encode = clock_seconds_since(picture->begun.encode);
    return written;
}

void stream_end(struct picture_stream *stream) {
    store_end(&stream->store);
    smooth_finder_end(&stream->finder);
    free(stream->parts);
    free(stream->indices);
    free(stream->counts);
    free(stream->digests);
}
