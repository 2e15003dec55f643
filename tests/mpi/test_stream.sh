#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --stream: the same bytes in every file as without it, little memory on every rank whatever the size of
# the picture, and nothing remains when it fails.
#     test_stream.sh PART...     schedules shapes nodes memory large full_disk failures
# BAD_DISK_LIBRARY is what bad_disk.c was made into.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

fnv1a_of() {
    sed -n 's/.*"fnv1a": *"\([0-9a-f]*\)".*/\1/p' "$1"
}

count_files() {
    find "$SANDBOX" -mindepth 1 | wc -l
}

# -- the same bytes --------------------------------------------------------------------------------------

# reference COMMAND ARGUMENT...: the picture as it comes from the memory of one rank.
reference() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --schedule block --out a.npy --out a.png --out a.ppm --json a.json
    cp "$SANDBOX"/a.* "$WORK"
}

# equals_reference: b.* in the sandbox.
equals_reference() {
    local ending
    for ending in npy png ppm; do
        assert "the .$ending is the same" cmp "$WORK/a.$ending" "$SANDBOX/b.$ending"
    done
    assert "the checksum is the same" [ "$(fnv1a_of "$WORK/a.json")" = "$(fnv1a_of "$SANDBOX/b.json")" ]
    assert "nothing else is left" [ "$(count_files)" -eq 4 ]
}

# picture RANKS COMMAND ARGUMENT...: on every schedule and each of these numbers of ranks.
picture() {
    local schedule ranks many=$1
    shift
    reference "$@"
    for schedule in block cyclic dynamic weighted; do
        for ranks in $many; do
            new_sandbox
            expect_ok "$ranks" -- "$PLAIT" "$@" --stream --schedule "$schedule" --threads $((1 + ranks % 2)) \
                --verify --out b.png --out b.npy --out b.ppm --json b.json
            equals_reference
        done
    done
}

# braid COMMAND ARGUMENT...: the scratch file is none of the outputs; on every path, fast and brute.
braid() {
    local path
    reference "$@"
    for path in $("${LIST_PATHS:?}"); do
        for interior in fast brute; do
            new_sandbox
            expect_ok 2 -- "$PLAIT" "$@" --stream --path "$path" --interior "$interior" \
                --out b.png --out b.ppm --json b.json
            cp "$WORK/a.npy" "$SANDBOX/b.npy"
            equals_reference
        done
    done
}

part_schedules() {
    # Rows that mirror rows, in several parts per piece; points that mirror points; none that mirrors; fewer
    # rows than ranks.
    picture "1 2 3 7" mandelbrot --size 2100x1300 --maxit 20
    picture "1 3" julia --size 301x203
    picture 2 mandelbrot --size 320x201 --center -0.743643887,0.131825904 --zoom 20000 --maxit 300
    picture 7 mandelbrot --size 5x3
}

part_shapes() {
    braid julia --size 300x200 --maxit 100

    # One column, one row, one pixel, one row that is longer than a part.
    local size
    for size in 1x64 64x1 1x1 1048576x2; do
        reference mandelbrot --size "$size" --region -2,1,-1,1
        new_sandbox
        expect_ok 2 -- "$PLAIT" mandelbrot --size "$size" --region -2,1,-1,1 --stream --threads 1 \
            --out b.npy --out b.png --out b.ppm --json b.json
        equals_reference
    done

    # Two files of counts; none at all, and then nothing is written.
    reference mandelbrot --size 300x200
    new_sandbox
    expect_ok 2 -- "$PLAIT" mandelbrot --size 300x200 --stream --out b.npy --out c.npy --out null
    assert "the first is the same" cmp "$WORK/a.npy" "$SANDBOX/b.npy"
    assert "so is the second" cmp "$WORK/a.npy" "$SANDBOX/c.npy"
    new_sandbox
    expect_ok 2 -- "$PLAIT" mandelbrot --size 300x200 --stream --verify --out null --json b.json
    assert "the checksum is the same" [ "$(fnv1a_of "$WORK/a.json")" = "$(fnv1a_of "$SANDBOX/b.json")" ]
    assert "there is the report alone" [ "$(count_files)" -eq 1 ]

    # An earlier file is replaced, and a link followed into another directory.
    new_sandbox
    mkdir "$SANDBOX/there"
    printf 'old' >"$SANDBOX/there/old.npy"
    ln -s there/old.npy "$SANDBOX/link.npy"
    expect_ok 2 -- "$PLAIT" mandelbrot --size 300x200 --stream --out link.npy
    assert "the link stays" [ -L "$SANDBOX/link.npy" ]
    assert "its file is new" cmp "$WORK/a.npy" "$SANDBOX/there/old.npy"
    assert "nothing else is left" [ "$(count_files)" -eq 3 ]
}

# -- several nodes ---------------------------------------------------------------------------------------

part_nodes() {
    if ! is_open_mpi; then
        echo "SKIPPED: nodes are played with Open MPI"
        exit 77
    fi
    # One rank per node: ranks that share a node communicate through files that the other simulated nodes have too.
    local nodes=("$here/../cluster/fake_nodes.sh" 3 -np 3 --map-by node)
    reference mandelbrot --size 900x600
    new_sandbox
    expect_ok 1 -- "${nodes[@]}" "$PLAIT" mandelbrot --size 900x600 --stream --verify \
        --out b.npy --out b.png --out b.ppm --json b.json
    equals_reference

    # A node that has another directory of that name: it sees another disk there.
    if ! unshare -m mount -t tmpfs tmpfs /mnt 2>/dev/null; then
        echo "SKIPPED: mounting a small tmpfs needs root and unshare"
        return
    fi
    new_sandbox
    mkdir "$SANDBOX/directory"
    cat >"$WORK/elsewhere.sh" <<'END'
#!/bin/sh
# Rank 2 sees a disk of its own where the others share one.
if [ "$OMPI_COMM_WORLD_RANK" = 2 ]; then
    exec unshare -m sh -c 'mount -t tmpfs tmpfs directory && exec "$@"' sh "$@"
fi
exec "$@"
END
    chmod +x "$WORK/elsewhere.sh"
    RANKS_LIST=1 expect_unseen "${nodes[@]}" "$WORK/elsewhere.sh" "$PLAIT" mandelbrot --size 90x60
}

# As expect_error, where the launcher of one "rank" prints more than Plait does.
expect_unseen() {
    local name
    for name in b.npy b.png; do
        run_ranks 1 "$@" --stream --out "directory/$name"
        assert "status is 2, not $status" [ "$status" -eq 2 ]
        assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
        assert "it says what to do" has_line 'rank 2 on host .*does not see .*leave out --stream'
        assert "nothing is left" [ "$(count_files)" -eq 1 ]
        run_ranks 1 "$@" --out "directory/$name"
        assert "without --stream it works" [ "$status" -eq 0 ]
        rm "$SANDBOX/directory/$name"
    done
}

# -- memory ----------------------------------------------------------------------------------------------

# Of the ranks of the last run, in MiB, the largest first.
peaks() {
    sort -rn "$SANDBOX/peaks" | awk '{ print int($1 / 1024) + 1 }'
}

# limited SIDE MIB: every rank of a picture of SIDE x SIDE keeps below MIB.
limited() {
    local side=$1 limit=$2 ranks peak
    for ranks in 1 3; do
        new_sandbox
        expect_ok "$ranks" -- "$here/peak_memory.py" peaks "$PLAIT" mandelbrot --size "${side}x$side" \
            --region 1,3,1,3 --maxit 10 --threads 2 --stream --out p.png
        assert "every rank reported its peak" [ "$(wc -l <"$SANDBOX/peaks")" -eq "$ranks" ]
        for peak in $(peaks); do
            assert "$peak MiB is below $limit" [ "$peak" -lt "$limit" ]
        done
        assert "the picture exists" [ -s "$SANDBOX/p.png" ]
        assert "nothing else is left" [ "$(count_files)" -eq 2 ]
    done
}

# within SIDE: without --stream rank 0 needs at most 1.2 times the memory of the counts, and of two ranks that keep
# their own rows, because nobody needs all counts, none needs more than 0.8 times.
within() {
    local side=$1 counts most
    counts=$((side * side * 4 / 1048576))
    new_sandbox
    expect_ok 2 -- "$here/peak_memory.py" peaks "$PLAIT" mandelbrot --size "${side}x$side" \
        --region 1,3,1,3 --maxit 10 --threads 2 --out p.npy --out p.png
    most=$(peaks | head -n 1)
    assert "$most MiB are more than the counts, $counts MiB" [ "$most" -ge "$counts" ]
    assert "$most MiB are at most 1.2 times $counts" [ $((most * 10)) -le $((counts * 12)) ]
    new_sandbox
    expect_ok 2 -- "$here/peak_memory.py" peaks "$PLAIT" mandelbrot --size "${side}x$side" \
        --region 1,3,1,3 --maxit 10 --threads 2 --schedule block --out p.png
    most=$(peaks | head -n 1)
    assert "$most MiB are at most 0.8 times $counts" [ $((most * 10)) -le $((counts * 8)) ]
}

# 244 MiB of counts.
part_memory() {
    limited 8000 64
    within 8000
}

# 1526 MiB of counts, and the 4096 MiB of the largest picture that there is.
part_large() {
    limit_s=300
    limited 20000 64
    limited 32768 64
    within 32768
}

# -- failures --------------------------------------------------------------------------------------------

# A disk of 64 KiB in a mount namespace of its own, so that nothing outlives the test.
part_full_disk() {
    if [ "${inside:-}" != yes ]; then
        if ! unshare -m mount -t tmpfs tmpfs /mnt 2>/dev/null; then
            echo "SKIPPED: mounting a small tmpfs needs root and unshare"
            exit 77
        fi
        inside=yes exec unshare -m "$0" full_disk
    fi
    local disk=$SANDBOX/disk file
    mkdir "$disk"
    mount -t tmpfs -o size=64k tmpfs "$disk"
    for file in p.npy p.png; do
        printf 'the old content' >"$disk/$file"
        # Seen before the work begins; in the middle of it where the file system reserves nothing.
        expect_error "needs 0.4 MiB next to 'disk/$file', where the disk has" 2 -- \
            "$PLAIT" mandelbrot --size 400x256 --stream --out "disk/$file"
        expect_error "cannot write the counts next to 'disk/$file'.*free some space" 1 -- \
            env LD_PRELOAD="${BAD_DISK_LIBRARY:?}" BAD_DISK=fills \
            "$PLAIT" mandelbrot --size 400x256 --stream --out "disk/$file"
        assert "no result is printed" [ ! -s "$WORK/out" ]
        assert "the old file is intact" [ "$(cat "$disk/$file")" = 'the old content' ]
    done

    # There is space elsewhere for the counts, but not for the picture: neither appears.
    expect_error 'space|full' 1 -- "$PLAIT" mandelbrot --size 400x256 --stream --out p.npy --out disk/p.ppm
    umount "$disk"
}

# only_rank_0_can_write FILE
only_rank_0_can_write() {
    local picture="'$PLAIT' mandelbrot --size 400x256 --schedule block --stream --out $1"
    by_rank "exec $picture" "exec env LD_PRELOAD='${BAD_DISK_LIBRARY:?}' BAD_DISK=fails $picture"
    run_ranks 2 "$WORK/by_rank"
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it names rank and cause" \
        has_line "rank 1 on host .*cannot write the counts next to '$1': Input/output error"
    assert "no result is printed" [ ! -s "$WORK/out" ]
}

# A build without cairo has a line of its own for it.
makes_pdf() {
    run_ranks 1 "$PLAIT" mandelbrot --size 4x4 --out p.pdf
    rm -f "$SANDBOX/p.pdf"
    [ "$status" -eq 0 ]
}

part_failures() {
    new_sandbox
    printf 'the old content' >"$SANDBOX/old.npy"
    only_rank_0_can_write old.npy
    only_rank_0_can_write new.npy
    only_rank_0_can_write new.png
    assert "the old file is intact" [ "$(cat "$SANDBOX/old.npy")" = 'the old content' ]
    assert "nothing is left" [ "$(count_files)" -eq 1 ]

    # Killed in the middle of its work, which its first line of progress shows.
    new_sandbox
    : >"$WORK/err"
    (cd "$SANDBOX" && exec "$PLAIT" mandelbrot --size 2000x2000 --maxit 100000000 --interior brute \
        --progress lines --stream --out p.npy) >"$WORK/out" 2>>"$WORK/err" &
    local run=$!
    while kill -0 "$run" 2>/dev/null && ! grep -q '^mandelbrot: ' "$WORK/err"; do sleep 0.1; done
    assert "it works" kill -KILL "$run"
    wait "$run" 2>/dev/null || true
    assert "nothing is left" [ "$(count_files)" -eq 0 ]

    # A disk that loses what was written must not become a picture.
    new_sandbox
    expect_error "row .* of the counts next to 'p.npy' is not what its rank wrote" 1 -- \
        env LD_PRELOAD="${BAD_DISK_LIBRARY:?}" BAD_DISK=forgets "$PLAIT" mandelbrot --stream --out p.npy

    new_sandbox
    if makes_pdf; then
        expect_error "'p.pdf' cannot be written row by row" 2 -- "$PLAIT" mandelbrot --stream --out p.pdf
    fi
    expect_error "there is no directory 'nowhere'" 2 -- "$PLAIT" mandelbrot --stream --out nowhere/p.npy
}

for part in "$@"; do
    "part_$part"
done
finish
