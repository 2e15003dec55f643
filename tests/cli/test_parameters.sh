#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Where options come from: command line over environment over configuration file over default, the same
# on every rank; --dump-config shows it and can be read back.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

new_sandbox
printf '[mandelbrot]\nmaxit = 300\nsize = 30x20\n[julia]\nc = 0.1, 0.2\n' >"$SANDBOX/run.ini"
export PLAIT_MAXIT=400 PLAIT_CONFIG=run.ini
for ranks in 1 3; do
    expect_ok "$ranks" -- "$PLAIT" mandelbrot --threads 2 --dump-config
    assert "the environment goes before the file" [ "$(dumped maxit)" = '400|PLAIT_MAXIT' ]
    assert "the file goes before the default" [ "$(dumped size)" = '30x20|run.ini:3' ]
    assert "the command line is named" [ "$(dumped threads)" = '2|--threads' ]
    assert "what nobody gave is the default" [ "$(dumped verify)" = 'no|default' ]
    expect_ok "$ranks" -- "$PLAIT" mandelbrot --maxit 500 --dump-config
    assert "the command line goes before all" [ "$(dumped maxit)" = '500|--maxit' ]
done

# A dump is a configuration file that gives the same dump, origins apart.
cp "$WORK/out" "$SANDBOX/dump.ini"
unset PLAIT_MAXIT
export PLAIT_CONFIG=dump.ini
expect_ok 1 -- "$PLAIT" mandelbrot --dump-config
assert "the dump reads back" diff <(sed 's/ *;.*//' "$SANDBOX/dump.ini") <(sed 's/ *;.*//' "$WORK/out")
unset PLAIT_CONFIG

# Of two forms of the view only the one that counts is dumped as a value.
expect_ok 1 -- "$PLAIT" mandelbrot --zoom 3 --dump-config
assert "the default region does not count beside --zoom" grep -q '^; region =$' "$WORK/out"
cp "$WORK/out" "$SANDBOX/zoom.ini"
expect_ok 1 -- "$PLAIT" mandelbrot --config zoom.ini --size 8x8 --out null

# Rank 0's environment counts: what another rank has does not.
expect_ok 2 -- sh -c '[ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" != 1 ] || export PLAIT_SIZE=7x7 PLAIT_OUT=b.npy
    exec "$PLAIT" mandelbrot --dump-config'
assert "rank 1's variables are not read" [ "$(dumped size)" = '1200x800|default' ]

# An unknown variable is a warning, with the one that was meant.
PLAIT_MAXITT=5 expect_ok 1 -- "$PLAIT" mandelbrot --size 8x8 --out null
assert "a mistyped variable is told" \
    grep -q '^plait: warning: PLAIT_MAXITT .*did you mean PLAIT_MAXIT' "$WORK/err"

# The view of higher precedence counts; only views of the same place exclude each other.
printf '[mandelbrot]\nregion = -1,1,-1,1\n' >"$SANDBOX/region.ini"
expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --config region.ini --zoom 1 --out a.npy
expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out b.npy
assert "--zoom goes before a file's region" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"

# Help and version: once, on standard output, from any number of ranks.
for ranks in 1 3; do
    expect_ok "$ranks" -- "$PLAIT" mandelbrot --help
    assert "help is printed once" [ "$(grep -c '^usage: plait mandelbrot' "$WORK/out")" -eq 1 ]
    assert "help fits 80 columns" [ "$(wc -L <"$WORK/out")" -le 80 ]
    expect_ok "$ranks" -- "$PLAIT" --version
    assert "the version is printed once" [ "$(grep -c '^plait [0-9.]*$' "$WORK/out")" -eq 1 ]
    expect_ok "$ranks" -- "$PLAIT" --help
    assert "usage is printed once" [ "$(grep -c '^usage: plait SUBCOMMAND' "$WORK/out")" -eq 1 ]
done

# Standard output that takes nothing is a failure, not silence.
new_sandbox
status=0
last_command="plait hello >/dev/full"
(cd "$SANDBOX" && "$PLAIT" hello --json hello.json >/dev/full 2>"$WORK/err") || status=$?
assert "status is 1, not $status" [ "$status" -eq 1 ]
assert "one line says why" [ "$(error_lines)" -eq 1 ]
assert "a run that failed has no report" [ ! -e "$SANDBOX/hello.json" ]

# Standard descriptors that the caller closed are not taken by the files of the run.
status=0
last_command="plait mandelbrot >&- 2>&-"
(cd "$SANDBOX" && "$PLAIT" mandelbrot --size 8x8 --out a.npy --json a.json <&- >&- 2>&-) || status=$?
assert "status is 1, not $status" [ "$status" -eq 1 ]
assert "the file has counts only" [ "$(stat -c %s "$SANDBOX/a.npy")" -eq $((128 + 4 * 64)) ]
assert "and there is no report" [ ! -e "$SANDBOX/a.json" ]
finish
