/* SPDX-License-Identifier: MIT
 * Plans the phases, hands out their strips, and draws them on the threads of each rank. */
#include "picture/tiles/tile_pyramid.h"

#include "image/shade.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"
#include "ranks/queue.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- the plan ---------------------------------------------------------------------------------- */

static const double BYTES_PER_MIB = 1048576;
/* Levels of a phase are as many as fit into memory, unless ranks would have nothing to do: of the
 * first, which has most of the pixels, and whose sums take the more disk space the fewer levels it
 * makes; and of the others, or as much as the first takes. */
static const uint64_t first_bytes_wanted = UINT64_C(192) << 20;
static const uint64_t other_bytes_wanted = UINT64_C(32) << 20;

static uint32_t pyramid_width(const struct tile_pyramid *pyramid, uint32_t step) {
    return tile_level_side(pyramid->directory.width, step);
}

static uint32_t pyramid_height(const struct tile_pyramid *pyramid, uint32_t step) {
    return tile_level_side(pyramid->directory.height, step);
}

static enum tile_source pyramid_source(const struct tile_pyramid *pyramid, uint32_t step) {
    return step > 0 ? TILE_OF_LIGHT : pyramid->samples == 1 ? TILE_OF_INDICES : TILE_OF_RGB;
}

/* Bytes of the pixels of a strip, and of the sums that it leaves. */
static uint64_t pyramid_pixels_bytes(const struct tile_pyramid *pyramid,
                                     const struct tile_phase *phase) {
    const uint32_t height = pyramid_height(pyramid, phase->step);
    const uint64_t rows = ((uint64_t)TILE_SIDE << phase->depth) + (UINT64_C(2) << phase->depth);
    return (rows < height ? rows : height) * pyramid_width(pyramid, phase->step) *
           tile_pixel_bytes(pyramid_source(pyramid, phase->step));
}

static uint64_t pyramid_sums_bytes(const struct tile_pyramid *pyramid,
                                   const struct tile_phase *phase) {
    return (uint64_t)(TILE_SIDE / 2) * pyramid_width(pyramid, phase->step + phase->depth + 1) *
           sizeof(struct tile_light);
}

/* How many levels a phase makes in addition to its first, which costs the others no pass over
 * pixels on the disk: none depends on it. */
static uint32_t pyramid_depth(const struct tile_pyramid *pyramid, uint32_t step,
                              uint64_t bytes_wanted) {
    const uint64_t pixels = (uint64_t)pyramid_width(pyramid, step) * pyramid_height(pyramid, step);
    const uint64_t block = (uint64_t)TILE_SIDE << TILE_DEPTH_MAX;
    uint32_t best = 0;
    uint64_t least = UINT64_MAX;
    for (uint32_t depth = TILE_DEPTH_MAX + 1; depth-- > 0;) {
        const struct tile_phase phase = {.step = step, .depth = depth};
        const uint64_t bytes =
            pyramid_pixels_bytes(pyramid, &phase) + pyramid_sums_bytes(pyramid, &phase);
        const bool shared =
            pixels <= block * block || depth == 0 ||
            tile_strips(pyramid_height(pyramid, step), depth) >= (uint32_t)pyramid->session->size;
        if (shared && bytes <= bytes_wanted)
            return depth;
        if (shared && bytes < least) {
            least = bytes;
            best = depth;
        }
    }
    return best;
}

/* Returns the bytes of the scratch file. */
static uint64_t pyramid_plan(struct tile_pyramid *pyramid) {
    const uint32_t steps = tile_steps(pyramid->directory.width, pyramid->directory.height);
    uint64_t offset = 0, wanted = first_bytes_wanted;
    for (uint32_t step = 0; step <= steps;) {
        struct tile_phase *phase = &pyramid->phases[pyramid->count++];
        *phase = (struct tile_phase){step, pyramid_depth(pyramid, step, wanted), offset};
        if (step == 0) {
            const uint64_t bytes =
                pyramid_pixels_bytes(pyramid, phase) + pyramid_sums_bytes(pyramid, phase);
            wanted = bytes > other_bytes_wanted ? bytes : other_bytes_wanted;
        }
        if (step > 0)
            offset += (uint64_t)pyramid_width(pyramid, step) * pyramid_height(pyramid, step) *
                      sizeof(struct tile_light);
        step += phase->depth + 1;
    }
    return offset;
}

/* -- before the work --------------------------------------------------------------------------- */

/* Memory that is not touched before the tiles are drawn. Returns what it can take. */
static uint64_t pyramid_bytes(const struct tile_pyramid *pyramid, uint64_t *pixels,
                              uint64_t *sums) {
    *pixels = *sums = 1;
    for (uint32_t k = 0; k < pyramid->count; k++) {
        const struct tile_phase *phase = &pyramid->phases[k];
        const uint64_t of_pixels = pyramid_pixels_bytes(pyramid, phase);
        const uint64_t of_sums = k + 1 < pyramid->count ? pyramid_sums_bytes(pyramid, phase) : 0;
        *pixels = of_pixels > *pixels ? of_pixels : *pixels;
        *sums = of_sums > *sums ? of_sums : *sums;
    }
    return *pixels + *sums + (uint64_t)pyramid->exec->threads * tile_painter_bytes(TILE_DEPTH_MAX);
}

static bool pyramid_allocate(struct tile_pyramid *pyramid, uint64_t pixels, uint64_t sums) {
    const int threads = pyramid->exec->threads;
    uint32_t depth = 0;
    for (uint32_t k = 0; k < pyramid->count; k++)
        depth = pyramid->phases[k].depth > depth ? pyramid->phases[k].depth : depth;
    pyramid->pixels = malloc((size_t)pixels);
    pyramid->sums = malloc((size_t)sums);
    pyramid->picture = malloc(sizeof *pyramid->picture);
    pyramid->painters = calloc((size_t)threads, sizeof *pyramid->painters);
    bool ready = pyramid->pixels && pyramid->sums && pyramid->picture && pyramid->painters;
    for (int k = 0; ready && k < threads; k++)
        ready = tile_painter_begin(&pyramid->painters[k], depth);
    return ready;
}

bool tile_pyramid_begin(struct tile_pyramid *pyramid, const struct tile_request *request,
                        struct failure *failure) {
    const struct session *session = request->session;
    *pyramid = (struct tile_pyramid){
        .session = session,
        .directory = {.path = request->path, .width = request->width, .height = request->height},
        .exec = request->exec,
        .samples = request->samples,
    };
    const uint64_t scratch = pyramid_plan(pyramid);
    uint64_t pixels, sums;
    const uint64_t bytes = pyramid_bytes(pyramid, &pixels, &sums);
    const struct node_memory memory = node_memory_of(session, bytes);
    if (memory.needed > memory.available)
        failure_set(
            failure, EXIT_USAGE,
            "the tiles need %.0f MiB on this node, which has %.0f MiB free: choose a smaller --size, or fewer ranks and threads per node",
            (double)memory.needed / BYTES_PER_MIB, (double)memory.available / BYTES_PER_MIB);
    if (!agree(session, failure))
        return false;
    if (session_is_root(session))
        tile_directory_begin(&pyramid->directory, failure);
    pyramid->target = tile_directory_unfinished(&pyramid->directory, "picture.dzi");
    if (!pyramid->target || !pyramid_allocate(pyramid, pixels, sums))
        failure_set(failure, EXIT_RUN, "out of memory for tiles");
    pyramid->stored = scratch > 0;
    return agree(session, failure) &&
           (!pyramid->stored ||
            store_begin(&pyramid->store, session, "--tiles", pyramid->target, scratch, failure));
}

/* -- the pixels of a strip --------------------------------------------------------------------- */

/* What all strips of a run are drawn from. */
struct pyramid_work {
    struct tile_pyramid *pyramid;
    struct keeper *keeper;
    const struct drawing *drawing;
    struct image image;
    struct shade *shades; /* [threads] */
    const struct tile_phase *phase;
    struct failure *failure; /* of this rank */

    struct progress_display display;
    uint64_t before, total; /* pixels of all levels that begin phases: of those before this one */
};

/* Rows of pixels [first, first + count), from counts, to `pixels`; on all threads. */
static void pyramid_shade(struct pyramid_work *work, const struct image_rows *block, uint32_t count,
                          uint8_t *pixels) {
    const uint32_t samples = work->pyramid->samples;
    const size_t width = work->image.width;
#pragma omp parallel for num_threads(work->pyramid->exec->threads) schedule(static)
    for (uint32_t row = 0; row < count; row++) {
        struct shade *shade = &work->shades[omp_get_thread_num()];
        if (samples == 1) {
            memcpy(pixels + row * width, shade_indices(shade, block, row), width);
            continue;
        }
        const uint8_t(*rgb)[3] = NULL;
        for (uint32_t k = 0; k < samples; k++)
            rgb = shade_rgb(shade, block, row * samples + k);
        memcpy(pixels + row * width * sizeof *rgb, rgb, width * sizeof *rgb);
    }
}

static bool pyramid_load(struct pyramid_work *work, uint32_t strip) {
    struct tile_pyramid *pyramid = work->pyramid;
    const struct tile_phase *phase = work->phase;
    const uint32_t samples = pyramid->samples, width = pyramid_width(pyramid, phase->step);
    const struct tile_span rows =
        tile_strip_rows(pyramid_height(pyramid, phase->step), phase->depth, strip);
    const size_t row_bytes = width * tile_pixel_bytes(pyramid_source(pyramid, phase->step));
    if (phase->step > 0)
        return store_read(&pyramid->store, phase->offset + rows.begin * row_bytes, pyramid->pixels,
                          (rows.end - rows.begin) * row_bytes, work->failure);
    uint8_t *pixels = pyramid->pixels;
    for (uint32_t row = rows.begin; row < rows.end;) {
        struct image_rows block;
        const uint32_t most = (rows.end - row) * samples;
        if (!keeper_disk_read(work->keeper, row * samples, most, &block, work->failure))
            return false;
        const uint32_t whole = block.rows / samples; /* the rest is read again */
        pyramid_shade(work, &block, whole, pixels);
        pixels += whole * row_bytes;
        row += whole;
    }
    return true;
}

/* -- a strip ----------------------------------------------------------------------------------- */

static bool pyramid_put(void *context, const struct tile_name *name, const struct tile_png *png,
                        struct failure *failure) {
    return tile_directory_put(context, name, png, failure);
}

/* How far a piece is, for the queue. */
struct pyramid_poll {
    plait_progress_fn *poll;
    void *context;
    uint64_t done, total; /* strips */
};

/* All blocks of a strip. The main thread polls after each of its own. */
static bool pyramid_paint(struct pyramid_work *work, const struct tile_strip *strip,
                          const struct pyramid_poll *poll) {
    struct tile_pyramid *pyramid = work->pyramid;
    const uint32_t blocks = tile_blocks(pyramid_width(pyramid, strip->step), strip->depth);
    const struct tile_sink sink = {pyramid_put, &pyramid->directory};
    bool stopped = false;
#pragma omp parallel num_threads(pyramid->exec->threads)
    {
        struct tile_painter *painter = &pyramid->painters[omp_get_thread_num()];
        struct failure failure = {0};
#pragma omp for schedule(dynamic, 1)
        for (uint32_t block = 0; block < blocks; block++) {
            bool over;
#pragma omp atomic read
            over = stopped;
            if (over)
                continue;
            over = !tile_block_paint(painter, strip, block, &sink, &failure);
            if (omp_get_thread_num() == 0)
                over |= !poll->poll(poll->context, poll->done, poll->total);
            if (over) {
#pragma omp atomic write
                stopped = true;
            }
        }
#pragma omp critical(pyramid_failure)
        if (failure.exit_status != EXIT_DONE)
            failure_set(work->failure, failure.exit_status, "%s", failure.text);
    }
    return !stopped;
}

static bool pyramid_draw_strip(struct pyramid_work *work, uint32_t index,
                               const struct pyramid_poll *poll) {
    struct tile_pyramid *pyramid = work->pyramid;
    const struct tile_phase *phase = work->phase, *last = pyramid->phases + pyramid->count - 1;
    const struct tile_strip strip = {
        .picture = pyramid->picture,
        .step = phase->step,
        .depth = phase->depth,
        .index = index,
        .source = pyramid_source(pyramid, phase->step),
        .pixels = pyramid->pixels,
        .sums = phase < last ? pyramid->sums : NULL,
    };
    if (!pyramid_load(work, index) || !pyramid_paint(work, &strip, poll))
        return false;
    if (!strip.sums)
        return true;
    const struct tile_span rows =
        tile_strip_sums(pyramid_height(pyramid, phase->step), phase->depth, index);
    const size_t row_bytes = pyramid_width(pyramid, phase[1].step) * sizeof *strip.sums;
    return store_write(&pyramid->store, phase[1].offset + rows.begin * row_bytes, strip.sums,
                       (rows.end - rows.begin) * row_bytes, work->failure);
}

/* A piece of the queue. */
static bool pyramid_compute(void *context, struct piece piece, plait_progress_fn *poll,
                            void *poll_context) {
    struct pyramid_work *work = context;
    struct pyramid_poll state = {poll, poll_context, 0, piece.count};
    while (state.done < piece.count) {
        if (!pyramid_draw_strip(work, (uint32_t)(piece.first + state.done), &state))
            return false;
        state.done++;
    }
    return true;
}

/* -- the phases -------------------------------------------------------------------------------- */

static uint64_t pyramid_phase_pixels(const struct tile_pyramid *pyramid, uint32_t k) {
    const uint32_t step = pyramid->phases[k].step;
    return (uint64_t)pyramid_width(pyramid, step) * pyramid_height(pyramid, step);
}

static void pyramid_listen(void *context, uint64_t finished, uint64_t total) {
    struct pyramid_work *work = context;
    const uint32_t k = (uint32_t)(work->phase - work->pyramid->phases);
    const uint64_t pixels = pyramid_phase_pixels(work->pyramid, k);
    const double part = (double)finished / (double)total;
    progress_display_update(&work->display, work->before + (uint64_t)((double)pixels * part),
                            work->total);
}

/* Collective. */
static bool pyramid_run_phase(struct pyramid_work *work, struct failure *failure) {
    struct tile_pyramid *pyramid = work->pyramid;
    const struct session *session = pyramid->session;
    const uint32_t height = pyramid_height(pyramid, work->phase->step);
    const struct queue_plan plan = {
        .kind = SCHEDULE_DYNAMIC,
        .units = tile_strips(height, work->phase->depth),
    };
    const struct queue_work strips = {
        .compute = pyramid_compute,
        .context = work,
        .capacity = plan.units,
        .listen = work->drawing->progress == PROGRESS_NONE ? NULL : pyramid_listen,
        .listen_context = work,
    };
    struct queue queue = {0};
    if (queue_begin(&queue, session, &plan, failure) && !queue_run(&queue, &strips))
        failure_set(failure, EXIT_RUN, "the tiles were not drawn");
    queue_end(&queue);
    const bool last = work->phase == pyramid->phases + pyramid->count - 1;
    return agree(session, failure) && (last || store_settle(&pyramid->store, failure));
}

static bool pyramid_begin_shades(struct pyramid_work *work) {
    const int threads = work->pyramid->exec->threads;
    work->shades = calloc((size_t)threads, sizeof *work->shades);
    bool ready = work->shades && shade_begin(&work->shades[0], &work->image);
    for (int k = 1; ready && k < threads; k++)
        ready = shade_begin_like(&work->shades[k], &work->shades[0]);
    return ready;
}

bool tile_pyramid_draw(struct tile_pyramid *pyramid, struct keeper *keeper,
                       const struct drawing *drawing, struct failure *failure) {
    const struct session *session = pyramid->session;
    struct palette *palette = &drawing->colouring->palette;
    char label[64];
    MPI_CHECK(MPI_Bcast(palette->rgb, sizeof palette->rgb, MPI_BYTE, ROOT, session->world));
    MPI_CHECK(MPI_Bcast(keeper->digests, (int)drawing->height, MPI_UINT64_T, ROOT, session->world));
    struct pyramid_work work = {
        .pyramid = pyramid,
        .keeper = keeper,
        .drawing = drawing,
        .image = draw_image(drawing),
        .failure = failure,
    };
    tile_picture_begin(pyramid->picture, work.image.width, work.image.height, palette);
    if (!pyramid_begin_shades(&work))
        failure_set(failure, EXIT_RUN, "out of memory for tiles");
    bool drawn = agree(session, failure);
    snprintf(label, sizeof label, "%s, tiles", drawing->command);
    work.display = progress_display_begin(label, drawing->progress);
    for (uint32_t k = 0; k < pyramid->count; k++)
        work.total += pyramid_phase_pixels(pyramid, k);
    for (uint32_t k = 0; drawn && k < pyramid->count; k++) {
        work.phase = &pyramid->phases[k];
        drawn = pyramid_run_phase(&work, failure);
        work.before += pyramid_phase_pixels(pyramid, k);
    }
    if (session_is_root(session))
        progress_display_end(&work.display);
    for (int k = pyramid->exec->threads; work.shades && k-- > 0;)
        shade_end(&work.shades[k]);
    free(work.shades);
    return drawn;
}

bool tile_pyramid_commit(struct tile_pyramid *pyramid, const struct provenance *provenance,
                         struct failure *failure) {
    const struct session *session = pyramid->session;
    store_end(&pyramid->store);
    agree(session, failure);
    if (failure->exit_status == EXIT_DONE)
        tile_directory_sync(&pyramid->directory, failure);
    if (agree(session, failure) && session_is_root(session) &&
        tile_directory_describe(&pyramid->directory, provenance->texts, PROVENANCE_TEXTS, failure))
        tile_directory_commit(&pyramid->directory, failure);
    return agree(session, failure);
}

void tile_pyramid_end(struct tile_pyramid *pyramid) {
    store_end(&pyramid->store);
    if (pyramid->directory.path)
        tile_directory_end(&pyramid->directory);
    for (int k = 0; pyramid->painters && k < pyramid->exec->threads; k++)
        tile_painter_end(&pyramid->painters[k]);
    free(pyramid->painters);
    free(pyramid->picture);
    free(pyramid->pixels);
    free(pyramid->sums);
    free(pyramid->target);
    *pyramid = (struct tile_pyramid){0};
}
