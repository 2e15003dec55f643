/* SPDX-License-Identifier: MIT
 * The option table of every subcommand is sound: a mistake in one would show only when somebody
 * gives that option. */
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
