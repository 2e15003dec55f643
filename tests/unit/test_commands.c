/* SPDX-License-Identifier: MIT
 * The option table of every subcommand is sound: a mistake in one would show only when somebody
 * gives that option. */
#include "check.h"
#include "command.h"

static void check_set(const struct command *command) {
    struct failure failure = {0};
    const bool sound = option_set_check(command->options, &failure);
    check_that(sound, __FILE__, __LINE__, "%s: %s", command->options->command, failure.text);
    CHECK((command->run != NULL) != (command->run_local != NULL));
}

static void tables_are_sound(void) {
    check_set(&cmd_colour);
    check_set(&cmd_hello);
    check_set(&cmd_julia);
    check_set(&cmd_mandelbrot);
    check_set(&cmd_pi);
    check_set(&cmd_rerun);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"tables are sound", tables_are_sound}, {0}};
    return check_main("commands", tests, argc, argv);
}
