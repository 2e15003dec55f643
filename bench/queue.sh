#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The schedules on ranks of different speed: simulated, then with two and three real ranks of which some are
# slowed. BENCH names the directory of the programs. Fails if one of them does.
set -euo pipefail
: "${BENCH:?names the directory of the programs}" "${MPIEXEC:=mpirun}"

# Many ranks on few cores, as root too. Open MPI finds out itself whether a rank that waits has to give its
# core up: rank 0 would give it to other programs, too.
set -a
# shellcheck source=tests/mpi.env
. "$(dirname "$0")/../tests/mpi.env"
set +a
unset OMPI_MCA_mpi_yield_when_idle

failed=0
"$BENCH/bench_queue" || failed=1
for factors in '1 4' '4 1' '1 1 4' '1 2 4' '1 1'; do
    read -ra each <<<"$factors"
    timeout -k 5 120 "$MPIEXEC" -n "${#each[@]}" "$BENCH/bench_queue_ranks" "${each[@]}" || failed=1
done
exit "$failed"
