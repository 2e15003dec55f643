#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait hello: a line per rank in rank order, and warnings that name the option that mends them, on one
# node and on seven made-up ones.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

in_rank_order() {
    seq 0 $(($1 - 1)) | sed "s/\$/ of $1/" | diff - <(sed -n 's/^rank \([0-9]* of [0-9]*\) .*/\1/p' "$WORK/out")
}
warns() {
    grep -q "^plait: warning: .*$1" "$WORK/err"
}

for ranks in 1 2 3 7; do
    new_sandbox
    expect_ok "$ranks" -- "$PLAIT" hello --json hello.json
    assert "a line per rank, in rank order" in_rank_order "$ranks"
    assert "the report has the ranks" grep -q "\"ranks\": $ranks" "$SANDBOX/hello.json"
done

# Far more ranks with far more threads than any machine of the tests has cores.
cores=$(nproc)
expect_ok 2 -- "$PLAIT" hello --threads $((cores + 1))
assert "too many threads are told" warns "$((cores + 1)) threads but may use $cores core"
assert "oversubscription is told" warns 'oversubscribed'

# The launcher binds each rank to one core: the cores that stay idle are told, with the option.
if [ "$cores" -ge 2 ] && is_open_mpi; then
    run_ranks 1 "$MPIEXEC" -n 1 --bind-to core "$PLAIT" hello
    assert "status is 0" [ "$status" -eq 0 ]
    assert "idle cores are told" warns "binding lets 1 rank use only 1: add --bind-to none"
    run_ranks 1 "$MPIEXEC" -n 1 --bind-to none "$PLAIT" hello
    assert "no binding, no warning" [ "$(plait_lines)" -eq 0 ]
fi

# A launcher of another MPI: its processes are worlds of one. The first one says so for all.
worlds() {
    OMPI_COMM_WORLD_RANK=$1 OMPI_COMM_WORLD_SIZE=3 run_ranks 1 env -u PMIX_RANK "$PLAIT" hello
}
if is_open_mpi; then
    worlds 0
    assert "worlds of one are told" warns '3 processes, but each is rank 0 of a world of one'
    worlds 1
    assert "and told once" [ "$(plait_lines)" -eq 0 ]

    # Seven nodes on this machine: a daemon per loopback address, TCP between them.
    run_ranks 1 "$here/../cluster/fake_nodes.sh" 7 -np 7 --map-by node "$PLAIT" hello
    assert "seven nodes answer" in_rank_order 7
    assert "each rank has its node's cores" [ "$(grep -c " $cores of $cores core" "$WORK/out")" -eq 7 ]
    assert "no node is oversubscribed" [ "$(plait_lines)" -eq 0 ]
    new_sandbox
    run_ranks 1 "$here/../cluster/fake_nodes.sh" 7 -np 7 --map-by node "$PLAIT" julia
    assert "seven nodes draw the same picture" grep -q 'fnv1a 7977c2e50817ba97' "$WORK/out"
fi
finish
