/* SPDX-License-Identifier: MIT
 * What can be wrong with the commands of a study, found before the first launch. */
#include "study/compose.h"

#include "base/suggest.h"
#include "options/option_values.h"
#include "study/slots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { COPIES_MAX = 1024 /* at the same time */ };

static bool find_subcommand(struct composer *composer, const struct option_set *const *sets,
                            size_t set_count, struct failure *failure) {
    const struct texts *words = &composer->study->definition.words;
    static const char *const ours[] = {"json", "threads"};
    struct suggestion suggestion = suggestion_begin(words->items[0]);
    for (size_t k = 0; k < set_count; k++) {
        if (!option_find(sets[k], "json", NULL))
            continue;
        suggestion_offer(&suggestion, sets[k]->command);
        if (strcmp(sets[k]->command, words->items[0]) == 0)
            composer->set = sets[k];
    }
    const char *close = suggestion_best(&suggestion);
    if (!composer->set)
        return failure_set(
            failure, EXIT_USAGE,
            "'%s' is no subcommand with --json%s%s%s: another program is run with --program",
            words->items[0], close ? " (did you mean " : "", close ? close : "", close ? "?)" : "");
    for (size_t k = 1; k < words->count; k++)
        for (size_t name = 0; name < sizeof ours / sizeof *ours; name++)
            if (compose_gives_option(words->items[k], ours[name]))
                return failure_set(failure, EXIT_USAGE,
                                   "--%s after the subcommand: the study gives it", ours[name]);
    for (size_t k = 0; k < composer->study->grid.names.count; k++) {
        const char *name = composer->study->grid.names.items[k];
        const struct option *option = option_find_given(composer->set, name, NULL);
        for (size_t o = 0; o < sizeof ours / sizeof *ours; o++)
            if (option && strcmp(option->name, ours[o]) == 0)
                return failure_set(failure, EXIT_USAGE, "--set: the study gives --%s: leave it out",
                                   ours[o]);
        if (!option)
            return failure_set(failure, EXIT_USAGE, "--set: %s has no option --%s", words->items[0],
                               name);
    }
    return true;
}

/* What grows in weak mode: --grow, or what the subcommand declares. */
static bool find_grows(struct composer *composer, struct failure *failure) {
    const struct study *study = composer->study;
    const char *grow = study->definition.grow;
    if (study->definition.mode != STUDY_WEAK)
        return !grow || failure_set(failure, EXIT_USAGE, "--grow is for --mode weak");
    if (!composer->set)
        return (grow && texts_find(&study->grid.names, grow) < study->grid.names.count) ||
               failure_set(
                   failure, EXIT_USAGE,
                   "--mode weak of a program grows a parameter with the cores: name it by --grow and give it by --set");
    if (grow)
        composer->grows = option_find_given(composer->set, grow, NULL);
    const size_t count = option_count(composer->set);
    for (size_t k = 0; !grow && k < count && !composer->grows; k++)
        if (option_at(composer->set, k, NULL)->grows)
            composer->grows = option_at(composer->set, k, NULL);
    return composer->grows ||
           failure_set(failure, EXIT_USAGE,
                       "%s has no %s%s that grows with the cores: name an option by --grow",
                       study->definition.words.items[0], grow ? "option --" : "option",
                       grow ? grow : "");
}

/* Whether the subcommand takes its words. */
static bool check_words(const struct composer *composer, size_t point, const struct texts *command,
                        struct failure *failure) {
    struct option_values values = {0};
    struct failure inner = {0};
    const size_t name = texts_find(command, composer->plait) + 2;
    const bool good =
        values_init(&values, composer->set, &inner) &&
        values_parse_argv(&values, (int)(command->count - name), command->items + name, &inner);
    values_free(&values);
    char label[256];
    grid_label(&composer->study->grid, point, label, sizeof label);
    return good || failure_set(failure, inner.exit_status, "%s (at %s)", inner.text, label);
}

/* A parameter that no word of a program uses would change nothing. */
static bool check_used(const struct composer *composer, struct failure *failure) {
    const struct study_definition *definition = &composer->study->definition;
    for (size_t n = 0; n < composer->study->grid.names.count; n++) {
        const char *name = composer->study->grid.names.items[n];
        char *braces = text_format("{%s}", name);
        bool used = braces && definition->launcher && strstr(definition->launcher, braces);
        for (size_t k = 0; braces && !used && k < definition->words.count; k++)
            used = strstr(definition->words.items[k], braces) != NULL;
        free(braces);
        if (!used)
            return failure_set(failure, EXIT_USAGE,
                               "--set: no word of the program has the placeholder {%s}", name);
    }
    return true;
}

bool composer_check(struct composer *composer, const struct option_set *const *sets,
                    size_t set_count, const bool *wanted, struct failure *failure) {
    const struct study *study = composer->study;
    const struct study_definition *definition = &study->definition;
    if (!(definition->program ? check_used(composer, failure)
                              : find_subcommand(composer, sets, set_count, failure)) ||
        !find_grows(composer, failure))
        return false;
    bool good = true;
    for (size_t p = 0; good && p < study->grid.count; p++) {
        const uint64_t ranks = study->grid.points[p].ranks;
        if (!wanted[p])
            continue;
        if (definition->hostfile && ranks > composer->slots)
            return failure_set(failure, EXIT_USAGE,
                               "--ranks: %" PRIu64 " ranks do not fit into the %" PRIu64
                               " slots of '%s'",
                               ranks, composer->slots, definition->hostfile);
        if (composer->in_allocation &&
            (ranks > composer->slots || point_cores(&study->grid.points[p]) > composer->cores))
            return failure_set(failure, EXIT_USAGE,
                               "--in-allocation: %" PRIu64 " ranks of %" PRIu64
                               " threads do not fit into the %" PRIu64 " tasks and %" PRIu64
                               " cores of the batch job",
                               ranks, study->grid.points[p].threads, composer->slots,
                               composer->cores);
        if (composer->set && !composer->dry_run && ranks > 1 && definition->launcher &&
            strcmp(definition->launcher, "none") == 0 && definition->mode != STUDY_THROUGHPUT)
            return failure_set(failure, EXIT_USAGE,
                               "--launcher none starts one rank: --ranks has %" PRIu64, ranks);
        if (definition->mode == STUDY_THROUGHPUT && ranks > COPIES_MAX)
            return failure_set(failure, EXIT_USAGE,
                               "--ranks: %" PRIu64 " copies at the same time are more than %d",
                               ranks, COPIES_MAX);
        const size_t count = compose_count(composer, p);
        struct texts *commands = calloc(count, sizeof *commands);
        good = (commands || study_out_of_memory(failure)) &&
               compose(composer, p, "output", commands, failure) &&
               (!composer->set || check_words(composer, p, &commands[0], failure));
        if (good && !composer->dry_run && !command_can_start(commands[0].items[0]))
            good = failure_set(failure, EXIT_USAGE,
                               "'%s' cannot be started: it is not there, or not executable",
                               commands[0].items[0]);
        for (size_t k = 0; commands && k < count; k++)
            texts_free(&commands[k]);
        free(commands);
    }
    return good;
}
