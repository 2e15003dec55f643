/* SPDX-License-Identifier: MIT
 * Takes the points of reference orbits, says where an orbit ends, and makes the tables of skips
 * from which paths compute pixels. */
#include "plait/deep.h"

#include "deep_job.h"
#include "escape_job.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP_GROUP = 8 }; /* nodes at most that become one of the next level */

/* A reference orbit that grows. */
struct deep_store {
    uint32_t points, capacity;
    struct plait_deep_place *places;
    uint32_t *shortest;                         /* of each place, its shortest node, or none */
    struct plait_deep_extended_place *extended; /* NULL in plain views */
    bool ended;
    struct plait_deep_plain plain_d; /* the derivative of Z_m by c: how near a nucleus is */
    struct plait_deep_extended extended_d;
    void *nodes; /* of the kind of the view */
    uint32_t node_count, node_capacity;
};

struct plait_deep {
    struct plait_escape escape;
    struct plait_deep_view view;
    bool extended, finished;
    bool elsewhere;              /* the arrays of the orbits stand in memory of the caller */
    struct deep_store orbits[2]; /* by enum plait_deep_orbit_kind */
};

/* A node of some level: a single step, or one of the nodes that are kept. */
struct deep_item {
    uint32_t m, node;
};

static bool deep_reserve_node(struct deep_store *store, size_t node_bytes) {
    if (store->node_count < store->node_capacity)
        return true;
    const uint32_t capacity = store->node_capacity > 0 ? 2 * store->node_capacity : 64;
    void *nodes = capacity > store->node_capacity && capacity <= SIZE_MAX / node_bytes
                      ? realloc(store->nodes, capacity * node_bytes)
                      : NULL;
    if (!nodes)
        return false;
    store->nodes = nodes;
    store->node_capacity = capacity;
    return true;
}

#define DEEP(name) plait_plain_##name
#define DEEP_COMPLEX struct plait_deep_plain
#define DEEP_REAL double
#define DEEP_NODE struct plait_deep_plain_node
#define DEEP_Z(store, m) ((struct plait_deep_plain){(store)->places[m].x, (store)->places[m].y})
#define DEEP_S(store, m) ((store)->places[m].s)
#define DEEP_ONE ((struct plait_deep_plain){1, 0})
#define DEEP_CLEAR ((struct plait_deep_plain){0, 0})
#define DEEP_ZERO_REAL 0.0
#include "deep_skips_body.h"

#define DEEP(name) plait_extended_##name
#define DEEP_COMPLEX struct plait_deep_extended
#define DEEP_REAL struct plait_deep_real
#define DEEP_NODE struct plait_deep_extended_node
#define DEEP_Z(store, m) ((store)->extended[m].z)
#define DEEP_S(store, m) ((store)->extended[m].s)
#define DEEP_ONE ((struct plait_deep_extended){1, 0, 0})
#define DEEP_CLEAR ((struct plait_deep_extended){0, 0, PLAIT_DEEP_ZERO})
#define DEEP_ZERO_REAL ((struct plait_deep_real){0, PLAIT_DEEP_ZERO})
#include "deep_skips_body.h"

/* -- points ------------------------------------------------------------------------------------ */

enum plait_status plait_deep_begin(const struct plait_escape *escape,
                                   const struct plait_deep_view *view, struct plait_deep **deep) {
    *deep = NULL;
    if (!(view->pitch >= 1 && view->pitch < 2) || view->pitch_exponent > 400 ||
        view->pitch_exponent < -(INT64_C(1) << 40) || !isfinite(view->re) || !isfinite(view->im) ||
        !plait_escape_bailout_is_valid(escape) || escape->maxit < 1 || escape->width < 1 ||
        escape->height < 1)
        return PLAIT_E_ARGUMENT;
    struct plait_deep *made = calloc(1, sizeof *made);
    if (!made)
        return PLAIT_E_MEMORY;
    made->escape = *escape;
    made->view = *view;
    made->extended = view->pitch_exponent < plait_deep_plain_exponent(escape->kind);
    for (int k = 0; k < 2; k++)
        made->orbits[k].extended_d = (struct plait_deep_extended){0, 0, PLAIT_DEEP_ZERO};
    *deep = made;
    return PLAIT_OK;
}

bool plait_deep_is_extended(const struct plait_deep *deep) {
    return deep->extended;
}

/* Gives the places that capacity. Vectors load whole places: none may cross a cache line. */
static bool deep_grow_places(struct deep_store *store, size_t capacity) {
    const size_t bytes = (capacity * sizeof *store->places + 63) / 64 * 64;
    struct plait_deep_place *places = aligned_alloc(64, bytes);
    if (!places)
        return false;
    if (store->points > 0)
        memcpy(places, store->places, store->points * sizeof *places);
    free(store->places);
    store->places = places;
    return true;
}

/* Space for one point more. */
static bool deep_reserve_place(struct deep_store *store, bool extended) {
    if (store->points < store->capacity)
        return true;
    const size_t capacity = store->capacity > 0 ? 2 * (size_t)store->capacity : 1024;
    if (capacity > UINT32_MAX || capacity > SIZE_MAX / sizeof *store->extended)
        return false;
    const bool grown = deep_grow_places(store, capacity);
    uint32_t *shortest = realloc(store->shortest, capacity * sizeof *shortest);
    store->shortest = shortest ? shortest : store->shortest;
    struct plait_deep_extended_place *more =
        extended ? realloc(store->extended, capacity * sizeof *more) : NULL;
    store->extended = more ? more : store->extended;
    if (!grown || !shortest || (extended && !more))
        return false;
    store->capacity = (uint32_t)capacity;
    return true;
}

/* Whether a nucleus is nearer to the centre than a pixel is wide: Z_m would be 0 if c moved by
 * Z_m / D_m. D then makes the step, too. */
static bool deep_is_at_nucleus(const struct plait_deep *deep, struct deep_store *store) {
    const uint32_t m = store->points - 1;
    bool near;
    if (deep->extended) {
        const struct plait_deep_real d = {deep->view.pitch, deep->view.pitch_exponent};
        const struct plait_deep_extended z = store->extended[m].z, one = {1, 0, 0};
        near =
            plait_extended_less(plait_extended_sup(z),
                                plait_extended_real_mul(plait_extended_sup(store->extended_d), d));
        store->extended_d =
            plait_extended_add(plait_extended_mul(plait_extended_twice(z), store->extended_d), one);
    } else {
        const double d = plait_scaled(deep->view.pitch, deep->view.pitch_exponent);
        const struct plait_deep_plain z = {store->places[m].x, store->places[m].y}, one = {1, 0};
        near = plait_plain_sup(z) < plait_plain_sup(store->plain_d) * d;
        store->plain_d =
            plait_plain_add(plait_plain_mul(plait_plain_twice(z), store->plain_d), one);
    }
    return m >= 1 && near;
}

enum plait_status plait_deep_add(struct plait_deep *deep, enum plait_deep_orbit_kind kind,
                                 const struct plait_deep_point *point, bool *last) {
    const bool julia = deep->escape.kind == PLAIT_JULIA;
    if (kind != PLAIT_DEEP_FIRST && !(kind == PLAIT_DEEP_CRITICAL && julia))
        return PLAIT_E_ARGUMENT;
    struct deep_store *store = &deep->orbits[kind];
    if (store->ended || deep->finished)
        return PLAIT_E_ARGUMENT;
    if (!deep_reserve_place(store, deep->extended))
        return PLAIT_E_MEMORY;
    const uint32_t m = store->points++;
    struct plait_deep_place *place = &store->places[m];
    *place = (struct plait_deep_place){point->x, point->y, point->s, 0};
    store->shortest[m] = PLAIT_DEEP_NONE;
    if (deep->extended) {
        const struct plait_deep_extended z =
            plait_extended_normal(point->x, point->y, point->exponent);
        const struct plait_deep_real s = plait_real_normal(point->s, point->s_exponent);
        store->extended[m] = (struct plait_deep_extended_place){z, s};
        place->x = plait_plain_of(z).x;
        place->y = plait_plain_of(z).y;
        place->s = plait_scaled(s.v, s.e);
    }
    const bool nucleus = !julia && deep_is_at_nucleus(deep, store);
    store->ended = m >= 1 && (point->outside || m == (uint32_t)deep->escape.maxit || nucleus);
    *last = store->ended;
    return PLAIT_OK;
}

/* -- tables ------------------------------------------------------------------------------------ */

/* The largest double for which "below" says the same as for the radius; infinite is the last place
 * alone. */
static double deep_radius_above(struct plait_deep_real radius) {
    const double above = plait_scaled(radius.v, radius.e);
    if (plait_extended_less(plait_real_normal(above, 0), radius)) /* rounded down, subnormal */
        return nextafter(above, INFINITY);
    return above;
}

/* Has paths see by the places alone where something but a single step may be due. */
static bool deep_complete_places(const struct plait_deep *deep, struct deep_store *store) {
    const uint32_t last = store->points - 1;
    const struct plait_deep_plain_node *plain = store->nodes;
    const struct plait_deep_extended_node *extended = store->nodes;
    if (store->capacity - store->points < PLAIT_DEEP_SPARE_PLACES &&
        !deep_grow_places(store, (size_t)store->points + PLAIT_DEEP_SPARE_PLACES))
        return false;
    memset(store->places + store->points, 0, PLAIT_DEEP_SPARE_PLACES * sizeof *store->places);
    for (uint32_t m = 0; m < last; m++) {
        const uint32_t node = store->shortest[m];
        if (node != PLAIT_DEEP_NONE)
            store->places[m].radius =
                fmin(deep->extended ? deep_radius_above(extended[node].radius) : plain[node].radius,
                     DBL_MAX);
    }
    store->places[last].radius = INFINITY;
    return true;
}

static bool deep_make_skips(const struct plait_deep *deep, struct deep_store *store) {
    const uint32_t count = store->points - 1;
    const uint32_t side =
        deep->escape.width > deep->escape.height ? deep->escape.width : deep->escape.height;
    const double rad = side / 2.0 * deep->view.pitch;
    const bool julia = deep->escape.kind == PLAIT_JULIA;
    struct deep_item *items = malloc(count * sizeof *items);
    if (!items)
        return false;
    for (uint32_t m = 0; m < count; m++)
        items[m] = (struct deep_item){m, PLAIT_DEEP_NONE};
    bool made;
    if (deep->extended) {
        const struct plait_extended_rules rules = {
            .rad = plait_real_normal(rad, deep->view.pitch_exponent),
            .bailout4 = plait_real_normal(4 * deep->escape.bailout, 0),
            .julia = julia,
        };
        made = plait_extended_make_skips(store, &rules, items, count);
    } else {
        const struct plait_plain_rules rules = {
            .rad = plait_scaled(rad, deep->view.pitch_exponent),
            .bailout4 = 4 * deep->escape.bailout,
            .julia = julia,
        };
        made = plait_plain_make_skips(store, &rules, items, count);
    }
    free(items);
    return made && deep_complete_places(deep, store);
}

enum plait_status plait_deep_finish(struct plait_deep *deep) {
    const int orbits = deep->escape.kind == PLAIT_JULIA ? 2 : 1;
    if (deep->finished)
        return PLAIT_E_ARGUMENT;
    for (int k = 0; k < orbits; k++)
        if (!deep->orbits[k].ended)
            return PLAIT_E_ARGUMENT;
    for (int k = 0; k < orbits; k++)
        if (!deep_make_skips(deep, &deep->orbits[k]))
            return PLAIT_E_MEMORY;
    deep->finished = true;
    return PLAIT_OK;
}

struct plait_deep_size plait_deep_size_of(const struct plait_deep *deep) {
    struct plait_deep_size size = {0};
    for (int k = 0; k < 2; k++) {
        const struct deep_store *store = &deep->orbits[k];
        size.steps += store->points > 0 ? store->points - 1 : 0;
        size.skips += store->node_count;
        size.bytes +=
            store->capacity * (sizeof *store->places + sizeof *store->shortest +
                               (deep->extended ? sizeof *store->extended : 0)) +
            store->node_capacity * (deep->extended ? sizeof(struct plait_deep_extended_node)
                                                   : sizeof(struct plait_deep_plain_node));
    }
    return size;
}

void plait_deep_free(struct plait_deep *deep) {
    for (int k = 0; deep && !deep->elsewhere && k < 2; k++) {
        free(deep->orbits[k].places);
        free(deep->orbits[k].shortest);
        free(deep->orbits[k].extended);
        free(deep->orbits[k].nodes);
    }
    free(deep);
}

/* -- tables in memory that processes share ----------------------------------------------------- */

enum { DEEP_LINE = 64, DEEP_ARRAYS = 4 };

/* What stands before the arrays: of which picture they are, and how long. */
struct deep_moved {
    uint64_t bytes;
    uint32_t kind, width, height;
    int32_t maxit;
    double bailout, pitch;
    int64_t pitch_exponent;
    uint32_t points[2], nodes[2];
};

static size_t deep_lines(size_t bytes) {
    return (bytes + DEEP_LINE - 1) / DEEP_LINE * DEEP_LINE;
}

/* Bytes of each array that a store has, in the order in which they are moved. */
static void deep_array_bytes(const struct plait_deep *deep, const struct deep_store *store,
                             size_t bytes[DEEP_ARRAYS]) {
    const size_t points = store->points, nodes = store->node_count;
    bytes[0] = (points > 0 ? points + PLAIT_DEEP_SPARE_PLACES : 0) * sizeof *store->places;
    bytes[1] = points * sizeof *store->shortest;
    bytes[2] = deep->extended ? points * sizeof *store->extended : 0;
    bytes[3] = nodes * (deep->extended ? sizeof(struct plait_deep_extended_node)
                                       : sizeof(struct plait_deep_plain_node));
}

/* The head of the tables of finished orbits, or of those that another process has. */
static struct deep_moved deep_moved_of(const struct plait_deep *deep) {
    struct deep_moved moved;
    memset(&moved, 0, sizeof moved);
    moved.bytes = deep_lines(sizeof moved);
    moved.kind = (uint32_t)deep->escape.kind;
    moved.width = deep->escape.width;
    moved.height = deep->escape.height;
    moved.maxit = deep->escape.maxit;
    moved.bailout = deep->escape.bailout;
    moved.pitch = deep->view.pitch;
    moved.pitch_exponent = deep->view.pitch_exponent;
    for (int k = 0; k < 2; k++) {
        size_t bytes[DEEP_ARRAYS];
        moved.points[k] = deep->orbits[k].points;
        moved.nodes[k] = deep->orbits[k].node_count;
        deep_array_bytes(deep, &deep->orbits[k], bytes);
        for (int a = 0; a < DEEP_ARRAYS; a++)
            moved.bytes += deep_lines(bytes[a]);
    }
    return moved;
}

size_t plait_deep_tables_bytes(const struct plait_deep *deep) {
    return (size_t)deep_moved_of(deep).bytes;
}

/* Where the arrays of a store begin from *to on, which moves on. With `moves` they are moved there,
 * one by one, so that little memory is needed twice. */
static void deep_set_arrays(const struct plait_deep *deep, struct deep_store *store, bool moves,
                            unsigned char **to) {
    size_t bytes[DEEP_ARRAYS];
    void *arrays[DEEP_ARRAYS] = {store->places, store->shortest, store->extended, store->nodes};
    deep_array_bytes(deep, store, bytes);
    for (int a = 0; a < DEEP_ARRAYS; a++) {
        if (moves && bytes[a] > 0)
            memcpy(*to, arrays[a], bytes[a]);
        free(arrays[a]);
        arrays[a] = bytes[a] > 0 ? *to : NULL;
        *to += deep_lines(bytes[a]);
    }
    store->places = arrays[0];
    store->shortest = arrays[1];
    store->extended = arrays[2];
    store->nodes = arrays[3];
    store->capacity = store->points;
    store->node_capacity = store->node_count;
}

enum plait_status plait_deep_move(struct plait_deep *deep, void *memory) {
    if (!deep->finished || deep->elsewhere || (uintptr_t)memory % DEEP_LINE != 0)
        return PLAIT_E_ARGUMENT;
    const struct deep_moved moved = deep_moved_of(deep);
    unsigned char *to = (unsigned char *)memory + deep_lines(sizeof moved);
    memcpy(memory, &moved, sizeof moved);
    for (int k = 0; k < 2; k++)
        deep_set_arrays(deep, &deep->orbits[k], true, &to);
    deep->elsewhere = true;
    return PLAIT_OK;
}

enum plait_status plait_deep_attach(struct plait_deep *deep, const void *memory, size_t bytes) {
    struct deep_moved theirs;
    if (deep->finished || (uintptr_t)memory % DEEP_LINE != 0 || bytes < sizeof theirs)
        return PLAIT_E_ARGUMENT;
    memcpy(&theirs, memory, sizeof theirs);
    struct plait_deep same = *deep;
    for (int k = 0; k < 2; k++) {
        same.orbits[k].points = theirs.points[k];
        same.orbits[k].node_count = theirs.nodes[k];
    }
    const struct deep_moved ours = deep_moved_of(&same);
    if (memcmp(&ours, &theirs, sizeof ours) != 0 || theirs.bytes > bytes || theirs.points[0] < 2)
        return PLAIT_E_ARGUMENT;
    /* Nothing is written there: paths see the arrays as const. */
    unsigned char *at = (unsigned char *)(uintptr_t)memory + deep_lines(sizeof theirs);
    for (int k = 0; k < 2; k++) {
        deep->orbits[k].points = theirs.points[k];
        deep->orbits[k].node_count = theirs.nodes[k];
        deep->orbits[k].ended = true;
        deep_set_arrays(deep, &deep->orbits[k], false, &at);
    }
    deep->elsewhere = deep->finished = true;
    return PLAIT_OK;
}

/* -- for the kernels of pictures --------------------------------------------------------------- */

bool plait_deep_fits(const struct plait_deep *deep, const struct plait_escape *escape) {
    const struct plait_escape *own = &deep->escape;
    return deep->finished && own->kind == escape->kind && own->width == escape->width &&
           own->height == escape->height && own->maxit == escape->maxit &&
           own->bailout == escape->bailout;
}

const struct plait_deep_view *plait_deep_view_of(const struct plait_deep *deep) {
    return &deep->view;
}

static struct plait_deep_orbit deep_orbit(const struct plait_deep *deep,
                                          enum plait_deep_orbit_kind kind) {
    const struct deep_store *store = &deep->orbits[kind];
    return (struct plait_deep_orbit){
        .steps = store->points - 1,
        .places = store->places,
        .nodes = store->shortest,
        .extended = store->extended,
        .plain_nodes = deep->extended ? NULL : store->nodes,
        .extended_nodes = deep->extended ? store->nodes : NULL,
    };
}

struct plait_deep_job plait_deep_make_job(const struct plait_escape *escape) {
    const struct plait_deep *deep = escape->deep;
    const bool julia = escape->kind == PLAIT_JULIA;
    return (struct plait_deep_job){
        .first = deep_orbit(deep, PLAIT_DEEP_FIRST),
        .critical = deep_orbit(deep, julia ? PLAIT_DEEP_CRITICAL : PLAIT_DEEP_FIRST),
        .pitch = {deep->view.pitch, deep->view.pitch_exponent},
        .half_width = escape->width / 2.0,
        .half_height = escape->height / 2.0,
        .re = deep->view.re,
        .im = deep->view.im,
        .maxit = escape->maxit,
        .julia = julia,
        .extended = deep->extended,
        .shortcuts = !escape->brute,
    };
}
