#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Symbols keep to their layer. Prints each offender; exit status 1 if there was one.
#     check_symbols.sh mpi-free FILE...   no file (object, archive) calls MPI
#     check_symbols.sh prefix ARCHIVE     every global symbol begins with plait_
#     check_symbols.sh exports LIBRARY    the shared library exports plait_* and nothing else
#     check_symbols.sh debian LIBRARY SYMBOLS-FILE   and SYMBOLS-FILE of its Debian package names each of them
set -euo pipefail

# A missing file would leave nothing to find, and so pass.
need_files() {
    [ $# -gt 0 ] || { echo "no file to check"; exit 1; }
    for file in "$@"; do
        [ -f "$file" ] || { echo "$file: missing"; exit 1; }
    done
}

refuse() {
    local offenders=$1 rule=$2
    if [ -n "$offenders" ]; then
        printf '%s:\n%s\n' "$rule" "$offenders"
        exit 1
    fi
}

mpi_free() {
    refuse "$(nm -A -u "$@" | grep -E ' (P?MPI_|ompi_|MPIR_)' || true)" "calls MPI, which only the parts with MPI may"
}

# Named critical sections are global in OpenMP: compilers make a symbol of the name, which has the prefix.
own_symbols='^(plait_|\.gomp_critical_user_plait_)'

prefix() {
    local symbols
    symbols=$(nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }')
    [ -n "$symbols" ] || { echo "$1: has no symbols"; exit 1; }
    refuse "$(grep -Ev "$own_symbols" <<<"$symbols" || true)" "$1: global symbols without the prefix"
}

exports() {
    local symbols
    symbols=$(nm -D --defined-only "$1" | awk '{ print $3 }')
    [ -n "$symbols" ] || { echo "$1: exports nothing"; exit 1; }
    refuse "$(grep -v '^plait_' <<<"$symbols" || true)" "$1: exports that are not the library's own"
}

# A symbol that is gone needs a new SONAME, and so a package of another name.
debian() {
    local differences
    differences=$(diff <(sed -nE 's/^ (\w+)@Base .*/\1/p' "$2" | sort) <(nm -D --defined-only "$1" | awk '{ print $3 }' | sort) || true)
    refuse "$(sed -n 's/^> //p' <<<"$differences")" "not in $2: add a line ' NAME@Base VERSION' for each"
    refuse "$(sed -n 's/^< //p' <<<"$differences")" "$2 names what the library does not have (any more)"
}

need_files "${@:2}"
case $1 in
mpi-free) mpi_free "${@:2}" ;;
prefix) prefix "$2" ;;
exports) exports "$2" ;;
debian) debian "$2" "$3" ;;
*) exit 2 ;;
esac
