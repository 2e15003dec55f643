#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The layer checks can fail: each is given a case that breaks its rule, and must name it.
#     test_checks.sh COMPILER PROCESSOR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
compiler=$1 processor=$2
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
made=0 failed=0

# must_fail REGEX CHECK ARGUMENT...: the check ends with status 1 and its output matches.
must_fail() {
    local regex=$1 check=$2 output status=0
    shift 2
    output=$("$here/$check" "$@" 2>&1) || status=$?
    made=$((made + 1))
    if [ "$status" -ne 1 ] || ! grep -qE -e "$regex" <<<"$output"; then
        printf 'passed or failed otherwise (status %s): %s %s\n%s\n' "$status" "$check" "$*" "$output"
        failed=$((failed + 1))
    fi
}

object() { # object NAME CODE [FLAG...]
    printf '%s\n' "$2" >"$1.c"
    "$compiler" -O2 "${@:3}" -c "$1.c" -o "$1.o"
}

file() { # file PATH CONTENT
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" >"$1"
}

object calls 'int MPI_Send(int); int plait_f(void) { return MPI_Send(1); }'
must_fail MPI_Send check_symbols.sh mpi-free calls.o
must_fail missing check_symbols.sh mpi-free absent.o
must_fail 'no file' check_symbols.sh mpi-free

object strange 'int strange(void) { return 1; }' -fPIC
ar rc libstrange.a strange.o
must_fail '^strange$' check_symbols.sh prefix libstrange.a
"$compiler" -shared strange.o -o libstrange.so
must_fail '^strange$' check_symbols.sh exports libstrange.so
must_fail missing check_symbols.sh exports absent.so
printf 'lib.so.0 lib0 #MINVER#\n strange@Base 1\n gone@Base 1\n' >symbols
must_fail '^gone$' check_symbols.sh debian libstrange.so symbols
printf 'lib.so.0 lib0 #MINVER#\n' >symbols
must_fail '^strange$' check_symbols.sh debian libstrange.so symbols
must_fail missing check_symbols.sh debian libstrange.so absent

# A tree of one layer each and three parts, of which the middle one may include the first.
plant_tree() {
    rm -rf tree
    mkdir -p tree/arch tree/kernels tree/drivers/{base,ranks,pi}
    file tree/drivers/CMakeLists.txt 'plait_part(base MAY)
plait_part(ranks MPI MAY base)
plait_part(pi MPI MAY base)'
}
plant_tree
"$here/check_includes.py" tree >/dev/null || { echo 'a sound tree is refused'; failed=$((failed + 1)); }
for line in 'arch/a.c "../kernels/exec.h"' 'arch/a.c "plait/exec.h"' 'arch/a.c <omp.h>' 'kernels/k.c <mpi.h>' \
    'kernels/k.c "../drivers/base/number.h"' 'kernels/include/plait/p.h "../arch/cpu.h"' \
    'drivers/base/c.c "ranks/agree.h"' 'drivers/base/c.c "../ranks/agree.h"' 'drivers/base/c.c <mpi.h>' \
    'drivers/ranks/c.h "pi/pi_sweep.h"' 'drivers/pi/deep/c.c "ranks/agree.h"' \
    'drivers/pi/c.c "../../arch/select.h"' 'drivers/pi/c.c <immintrin.h>'; do
    plant_tree
    file "tree/${line%% *}" "#include ${line#* }"
    must_fail "${line%% *}:1:" check_includes.py tree
done
for line in 'arch/a.c #include <CL/cl.h>' 'arch/opencl_too/a.c clFinish(queue);' 'kernels/k.c cl_mem buffer;' \
    'drivers/base/c.c int code = CL_SUCCESS;'; do
    plant_tree
    file "tree/${line%% *}" "${line#* }"
    must_fail "${line%% *}:1: names" check_includes.py tree
done
plant_tree
file tree/arch/opencl/a.c '#include <CL/cl.h>'
"$here/check_includes.py" tree >/dev/null || { echo 'arch/opencl is refused'; failed=$((failed + 1)); }
plant_tree
mkdir tree/drivers/study
must_fail 'drivers/study: no plait_part' check_includes.py tree

for call in 'MPI_Barrier(world);' 'if (MPI_Send(x) == 0)' 'MPI_CHECK(MPI_Bcast(x)); MPI_Wait(&r);'; do
    rm -rf tree
    file tree/drivers/ranks/c.c "void f(void) { $call }"
    must_fail 'c.c: MPI_(Barrier|Send|Wait) is not' check_mpi_calls.py tree
done
rm -rf tree
must_fail 'no MPI call' check_mpi_calls.py tree

if [ "$processor" = x86_64 ]; then
    object wide 'void f(double *a) { for (int i = 0; i < 64; i++) a[i] += a[i]; }' -O3 -mavx
    must_fail 'wide.o has instr' check_instructions.sh wide.o
    object narrow 'double f(double a) { return a + a; }' -mavx
    must_fail 'narrow.o has instr' check_instructions.sh narrow.o
    object bits 'int f(unsigned long a) { return __builtin_popcountl(a); }' -mpopcnt
    must_fail 'bits.o has instr' check_instructions.sh bits.o
    object products 'void f(int *a) { for (int i = 0; i < 64; i++) a[i] *= a[i]; }' -O3 -msse4.1
    must_fail 'products.o has instr' check_instructions.sh products.o
fi
must_fail 'no object' check_instructions.sh
# compiled CASE...: commands.json of files, each with a flag.
compiled() {
    local source flag entries=()
    for case in "$@"; do
        read -r source flag <<<"$case"
        entries+=("{\"file\": \"/tree/$source\", \"command\": \"cc $flag -c /tree/$source\"}")
    done
    (IFS=, && file commands.json "[${entries[*]}]")
}
paths=('sse41 -msse4.1' 'sve -march=armv8.2-a+sve' 'strange -mstrange')
bad=('arch/sse41/d.c -march=armv8.2-a+sve' 'arch/sse41/d.c -mavx' 'arch/avx2/d.c -mavx2' 'arch/sve/d.c -ffast-math'
    'kernels/sse41/d.c -msse4.1' 'bench/bound_sse41.c -msse4.1' 'bench/bench.c -msse4.1')
for flag in -march=native -ffast-math -Ofast -ffp-contract=fast -mavx2 -msse4.1 -mstrange -march=armv8.2-a+sve; do
    bad+=("kernels/escape.c $flag")
done
compiled "${bad[@]}"
must_fail 'escape.c: -march=native' check_flags.py commands.json "${paths[@]}"
found=$("$here/check_flags.py" commands.json "${paths[@]}") || true
for case in "${bad[@]}"; do
    made=$((made + 1))
    if ! grep -qF -e "/${case/ /: } changes" <<<"$found"; then
        echo "not refused: $case"
        failed=$((failed + 1))
    fi
done
compiled 'arch/sse41/d.c -msse4.1' 'arch/sve/d.c -march=armv8.2-a+sve' 'bench/escape_plain.c -mfma' 'kernels/escape.c -O3'
"$here/check_flags.py" commands.json "${paths[@]}" >/dev/null || { echo "a path's own flags are refused"; failed=$((failed + 1)); }
must_fail 'absent.json: No such file' check_flags.py absent.json

file licence/a.c 'int plait_a;'
must_fail 'a.c: no SPDX' check_licence.sh licence
file licence/a.c '/* SPDX-License-Identifier: MIT */'
file licence/b.py '# SPDX-License-Identifier: MIT
print("# SPDX-License-Identifier: MIT")'
must_fail 'b.py: the SPDX tag within a text' check_licence.sh licence
rm licence/b.py
file licence/b/a.c '/* SPDX-License-Identifier: MIT */'
must_fail '^a.c$' check_licence.sh licence

# A library of one function and one public struct, with a second member of two types and a second function.
abi() { # abi TYPE [MORE]
    file abi/kernels/include/plait/h.h "struct plait_escape { int a; $1 b; }; ${2:-} int plait_f(struct plait_escape *e);"
    file abi/plait.c "#include <plait/h.h>
int plait_f(struct plait_escape *e) { return e->a; }"
    "$compiler" -g -shared -fPIC -Iabi/kernels/include abi/plait.c -o abi/libplait.so
}
if command -v abidw >/dev/null && [ "$processor" = x86_64 ]; then
    abi int
    must_fail 'libplait.abi: missing' check_abi.sh check abi/libplait.so abi
    "$here/check_abi.sh" record abi/libplait.so abi >/dev/null
    "$here/check_abi.sh" check abi/libplait.so abi >/dev/null || { echo 'the same ABI is refused'; failed=$((failed + 1)); }
    abi int 'int plait_more(void) { return 1; }'
    "$here/check_abi.sh" check abi/libplait.so abi >/dev/null || { echo 'one more function is refused'; failed=$((failed + 1)); }
    abi double
    must_fail 'Another ABI' check_abi.sh check abi/libplait.so abi
    "$compiler" -shared -fPIC -Iabi/kernels/include abi/plait.c -o abi/libplait.so
    must_fail 'no debugging information' check_abi.sh check abi/libplait.so abi
fi

# A copy of the recipes, each time with one mistake.
recipes() {
    rm -rf recipes
    mkdir recipes
    (cd "$here/../.." && cp -r --parents CMakeLists.txt CITATION.cff cmake packaging "$box/recipes")
    mkdir recipes/debian
    printf 'plait (%s-1) UNRELEASED; urgency=medium\n' "$(sed -nE 's/^project\(plait VERSION ([0-9.]+) .*/\1/p' recipes/CMakeLists.txt)" >recipes/debian/changelog
    cp recipes/packaging/conda/build.sh recipes/debian/rules
}
recipes
"$here/../../packaging/check_recipes.py" recipes >/dev/null || { echo 'sound recipes are refused'; failed=$((failed + 1)); }
sed -i 's/^project(plait VERSION [0-9.]*/project(plait VERSION 99.1.0/' recipes/CMakeLists.txt
must_fail 'Plait-99.1.0-foss-2025a.eb: missing' ../../packaging/check_recipes.py recipes
must_fail 'CITATION.cff: does not name the version 99.1.0' ../../packaging/check_recipes.py recipes
for recipe in spack/package.py conda/build.sh container/Dockerfile; do
    recipes
    sed -i 's/PLAIT_CAIRO/PLAIT_COIRA/' "recipes/packaging/$recipe"
    must_fail "$recipe: says nothing of PLAIT_CAIRO" ../../packaging/check_recipes.py recipes
    must_fail "$recipe: PLAIT_COIRA is no option" ../../packaging/check_recipes.py recipes
done
recipes
sed -i 's/plait:[0-9.]*/plait:0.0.9/' recipes/packaging/container/Dockerfile
must_fail 'Dockerfile: names plait 0.0.9' ../../packaging/check_recipes.py recipes

mkdir -p doctor/docs doctor/tests/cli doctor/tests/cluster
printf '| `no-reply` | it does not reply | ping |\n| `clocks-apart` | its clock is slow | date |\n' >doctor/docs/doctor.md
echo 'type_line no-reply' >doctor/tests/cli/test_doctor.sh
echo 'type_run few-slots 3' >doctor/tests/cluster/test_x.sh
must_fail 'clocks-apart: no test types its line' check_doctor_lines.sh doctor

echo "$made bad cases, $failed not caught"
[ "$failed" -eq 0 ]
