/* SPDX-License-Identifier: MIT
 * Seeds, given or drawn. */
#include "run/seed.h"

#include "base/number.h"
#include "files/checkpoint.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "run/seed_options.h"

#include <inttypes.h>
#include <stdio.h>

static bool seed_draw(uint64_t *seed, struct failure *failure) {
    FILE *file = fopen("/dev/urandom", "rb");
    const bool drawn = file && fread(seed, sizeof *seed, 1, file) == 1;
    if (file)
        fclose(file);
    return drawn || failure_set(failure, EXIT_RUN,
                                "cannot draw a seed from /dev/urandom: give --seed a number");
}

bool seed_settle(const struct session *session, struct option_values *values, uint64_t *seed,
                 struct failure *failure) {
    const char *given = values_text(values, "seed");
    char text[24];
    *seed = 0;
    if (!seed_is_random(given)) {
        (void)number_count(given, seed); /* the row has checked it */
    } else {
        if (session->rank == ROOT)
            seed_draw(seed, failure);
        if (!agree(session, failure))
            return false;
        MPI_CHECK(MPI_Bcast(seed, 1, MPI_UINT64_T, ROOT, session->world));
    }
    snprintf(text, sizeof text, "%" PRIu64, *seed);
    values_settle(values, "seed", text, failure);
    return agree(session, failure);
}

bool seed_settle_of_checkpoint(const struct session *session, struct option_values *values,
                               void *state, struct failure *failure) {
    (void)state;
    const char *path = values_text(values, "checkpoint");
    char seed[24] = "";
    uint64_t number;
    if (!path || !seed_is_random(values_text(values, "seed")))
        return true;
    if (session->rank == ROOT &&
        (!checkpoint_peek(path, "seed", seed, sizeof seed) || number_count(seed, &number)))
        seed[0] = '\0';
    MPI_CHECK(MPI_Bcast(seed, sizeof seed, MPI_CHAR, ROOT, session->world));
    if (seed[0])
        values_settle(values, "seed", seed, failure);
    return agree(session, failure);
}
