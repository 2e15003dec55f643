# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the tests of plait doctor on the virtual cluster share; sourced after virtual_cluster.sh and tests/cli/lib.sh.
# $mpi: openmpi, prrte or mpich.

# -- what is broken ---------------------------------------------------------------------------------------

# session NODE LINE: what a session there begins with, by ssh or, on red, in type_line and examined.
session() { printf '%s\n' "$2" >>"$CLUSTER/session.$1"; }
# program NODE NAME TEXT: one that sessions there find before all others.
program() {
    mkdir -p "$WORK/bin.$1"
    printf '#!/bin/sh\n%s\n' "$3" >"$WORK/bin.$1/$2"
    chmod +x "$WORK/bin.$1/$2"
    session "$1" "PATH=$WORK/bin.$1:\$PATH"
}
# own_etc NODE...: an /etc of its own, where it may change files.
own_etc() {
    local node
    for node; do
        cp -a /etc "$CLUSTER/etc.$node" 2>/dev/null || true # without what only root may read
        cp "$CLUSTER/hosts" "$CLUSTER/etc.$node/hosts"
        on "$node" mount --bind "$CLUSTER/etc.$node" /etc
    done
}
# over NODE PATH TEXT: what the file says on that node.
over() {
    local file
    file=$(mktemp -p "$WORK")
    printf '%s\n' "$3" >"$file"
    on "$1" mount --bind "$file" "$2"
}
write_hosts() {
    if [ "$mpi" = mpich ]; then printf '%s:1\n' "$@"; else printf '%s slots=1\n' "$@"; fi >"$SANDBOX/hosts"
}

# -- what doctor says, and what is typed ------------------------------------------------------------------

# examined OPTION...: on red; $WORK/found has a line for each finding: check, where, what to type. Nodes of one
# machine have its load, which is no finding but where a test has made it 77.
examined() {
    last_command="plait doctor ${*@Q}"
    echo "$last_command"
    status=0
    (cd "$SANDBOX" && [ ! -e "$CLUSTER/session.red" ] || . "$CLUSTER/session.red"
        cd "$SANDBOX" && exec timeout -k 5 "$limit_s" "$CLUSTER/bin/on" red "$PLAIT" doctor --timeout 100 --json doctor.json "$@") \
        >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    "$python" - "$SANDBOX/doctor.json" >"$WORK/found" <<'END'
import json, sys
for f in json.load(open(sys.argv[1]))["result"]["findings"]:
    if f["check"] != "loaded" or "77.0" in f["sentence"]:
        print(f["check"], f["where"].replace(" ", ""), f["line"], sep="\t")
END
}
# finds: just the checks and places of standard input.
finds() {
    grep . | sort >"$WORK/expected" || true
    cut -f 1,2 "$WORK/found" | tr '\t' ' ' | sort >"$WORK/seen"
    if ! diff "$WORK/expected" "$WORK/seen" >"$WORK/difference"; then sed 's/^/  /' "$WORK/difference"; fi
    assert "just these are found" [ ! -s "$WORK/difference" ]
}
finds_nothing() {
    assert "${1:-}: status is 0, not $status" [ "$status" -eq 0 ]
    finds </dev/null
}
# type_line CHECK [WHERE]: the line of that finding, on red as a user does.
type_line() {
    local line
    line=$(awk -F '\t' -v check="$1" -v where="${2:-}" '$1 == check && (where == "" || $2 == where) { print $3; exit }' "$WORK/found")
    last_command=$line
    printf '  %s: %s\n' "$1" "$line"
    assert "there is a line to type for $1" [ -n "$line" ]
    status=0
    (cd "$SANDBOX" && [ ! -e "$CLUSTER/session.red" ] || . "$CLUSTER/session.red"
        cd "$SANDBOX" && exec timeout -k 5 "$limit_s" "$CLUSTER/bin/on" red bash -c "$line") \
        >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    assert "the line of $1 has status 0, not $status" [ "$status" -eq 0 ]
}
# type_run CHECK N: an mpirun, which then greets from N ranks. Those of MPICH often do not end (docs/cluster.md).
type_run() {
    if [ "$mpi" = mpich ]; then
        assert "there is a line to type for $1" grep -q "^$1"$'\t'".*mpirun" "$WORK/found"
        return
    fi
    type_line "$1"
    assert "hello of $2 ranks" [ "$(grep -cE '^rank +[0-9]+ of ' "$WORK/out")" -eq "$2" ]
}
