/* SPDX-License-Identifier: MIT
 * The options of a subcommand as a table. A row holds everything there is to know about an option:
 * parsing, range checks, help, environment name, configuration key, man page and completion all
 * come from it and from nowhere else. */
#ifndef PLAIT_DRIVERS_OPTION_H
#define PLAIT_DRIVERS_OPTION_H

#include "base/failure.h"
#include "base/suggest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an option's text means, and the type of the member it is stored in. */
enum option_kind {
    OPTION_FLAG,   /* bool: --x, --no-x; elsewhere yes/no, true/false, on/off, 1/0 */
    OPTION_COUNT,  /* uint64_t: 10, 4^12, 2^20, 1e9 */
    OPTION_REAL,   /* double, finite */
    OPTION_REALS,  /* double[reals]: that many, by commas, spaces may follow */
    OPTION_SIZE,   /* struct option_size: WxH */
    OPTION_CHOICE, /* int: index into choices */
    OPTION_TEXT,   /* const char *, not empty */
    OPTION_TEXTS,  /* struct option_texts: may be given again */
};

/* Where an option may be given. */
enum option_scope {
    OPTION_ANYWHERE,     /* command line, environment, configuration file */
    OPTION_NOT_IN_FILE,  /* command line, environment */
    OPTION_COMMAND_LINE, /* command line only */
    OPTION_ARGUMENT,     /* an argument without --, by its place: such rows take them in the order
                          * of the table, a TEXTS, which stands last, all that are left; never
                          * missing, no default */
};

struct option_values;

struct option_size {
    uint64_t width;
    uint64_t height;
};

struct option_texts {
    const char *const *items;
    size_t count;
};

/* One row. What a kind does not use stays zero. */
struct option {
    const char *name;  /* "maxit": --maxit, PLAIT_MAXIT, maxit = */
    const char *alias; /* another spelling of the name, taken wherever the name is; or NULL */
    char letter;       /* 'v': -v is --<name>; FLAG only; or 0 */
    enum option_kind kind;
    enum option_scope scope;
    const char *argument;      /* "N"; NULL for a flag */
    const char *help;          /* one sentence, lower case, no full stop */
    const char *default_value; /* parsed by the row (TEXTS: one item); NULL: none, a flag: no */
    const char *default_text;  /* what help shows as the default instead, "all visible cores" */
    size_t offset;             /* of the member in the options struct, or OPTION_NO_MEMBER */
    uint64_t min, max;         /* COUNT, both sides of a SIZE; max 0: no upper bound */
    double real_min, real_max; /* REAL, each of REALS, inclusive; both 0: any, INFINITY: open */
    bool positive;             /* REAL, each of REALS: only above 0 */
    size_t reals;              /* REALS: how many, at most OPTION_REALS_MAX */
    bool exact; /* REAL, REALS: the member is a const char *, the text, of which no digit is lost
                 * (base/decimal.h): it may be longer and larger than a double, and has no range but
                 * positive */
    const char *const *choices; /* CHOICE: names, ended by NULL; TEXT: names that stand for
                                 * something next to files, for completion, or NULL */
    const char *variable;       /* an environment variable of another name, read where that of the
                                 * option is not set; or NULL */
    const char *const *rivals;  /* options that say the same in another way, ended by NULL: of two
                                 * that are given the one of higher origin counts; or NULL */
    /* TEXT, each of TEXTS: more checks, or NULL. The failure's text completes "--name: ", and the
     * function must not depend on the machine: it runs on every rank. */
    bool (*check)(const char *text, struct failure *failure);
    bool reads;    /* names files that the run reads */
    bool replaces; /* names files that the run writes: none of them is one that it reads */
    const char *const *plots; /* TEXT: names a directory, in which plots of these names are written
                               * (files/gnuplot.h); ended by NULL */
    const char *const *(*plots_drawn)(const struct option_values *values); /* those of this run;
                                                                            * NULL: all */
    bool defines; /* says what the result is, not how it comes about or where it goes: what a result
                   * says of its origin (picture/provenance.h) is made of these options */
    bool later;   /* of those: as by default it is not in what a result says of its origin. Rows
                   * that are newer than results that must keep their bits */
    bool directory; /* names a directory; with replaces one that the run makes */
    bool grows; /* COUNT, REAL, SIZE (by its area): the work is in proportion to it, and a study of
                 * weak scaling multiplies it by the cores */
    bool optional; /* an argument of kind TEXTS: may be missing */
};

#define OPTION_NO_MEMBER SIZE_MAX
enum { OPTION_REALS_MAX = 8 };

/* Rows for one struct. Its place in the command's options struct is base, so that several commands
 * can share a table: {common_options, n, offsetof(struct mandelbrot_options, common)}. */
struct option_table {
    const struct option *options;
    size_t count;
    size_t base;
};

/* All options of one subcommand. */
struct option_set {
    const char *command; /* "mandelbrot", or "study run" of the family "study"; also the section in
                          * a configuration file */
    const char *alias;   /* another spelling of it, taken wherever it is; or NULL */
    const char *summary; /* one line, lower case, no full stop */
    const char *details; /* more for help and man page, or NULL; paragraphs separated by "\n\n" */
    const struct option_table *tables;
    size_t table_count;
};

/* --help, --version, --config FILE, --dump-config, without members (ask values_flag, values_text).
 * The tables of every subcommand end with OPTION_STANDARD_TABLE. */
enum { OPTION_STANDARD_COUNT = 4 };
extern const struct option option_standard[OPTION_STANDARD_COUNT];
#define OPTION_STANDARD_TABLE \
    { option_standard, OPTION_STANDARD_COUNT, 0 }

/* The second word of a subcommand of two words if the first one is that family; else NULL. */
const char *option_set_verb(const struct option_set *set, const char *family);

/* The name with that character where the space of two words stands. */
enum { OPTION_COMMAND_BYTES = 64 };
const char *option_set_name(const struct option_set *set, char link,
                            char name[OPTION_COMMAND_BYTES]);

/* Number of rows over all tables of the set. */
size_t option_count(const struct option_set *set);

/* The row of that index, 0 <= index < option_count. If base is not NULL, sets the base of its
 * table. */
const struct option *option_at(const struct option_set *set, size_t index, size_t *base);

/* The row of that name and, if index is not NULL, its index; NULL if there is none. */
const struct option *option_find(const struct option_set *set, const char *name, size_t *index);

/* The same for a name that a user gave, which may be an alias; arguments are known by their places,
 * not by names. */
const struct option *option_find_given(const struct option_set *set, const char *name,
                                       size_t *index);

/* Whether a user who gives that name means the subcommand. */
bool option_set_is_called(const struct option_set *set, const char *name);

/* Offers the names that may be given there to a search for what a mistyped name stands for:
 * all rows whose scope is at most widest (a file takes OPTION_ANYWHERE only). */
void option_offer(const struct option_set *set, enum option_scope widest,
                  struct suggestion *suggestion);

/* PLAIT_<NAME> of a row, upper case, '-' as '_'. */
enum { OPTION_VARIABLE_BYTES = 64 };
void option_variable(const struct option *option, char variable[OPTION_VARIABLE_BYTES]);
void option_variable_of(const char *name, char variable[OPTION_VARIABLE_BYTES]);

/* Parses one text by the row: syntax, range, choices, check. where names its origin in the error
 * ("--maxit", "PLAIT_MAXIT", "run.ini:7: maxit"). Stores into *member, whose type the kind says;
 * NULL only checks. TEXT stores the pointer itself; TEXTS checks one item and stores nothing. */
bool option_parse(const struct option *option, const char *where, const char *text, void *member,
                  struct failure *failure);

/* Whether a text that the row accepts means the same as its default: 1e1 is 10. */
bool option_is_default(const struct option *option, const char *text);

/* Whether --no-<name> exists. */
bool option_is_negatable(const struct option *option);

/* The default as the parser takes it: "no" for a flag without one, NULL if there is none. */
const char *option_default(const struct option *option);

/* The range in words ("1 to 100", "above 0", "viridis, grey"), for help and man page; "" if there
 * is none. Returns the bytes needed as snprintf does. */
int option_range(const struct option *option, char *text, size_t bytes);

/* For a unit test of every set: names and aliases unique, lower case and short enough, everything
 * that the kind needs is there, defaults parse, no name hides another's --no-. The failure says
 * the first mistake. */
bool option_set_check(const struct option_set *set, struct failure *failure);

#endif
