#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Includes point one way: drivers -> kernels -> arch, and MPI stays in drivers/comm, queue and cmd.
#     check_includes.sh SOURCE_FOLDER
# Prints each offending line; exit status 1 if there was one.
set -euo pipefail
cd "$1"
offenders=0

# refuse FOLDER REGEX: no file below FOLDER may include a header whose name matches.
refuse() {
    local folder=$1 regex=$2 found
    [ -d "$folder" ] || return 0
    found=$(grep -rnE --include='*.[ch]' --include='*.h.in' \
        "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]([^>\"]*/)?($regex)" "$folder" || true)
    if [ -n "$found" ]; then
        printf '%s/ may not include this:\n%s\n' "$folder" "$found"
        offenders=1
    fi
}

if ! [ -d arch ] || ! [ -d kernels ]; then
    echo "$1: no arch or kernels here"
    exit 1
fi
refuse arch '(plait|kernels|drivers|comm|cmd)/|mpi\.h|omp\.h'
refuse kernels '(drivers|comm|cmd|core|image|study)/|mpi\.h'
refuse kernels/include '(arch|kernels)/|cpu\.h|path\.h|select\.h|omp\.h'
refuse drivers/core '(comm|cmd|queue)/|queue\.h|mpi\.h'
refuse drivers/image '(comm|cmd|queue)/|queue\.h|mpi\.h'
refuse drivers/study '(comm|cmd|queue)/|queue\.h|mpi\.h'
refuse drivers 'arch/|vec_[a-z0-9]*\.h|[a-z]*intrin\.h|arm_neon\.h'
exit "$offenders"
