/* SPDX-License-Identifier: MIT
 * The option table of every subcommand is sound: a mistake in one would show only when
 * that option is given. */
#include "check.h"
#include "run/command.h"
#include "subcommands.h"

#include <string.h>

static void check_set(const struct command *command, const struct option_set *set) {
    struct failure failure = {0};
    const bool sound = option_set_check(set, &failure);
    check_that(sound, __FILE__, __LINE__, "%s: %s", set->command, failure.text);
    CHECK(command->options == set);
    /* run.c prints the timers and writes the report of all that start MPI. */
    CHECK(command->local || (option_find(set, "csv", NULL) && option_find(set, "json", NULL)));
    if (!command->work && !command->print)
        return;
    /* A subcommand of steps: run.c calls what its options ask for, and applies them to its struct.
     */
    CHECK(command->local || command->report_result);
    CHECK(!command->local || !option_find(set, "seed", NULL)); /* ranks settle it together */
    for (size_t k = 0; k < option_count(set); k++) {
        size_t base;
        const struct option *option = option_at(set, k, &base);
        check_that(option->offset == OPTION_NO_MEMBER ||
                       base + option->offset < command->options_bytes,
                   __FILE__, __LINE__, "%s: --%s is stored beyond the struct of options_bytes",
                   set->command, option->name);
    }
}

static void tables_are_sound(void) {
    CHECK(command_count > 0);
    for (size_t k = 0; k < command_count; k++)
        check_set(command_table[k], option_sets[k]);
}

static void table_is_in_order(void) {
    for (size_t k = 1; k < command_count; k++)
        check_that(strcmp(command_table[k - 1]->options->command, option_sets[k]->command) < 0,
                   __FILE__, __LINE__, "%s is not in its place", option_sets[k]->command);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"tables are sound", tables_are_sound},
        {"table is in order", table_is_in_order},
        {0},
    };
    return check_main("commands", tests, argc, argv);
}
