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
    assert "what was not given is the default" [ "$(dumped verify)" = 'no|default' ]
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

# Pipes are read like files; those of the shell do not reach the ranks of a launcher.
expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out a.png
# shellcheck disable=SC2016  # for the inner shell
expect_ok 1 -- bash -c '"$PLAIT" mandelbrot --config <("$PLAIT" rerun --print a.png) --out b.png'
assert "what rerun prints draws it again" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
for launch in '' "$MPIEXEC -n 2"; do
    # shellcheck disable=SC2016  # for the inner shell
    expect_ok 1 -- bash -c '"$PLAIT" rerun --print a.png | '"$launch"' "$PLAIT" mandelbrot --config /dev/stdin --out b.png'
    assert "so does standard input of ${launch:-one process}" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
done
printf '#ff0000\r\n#00ff00' >"$SANDBOX/two.txt"
expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --palette two.txt --out a.ppm
# shellcheck disable=SC2016  # for the inner shell
expect_ok 1 -- bash -c '"$PLAIT" mandelbrot --size 30x20 --palette <(cat two.txt) --out b.ppm --json b.json'
assert "a palette may come from a pipe" cmp "$SANDBOX/a.ppm" "$SANDBOX/b.ppm"
# MPI's own descriptors are not read from either.
for number in 5 6 7 8 9 10 11 12; do
    # shellcheck disable=SC2016 # for the shell that is started
    RANKS_LIST=1 expect_error "'/dev/fd/$number': this process has no such descriptor" 2 -- \
        bash -c "exec $number<&-;"' exec "$@"' - "$PLAIT" pi --config "/dev/fd/$number"
done
RANKS_LIST=2 expect_error "'/dev/fd/250': this process has no such descriptor" 2 -- \
    "$PLAIT" mandelbrot --config /dev/fd/250
expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out a.npy
# shellcheck disable=SC2016  # for the inner shell
RANKS_LIST=1 expect_error 'is not a regular file: save the array to a file' 2 -- bash -c '"$PLAIT" colour <(cat a.npy)'
# shellcheck disable=SC2016  # for the inner shell
RANKS_LIST=1 expect_error 'is no regular file: save the picture to one' 2 -- bash -c '"$PLAIT" rerun <(cat a.png)'

# Lists mean the same in environment and file; a line of a list is named where its item is dumped.
PLAIT_OUT=' b.ppm, c d.npy' expect_ok 1 -- "$PLAIT" mandelbrot --size 8x8
assert "the environment has a list" ls "$SANDBOX/b.ppm" "$SANDBOX/c d.npy"
printf '[mandelbrot]\nout = e.ppm , f.npy\nsize = 8x8\nout = g.png\n' >"$SANDBOX/list.ini"
expect_ok 1 -- "$PLAIT" mandelbrot --config list.ini
assert "so has a file" ls "$SANDBOX/e.ppm" "$SANDBOX/f.npy" "$SANDBOX/g.png"
for ranks in 1 2; do
    expect_ok "$ranks" -- "$PLAIT" mandelbrot --config list.ini --dump-config
    assert "each item has its line" [ "$(dumped out)" = $'e.ppm|list.ini:2\nf.npy|list.ini:2\ng.png|list.ini:4' ]
done
RANKS_LIST=1 expect_error "'a,b.png' cannot stand in a configuration file: it holds a comma" 2 -- \
    "$PLAIT" mandelbrot --out a,b.png --dump-config

# What is spelt colour may be spelt color, and nothing shows which it was.
expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --colour smooth --out a.png --out a.npy
expect_ok 2 -- "$PLAIT" mandelbrot --size 30x20 --color smooth --out b.png --json b.json
assert "an option" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
assert "a report has the name" grep -q '"colour": "smooth"' "$SANDBOX/b.json"
PLAIT_COLOR=smooth expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out b.png
assert "a variable" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
assert "which is known" [ ! -s "$WORK/err" ]
printf '[color]\npalette = magma\n[mandelbrot]\ncolor = smooth\n' >"$SANDBOX/color.ini"
expect_ok 1 -- "$PLAIT" mandelbrot --config color.ini --dump-config
assert "a key" [ "$(dumped colour)" = 'smooth|color.ini:4' ]
expect_ok 1 -- "$PLAIT" color a.npy --config color.ini --dump-config
assert "a subcommand and its section" [ "$(dumped palette)" = 'magma|color.ini:2' ]
assert "a dump has the name" grep -qx '\[colour\]' "$WORK/out"
expect_ok 1 -- "$PLAIT" colour a.npy --out c.png
expect_ok 1 -- "$PLAIT" color a.npy --out d.png
assert "pictures have the name" cmp "$SANDBOX/c.png" "$SANDBOX/d.png"
expect_ok 1 -- "$PLAIT" help color
assert "help says so" grep -q 'may be spelt color' "$WORK/out"
RANKS_LIST=1 expect_error "--color: given twice, 'count' and 'smooth'" 2 -- \
    "$PLAIT" mandelbrot --colour count --color smooth
RANKS_LIST=1 expect_error "PLAIT_COLOR: given twice, 'count' .PLAIT_COLOUR. and 'smooth'" 2 -- \
    env PLAIT_COLOUR=count PLAIT_COLOR=smooth "$PLAIT" mandelbrot

# Of two forms of the view only the one that counts is dumped as a value.
expect_ok 1 -- "$PLAIT" mandelbrot --zoom 3 --dump-config
assert "the default region is not used with --zoom" grep -q '^; region =$' "$WORK/out"
cp "$WORK/out" "$SANDBOX/zoom.ini"
expect_ok 1 -- "$PLAIT" mandelbrot --config zoom.ini --size 8x8 --out null

# Rank 0's environment is used, that of the other ranks is not.
expect_ok 2 -- sh -c '[ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" != 1 ] || export PLAIT_SIZE=7x7 PLAIT_OUT=b.npy
    exec "$PLAIT" mandelbrot --dump-config'
assert "rank 1's variables are not read" [ "$(dumped size)" = '1200x800|default' ]

# An unknown variable is a warning, with the one that was meant.
PLAIT_MAXITT=5 expect_ok 1 -- "$PLAIT" mandelbrot --size 8x8 --out null
assert "a mistyped variable is reported" \
    grep -q '^plait: warning: PLAIT_MAXITT .*did you mean PLAIT_MAXIT' "$WORK/err"

# The view of higher precedence is used; only views of the same place exclude each other.
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
    expect_ok "$ranks" -- "$PLAIT" --version --verbose
    assert "so are the libraries" [ "$(grep -cE '^  (libplait|jansson) +[0-9.]+ +MIT$' "$WORK/out")" -eq 2 ]
    assert "zlib is one, whose sums PNG files have" grep -qE '^  zlib +[0-9.]+[^ ]* +Zlib$' "$WORK/out"
    expect_ok "$ranks" -- "$PLAIT" --help
    assert "usage is printed once" [ "$(grep -c '^usage: plait SUBCOMMAND' "$WORK/out")" -eq 1 ]
done

# Standard output that cannot be written is a failure, not ignored.
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
