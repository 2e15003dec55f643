# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the tests of the command share; sourced. The invariants of every error are checked in one place,
# expect_error: one line, the right status, nothing on standard output, no file, no hang.
#
#     . "$(dirname "$0")/lib.sh"
#     expect_error 'size' 2 -- "$PLAIT" mandelbrot --size 0x0
#     finish
#
# Environment: PLAIT (the command), MPIEXEC (the launcher), RANKS_LIST (default "1 3"; 1 is run without
# the launcher). Each case runs in an empty directory, $SANDBOX, that it may fill before it runs.
set -euo pipefail

: "${PLAIT:?names the plait command}" "${MPIEXEC:=mpirun}" "${RANKS_LIST:=1 3}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Settings of the caller would change what is tested.
for name in "${!PLAIT_@}"; do unset "$name"; done
set -a
# shellcheck source=tests/mpi.env
. "$here/../mpi.env"
set +a
# mpirun ends the other ranks when one fails, and waits a second for them by default: these hundreds of
# runs fail on purpose.
export OMPI_MCA_odls_base_sigkill_timeout=0 PRTE_MCA_odls_base_sigkill_timeout=0

assertions=0
failures=0
WORK=$(mktemp -d)
# Where an OpenCL driver is there (./dev test pocl) only the launcher is kept from it by its environment; plait
# has to keep itself from it.
if [ "${DRIVERS_ARE_THERE:-}" = yes ]; then
    for name in PLAIT HOOKED_PLAIT; do
        [ -n "${!name:-}" ] || continue
        mkdir -p "$WORK/bare"
        printf '#!/bin/sh\n[ "$HWLOC_COMPONENTS" != "%s" ] || unset HWLOC_COMPONENTS\nexec "%s" "$@"\n' \
            "$HWLOC_COMPONENTS" "${!name}" >"$WORK/bare/$name"
        chmod +x "$WORK/bare/$name"
        declare "$name=$WORK/bare/$name"
    done
fi
SANDBOX=$WORK/sandbox
# Open MPI's launchers trip over each other when they make and remove a shared directory at the same time.
export TMPDIR=$WORK/tmp
mkdir "$TMPDIR"
trap 'rm -rf "$WORK"' EXIT

# Whether the launcher is Open MPI's, which calls itself so as mpirun, and OpenRTE as mpiexec.
is_open_mpi() {
    "$MPIEXEC" --version 2>/dev/null | grep -cE 'Open MPI|OpenRTE' >/dev/null
}

# Whether it is that of Open MPI 5 or later, PRRTE, whose options and variables have other names.
is_prrte() {
    is_open_mpi && "$MPIEXEC" --version 2>/dev/null | grep -cE 'Open MPI\) ([5-9]|[1-9][0-9])|prte' >/dev/null
}

# A hanging case ends here, its ranks with it.
limit_s=120

new_sandbox() {
    rm -rf "$SANDBOX"
    mkdir "$SANDBOX"
}
new_sandbox

# assert TEXT COMMAND...: counts, and prints what failed together with the last command that ran.
assert() {
    local text=$1
    shift
    assertions=$((assertions + 1))
    if ! "$@"; then
        failures=$((failures + 1))
        printf '  FAILED: %s\n    command: %s\n' "$text" "${last_command:-none}"
        if [ -s "$WORK/out" ]; then sed 's/^/    stdout: /' "$WORK/out" | head -n 5; fi
        if [ -s "$WORK/err" ]; then sed 's/^/    stderr: /' "$WORK/err" | head -n 15; fi
    fi
}

# run_ranks N COMMAND...: runs it in the sandbox; $status, $WORK/out and $WORK/err have the result.
run_ranks() {
    local ranks=$1
    shift
    local launcher=()
    if [ "$ranks" -gt 1 ]; then launcher=("$MPIEXEC" -n "$ranks"); fi
    last_command="${launcher[*]} ${*@Q}"
    printf '%s\n' "$last_command"
    status=0
    (cd "$SANDBOX" && exec timeout -k 5 "$limit_s" "${launcher[@]}" "$@") \
        >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
}

# by_rank FIRST OTHERS: makes $WORK/by_rank, which runs one line of shell on rank 0 and another one on all others.
# The mpirun of Open MPI 5.0.7 crashes on its own way to say that, "FIRST : OTHERS".
by_rank() {
    printf '#!/bin/sh\nif [ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" -eq 0 ]; then\n%s\nelse\n%s\nfi\n' "$1" "$2" \
        >"$WORK/by_rank"
    chmod +x "$WORK/by_rank"
}

# Launchers add lines of their own about a rank that ended with an error; Plait's begin with its name. The mpirun
# of Open MPI 5 writes null bytes between lines.
lines_of_plait() {
    tr -d '\0' <"$WORK/err" | grep '^plait: '
}
plait_lines() {
    lines_of_plait | grep -c . || true
}
error_lines() {
    lines_of_plait | grep -vc '^plait: warning: ' || true
}
other_lines() {
    if [ "$1" -eq 1 ]; then grep -vc '^plait: ' "$WORK/err" || true; else echo 0; fi
}
has_line() {
    lines_of_plait | grep -v '^plait: warning: ' | grep -iE -e "$1" >/dev/null
}

# Everything in the sandbox, with its content, as text.
sandbox_state() {
    (cd "$SANDBOX" && find . -printf '%P %y %s\n' | sort && find . -type f -exec cksum {} + | sort)
}

# expect_error REGEX STATUS -- COMMAND...
# The one error line matches REGEX (extended, any case); checked for every number of ranks. Wrong usage
# (status 2) is found before anything else is said; a run that fails later may have warned, and
# where only the report fails it has printed its result.
expect_error() {
    local regex=$1 expected=$2 ranks before
    [ "$3" = -- ] || { echo "expect_error: no -- after the status"; exit 2; }
    shift 3
    before=$(sandbox_state)
    for ranks in $RANKS_LIST; do
        run_ranks "$ranks" "$@"
        # prterun (5.0.7) ends a job at the first status that is not 0, and under load loses what that rank printed.
        for _ in 1 2 3; do
            { [ "$ranks" -gt 1 ] && [ "$(plait_lines)" -eq 0 ] && is_prrte; } || break
            run_ranks "$ranks" "$@"
        done
        assert "status is $expected, not $status" [ "$status" -eq "$expected" ]
        assert "one line is an error, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
        assert "no other line on stderr without a launcher" [ "$(other_lines "$ranks")" -eq 0 ]
        assert "the line matches /$regex/" has_line "$regex"
        if [ "$expected" -eq 2 ]; then
            assert "no warning" [ "$(plait_lines)" -eq 1 ]
            assert "nothing on stdout" [ ! -s "$WORK/out" ]
        fi
        assert "no file is made or changed" [ "$before" = "$(sandbox_state)" ]
    done
}

# expect_ok RANKS -- COMMAND...
expect_ok() {
    local ranks=$1
    shift 2
    run_ranks "$ranks" "$@"
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    assert "no error line" [ "$(error_lines)" -eq 0 ]
}

# The system's own, whose packages are NumPy, Pillow, matplotlib and jsonschema.
python=/usr/bin/python3

# check_report REPORT [COUNTS]: files in the sandbox; the report keeps to its schema, and agrees with the
# counts, where the packages that check it are installed.
check_report() {
    if "$python" -c 'import jsonschema, numpy' 2>/dev/null; then
        assert "the report $1 is right" "$python" "$here/check_report.py" \
            "$here/../../docs/report.schema.json" "${@/#/$SANDBOX/}"
    fi
}

# dumped OPTION: its value and its origin, as --dump-config has just printed them.
dumped() {
    sed -n "s/^$1 = \(.*[^ ]\) *; \(.*\)\$/\1|\2/p" "$WORK/out"
}

# The last line of every test; a test that asserted nothing has failed.
finish() {
    printf '%s assertions, %s failed\n' "$assertions" "$failures"
    [ "$failures" -eq 0 ] && [ "$assertions" -gt 0 ]
}
