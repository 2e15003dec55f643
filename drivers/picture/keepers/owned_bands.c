/* SPDX-License-Identifier: MIT
 * Every rank knows the owner of every row, and so who sends which rows to whom: messages need no
 * headers, and those of two ranks arrive in the order of the rows. */
#include "picture/keepers/owned_bands.h"

#include "image/png_workers.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAG_BAND_ROWS = 14, TAG_CHUNK = 15 };

/* Rows of one owner in one band. */
struct stretch {
    uint32_t first, count; /* rows of samples */
    uint32_t band;
    int owner, taker; /* ranks: who has the rows, who encodes the band */
};

/* A stretch that becomes palette indices, or arrives as such. */
struct index_rows {
    struct stretch stretch;
    size_t source;    /* of this rank: the first of them among its rows */
    uint8_t *indices; /* [count][width] */
};

struct band_work {
    const struct owned_rows *own;
    const struct drawing *drawing;
    struct image image;
    struct png_workers workers;
    size_t width; /* samples */
    int rank;
    int *owners; /* [height] */

    struct png_job *jobs; /* the bands of this rank */
    size_t job_count;
    struct index_rows *items; /* what becomes indices before it is encoded */
    size_t item_count;
    uint8_t *indices; /* theirs */
};

/* Rows of samples, here and below. */
static uint32_t band_first(const struct band_work *work, uint32_t band) {
    return band * work->workers.bands.rows * image_samples(&work->image);
}

static uint32_t band_rows(const struct band_work *work, uint32_t band) {
    return png_band_rows(&work->workers.bands, band) * image_samples(&work->image);
}

static int band_taker(const struct band_work *work, uint32_t band) {
    return work->owners[band_first(work, band)];
}

/* The stretch that begins with a row. */
static struct stretch stretch_from(const struct band_work *work, uint32_t first) {
    const uint32_t band = first / band_first(work, 1);
    const uint32_t end = band_first(work, band) + band_rows(work, band);
    struct stretch stretch = {
        .first = first,
        .count = 1,
        .band = band,
        .owner = work->owners[first],
        .taker = band_taker(work, band),
    };
    while (first + stretch.count < end && work->owners[first + stretch.count] == stretch.owner)
        stretch.count++;
    return stretch;
}

/* Collective. */
static bool find_owners(struct band_work *work, struct failure *failure) {
    const struct session *session = work->own->session;
    const struct unit_set *rows = &work->own->rows;
    const uint32_t height = work->drawing->height;
    work->owners = malloc(height * sizeof *work->owners);
    if (!work->owners)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!agree(session, failure))
        return false;
    for (uint32_t row = 0; row < height; row++)
        work->owners[row] = -1;
    for (size_t k = 0; k < rows->count; k++)
        for (uint64_t i = 0; i < rows->items[k].count; i++)
            work->owners[rows->items[k].first + i] = session->rank;
    MPI_CHECK(
        MPI_Allreduce(MPI_IN_PLACE, work->owners, (int)height, MPI_INT, MPI_MAX, session->world));
    return true;
}

/* Whether a band lies whole in the counts of the rank that encodes it, which then colours it too.
 */
static bool is_whole(const struct band_work *work, const struct stretch *stretch) {
    return !work->drawing->colouring->smooth && stretch->count == band_rows(work, stretch->band);
}

/* What this rank has to do: the bands that it encodes, and the rows that become indices before
 * that, its own and those that it gets. The rows of a band follow each other in both. */
static bool plan_bands(struct band_work *work, struct failure *failure) {
    const uint32_t height = work->drawing->height;
    struct stretch stretch;
    size_t jobs = 0, items = 0, index_rows = 0;
    for (uint32_t row = 0; row < height; row += stretch.count) {
        stretch = stretch_from(work, row);
        if (stretch.taker == work->rank)
            jobs += row == band_first(work, stretch.band);
        else if (stretch.owner != work->rank)
            continue;
        if (!is_whole(work, &stretch)) {
            items++;
            index_rows += stretch.count;
        }
    }
    /* One more: a rank without rows has none of them, but NULL means no memory. */
    work->jobs = calloc(jobs + 1, sizeof *work->jobs);
    work->items = malloc((items + 1) * sizeof *work->items);
    work->indices = malloc(index_rows * work->width + 1);
    if (!work->jobs || !work->items || !work->indices)
        return failure_set(failure, EXIT_RUN, "out of memory");

    uint8_t *indices = work->indices;
    size_t own = 0; /* rows of this rank so far */
    for (uint32_t row = 0; row < height; row += stretch.count) {
        stretch = stretch_from(work, row);
        const bool whole = is_whole(work, &stretch);
        if (stretch.taker == work->rank && row == band_first(work, stretch.band))
            work->jobs[work->job_count++] = (struct png_job){
                .band = stretch.band,
                .rows = {.counts = whole ? work->own->counts + own * work->width : NULL,
                         .indices = whole ? NULL : indices,
                         .rows = band_rows(work, stretch.band)},
            };
        if (!whole && (stretch.taker == work->rank || stretch.owner == work->rank)) {
            work->items[work->item_count++] = (struct index_rows){stretch, own, indices};
            indices += stretch.count * work->width;
        }
        if (stretch.owner == work->rank)
            own += stretch.count;
    }
    return true;
}

/* This rank's rows of the items. */
static bool colour_rows(struct band_work *work, struct failure *failure) {
    const struct owned_rows *own = work->own;
    const struct colouring *colouring = work->drawing->colouring;
    struct colour_table *table = malloc(sizeof *table);
    if (!table)
        return failure_set(failure, EXIT_RUN, "out of memory");
    colour_table_fill(table, &work->image.colour);
#pragma omp parallel for num_threads(work->workers.threads) schedule(dynamic)
    for (size_t k = 0; k < work->item_count; k++) {
        const struct index_rows *item = &work->items[k];
        const size_t at = item->source * work->width, pixels = item->stretch.count * work->width;
        if (item->stretch.owner != work->rank)
            continue;
        if (own->parts)
            colouring_indices(colouring,
                              &(struct coloured_pixels){own->counts + at, own->parts + at, pixels},
                              item->indices, 1);
        else
            colour_indices(table, own->counts + at, pixels, item->indices);
    }
    free(table);
    return true;
}

/* Collective: indices go to the ranks that encode their bands. */
static void exchange_rows(const struct band_work *work, MPI_Request *requests) {
    const MPI_Comm world = work->own->session->world;
    int count = 0;
    for (size_t k = 0; k < work->item_count; k++) {
        const struct index_rows *item = &work->items[k];
        const int bytes = (int)(item->stretch.count * work->width);
        if (item->stretch.owner != work->rank)
            MPI_CHECK(MPI_Irecv(item->indices, bytes, MPI_BYTE, item->stretch.owner, TAG_BAND_ROWS,
                                world, &requests[count++]));
        else if (item->stretch.taker != work->rank)
            MPI_CHECK(MPI_Isend(item->indices, bytes, MPI_BYTE, item->stretch.taker, TAG_BAND_ROWS,
                                world, &requests[count++]));
    }
    MPI_CHECK(MPI_Waitall(count, requests, MPI_STATUSES_IGNORE));
}

/* All bands of this rank, on its threads. Rank 0 shows how far it is. */
static bool encode_bands(struct band_work *work, struct failure *failure) {
    char label[64];
    snprintf(label, sizeof label, "%s, drawing", work->drawing->command);
    struct progress_display display = progress_display_begin(label, work->drawing->progress);
    const size_t most = png_workers_batch(&work->workers);
    bool encoded = true;
    for (size_t first = 0; encoded && first < work->job_count; first += most) {
        const size_t left = work->job_count - first, some = left < most ? left : most;
        encoded = png_workers_run(&work->workers, work->jobs + first, some);
        if (encoded && work->rank == ROOT)
            progress_display_update(&display, first + some, work->job_count);
    }
    progress_display_end(&display);
    return encoded || failure_set(failure, EXIT_RUN, "out of memory for encoded rows");
}

/* What rank 0 must know of a chunk that arrives. */
struct chunk_facts {
    uint64_t size, adler;
};
enum { CHUNK_WORDS = sizeof(struct chunk_facts) / sizeof(uint64_t) };

/* Collective: the chunks of all bands to rank 0, in their order, and into the files. If they cannot
 * be written, the others are received all the same, since nobody waits for a reply. */
static bool send_chunks(struct band_work *work, struct chunk_facts *facts,
                        struct picture_files *files, struct failure *failure) {
    const MPI_Comm world = work->own->session->world;
    const uint32_t count = work->workers.bands.count;
    size_t largest = 1;
    for (size_t k = 0; k < work->job_count; k++) {
        const struct png_chunk *chunk = &work->jobs[k].chunk;
        facts[work->jobs[k].band] = (struct chunk_facts){chunk->size, chunk->adler};
    }
    MPI_CHECK(MPI_Reduce(work->rank == ROOT ? MPI_IN_PLACE : facts, facts, (int)count * CHUNK_WORDS,
                         MPI_UINT64_T, MPI_BOR, ROOT, world));
    for (size_t k = 0; work->rank != ROOT && k < work->job_count; k++)
        MPI_CHECK(MPI_Send(work->jobs[k].chunk.bytes, (int)work->jobs[k].chunk.size, MPI_BYTE, ROOT,
                           TAG_CHUNK, world));
    if (work->rank != ROOT)
        return true;

    for (uint32_t band = 0; band < count; band++)
        if (facts[band].size > largest)
            largest = (size_t)facts[band].size;
    uint8_t *buffer = malloc(largest);
    if (!buffer) /* too late to agree: the others are sending */
        mpi_check(MPI_ERR_NO_MEM, "owned_bands_draw", __FILE__, __LINE__);
    bool written = true;
    const struct png_job *job = work->jobs;
    for (uint32_t band = 0; band < count; band++) {
        struct png_chunk chunk = {buffer, (size_t)facts[band].size, (uint32_t)facts[band].adler};
        if (band_taker(work, band) == ROOT)
            chunk = job++->chunk;
        else
            MPI_CHECK(MPI_Recv(buffer, (int)chunk.size, MPI_BYTE, band_taker(work, band), TAG_CHUNK,
                               world, MPI_STATUS_IGNORE));
        written = written && files_put_band(files, &chunk, band_rows(work, band), failure);
    }
    free(buffer);
    return written;
}

/* From rows to files, in the order of the data. Ranks agree before they send each other what the
 * others wait for. */
static bool draw_bands(struct band_work *work, struct picture_files *files,
                       struct failure *failure) {
    const struct session *session = work->own->session;
    struct palette *palette = &work->drawing->colouring->palette;
    MPI_CHECK(MPI_Bcast(palette->rgb, sizeof palette->rgb, MPI_BYTE, ROOT, session->world));
    if (!png_workers_begin(&work->workers, &work->image))
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!find_owners(work, failure))
        return false;
    MPI_Request *requests = NULL;
    if (plan_bands(work, failure) && colour_rows(work, failure)) {
        requests = malloc((work->item_count + 1) * sizeof(MPI_Request));
        if (!requests)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    bool ready = agree(session, failure);
    if (ready)
        exchange_rows(work, requests);
    free(requests);
    if (!ready)
        return false;

    struct chunk_facts *facts = calloc(work->workers.bands.count, sizeof *facts);
    if (!facts)
        failure_set(failure, EXIT_RUN, "out of memory");
    else if (encode_bands(work, failure) && work->rank == ROOT)
        files_open(files, &work->image, failure);
    ready = agree(session, failure);
    const bool written = ready && send_chunks(work, facts, files, failure);
    free(facts);
    return work->rank == ROOT ? files_close(files, written, failure) : written;
}

bool owned_bands_draw(const struct owned_rows *own, const struct drawing *drawing,
                      struct picture_files *files, struct failure *failure) {
    struct band_work work = {
        .own = own,
        .drawing = drawing,
        .image = draw_image(drawing),
        .width = drawing->width,
        .rank = own->session->rank,
    };
    if (!files_are_made(files))
        return true;
    const bool drawn = draw_bands(&work, files, failure);
    for (size_t k = 0; k < work.job_count; k++)
        free(work.jobs[k].chunk.bytes);
    png_workers_end(&work.workers);
    free(work.owners);
    free(work.jobs);
    free(work.items);
    free(work.indices);
    return drawn;
}
