#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sequences of pictures: each frame is the picture of its own command, for any ranks, threads, paths and schedules;
# a range of colours that is given; reports; files that cannot be written; and, where ffmpeg is there, the line that joins them.
#     test_frames.sh same_bits|deep|files|bad_input
# LIST_PATHS names a program that prints the paths of this machine, HOOKED_PLAIT a plait with the hooks of tests/mpi/check_hooks.c.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t paths < <("${LIST_PATHS:?}")

# first ARGUMENT...: the sequence on one scalar thread, in $WORK/expected.
first() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --threads 1 --path scalar --schedule block --interior brute --out z.png --out z.npy
    expected=$(sed -n 's/.*fnv1a \([0-9a-f]*\).*/\1/p' "$WORK/out")
    rm -rf "$WORK/expected"
    cp -r "$SANDBOX" "$WORK/expected"
}

# same RANKS THREADS SCHEDULE ARGUMENT...: the same files, the paths in turn.
turn=0
same() {
    turn=$((turn + 1))
    new_sandbox
    expect_ok "$1" -- "$PLAIT" "${@:4}" --threads "$2" --schedule "$3" --path "${paths[turn % ${#paths[@]}]}" \
        --out z.png --out z.npy --verify
    assert "the frames are those of one scalar thread" diff -r "$SANDBOX" "$WORK/expected"
    assert "the checksum is $expected" grep -q "fnv1a $expected, 1000 pixels of each frame verified" "$WORK/out"
}

# single FRAME...: rerun prints the command of a frame, which draws the same file, text chunks and all.
single() {
    local frame words
    for frame in "$@"; do
        expect_ok 1 -- "$PLAIT" rerun "z-$frame.png"
        read -ra words <"$WORK/out"
        expect_ok 1 -- "$PLAIT" "${words[@]:1}" --out s.png --out s.npy
        assert "frame $frame is a picture" cmp "$SANDBOX/s.png" "$SANDBOX/z-$frame.png"
        assert "frame $frame has the counts of that picture" cmp "$SANDBOX/s.npy" "$SANDBOX/z-$frame.npy"
    done
}

# Frames that mirror themselves, by rows and by points, with a column that mirrors nothing, and frames that do not;
# smooth and not, with samples; files of one kind, where rank 0 gets no counts.
same_bits() {
    local axis=(mandelbrot --size 60x41 --frames 5 --zoom-to 300 --to -1.75,0.001 --maxit 300 --colour smooth)
    local point=(julia --size 33x24 --samples 2 --frames 6 --c 0,0 --c-to -0.8,0.156 --maxit 200 --colour smooth
        --palette magma)
    first "${axis[@]}"
    single 0000 0003
    same 3 2 dynamic "${axis[@]}"
    same 7 1 weighted "${axis[@]}"
    first "${point[@]}"
    single 0002 0005
    same 2 1 cyclic "${point[@]}"
    same 7 1 block "${point[@]}"
    local near=(julia --size 24x17 --frames 4 --c 0,0.65 --zoom-to 9 --bailout 100 --colour distance --maxit 200)
    first "${near[@]}"
    single 0003
    same 3 1 dynamic "${near[@]}"
    # Colours that repeat, of counts and of smooth values, are those of single pictures without a range.
    local cyclic=(mandelbrot --size 30x21 --samples 2 --frames 3 --zoom-to 300 --to -1.75,0.001 --maxit 300 --cycle 11)
    first "${cyclic[@]}"
    single 0001
    assert "no range is drawn" [ "$(grep -c colour-range "$WORK/out")" -eq 0 ]
    same 3 1 dynamic "${cyclic[@]}"
    first "${axis[@]}" --cycle 7
    single 0004
    expect_ok 1 -- "$PLAIT" rerun z-0002.png --check
    assert "it is drawn again" grep -q 'every pixel as it was drawn' "$WORK/out"
    same 2 2 weighted "${axis[@]}" --cycle 7
    first "${point[@]}"
    new_sandbox
    expect_ok 3 -- "$PLAIT" "${point[@]}" --threads 1 --out z.png
    rm "$WORK"/expected/*.npy
    assert "the pictures are the same without counts" diff -r "$SANDBOX" "$WORK/expected"
    expect_ok 1 -- "$PLAIT" rerun z-0004.png --check
    assert "it is drawn again" grep -q 'every pixel as it was drawn' "$WORK/out"
}

# From direct to deep to beyond the exponents of doubles, over changes of the precision, on one centre; out of the
# depth along a path; and with a constant that moves.
deep() {
    local centre=(mandelbrot --size 24x16 --frames 7 --center 0,1 --zoom-to 1e290 --maxit 1200 --colour smooth)
    local out=(mandelbrot --size 25x16 --frames 5 --center 0,1 --zoom 1e30 --zoom-to 1 --to -0.5,0 --maxit 200)
    local moving=(julia --size 24x17 --frames 4 --center 0,0 --zoom 1e12 --zoom-to 1e20 --c -1.5,0 --c-to -1.4,1e-5
        --maxit 200)
    first "${centre[@]}"
    single 0000 0001 0003 0006
    same 3 2 dynamic "${centre[@]}"
    first "${out[@]}"
    single 0001 0004
    same 2 1 weighted "${out[@]}"
    first "${moving[@]}"
    single 0001
    same 3 1 block "${moving[@]}"
    # Too few digits are worth one line, which names the option.
    expect_ok 2 -- "$PLAIT" mandelbrot --size 24x16 --frames 4 --zoom-to 1e30 --to -0.7436438870371,0.131825904205 \
        --maxit 100 --out null
    assert "one warning of digits" [ "$(lines_of_plait | grep -c 'warning: --to has 13 decimals, and a pixel of this view is 32 decimals deep')" -eq 1 ]
    assert "one warning of maxit" [ "$(lines_of_plait | grep -c 'warning: in [1-3] of the frames 99 %')" -eq 1 ]
}

files() {
    new_sandbox
    # The least and the largest value are what is given: counts beyond them have the colours of the ends.
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --colour-range 5,20 --out a.ppm
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --colour-range 5,20 --out a.png --stream
    expect_ok 2 -- "$PLAIT" mandelbrot --size 30x20 --colour-range 5,20 --out b.ppm
    assert "the same on two ranks" cmp "$SANDBOX/a.ppm" "$SANDBOX/b.ppm"
    expect_ok 2 -- "$PLAIT" mandelbrot --size 30x20 --colour-range 5,20 --out b.png
    assert "the same on two ranks that keep their rows" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
    expect_ok 1 -- "$PLAIT" rerun a.png --check
    assert "it is drawn again" grep -q 'every pixel as it was drawn' "$WORK/out"
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out c.ppm
    assert "the range counts" bash -c '! cmp -s "$0" "$1"' "$SANDBOX/a.ppm" "$SANDBOX/c.ppm"

    # A name that printf would read, an odd size, a report, and progress from frame to frame.
    expect_ok 2 -- "$PLAIT" mandelbrot --size 31x20 --frames 3 --zoom-to 9 --colour-range 0,100 --out 'a 5%.png' \
        --out null --json r.json --progress lines
    assert "the line that joins them" grep -qF -- \
        "ffmpeg -framerate 30 -i 'a 5%%-%04d.png' -c:v libx264 -crf 18 -vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2' -pix_fmt yuv420p 'a 5%.mp4'" \
        "$WORK/out"
    assert "three frames" [ "$(find "$SANDBOX" -name 'a 5%-000[012].png' | wc -l)" -eq 3 ]
    assert "one range, which is given" [ "$("$PLAIT" rerun "$SANDBOX/a 5%-0001.png" | grep -c 'colour-range 0,100')" -eq 1 ]
    check_report r.json
    assert "the frames are in the report" grep -q '"a 5%-0002.png"' "$SANDBOX/r.json"
    joined
    full
}

# What is printed is a command that makes a video of all frames.
joined() {
    command -v ffmpeg >/dev/null || return 0
    (cd "$SANDBOX" && sed -n '/^ffmpeg /p' "$WORK/out" | bash -s) >"$WORK/ffmpeg" 2>&1 </dev/null || true
    assert "ffmpeg takes it" [ -s "$SANDBOX/a 5%.mp4" ]
    assert "three frames of 32x20" [ "$(ffprobe -v error -count_frames -select_streams v \
        -show_entries stream=width,height,nb_read_frames -of csv=p=0 "$SANDBOX/a 5%.mp4")" = 32,20,3 ]
}

# A file that cannot grow: one line, and no part of a frame; what was complete stays.
full() {
    new_sandbox
    run_ranks 2 bash -c 'ulimit -f 16; exec "$0" "$@"' "$PLAIT" mandelbrot --size 100x60 --frames 4 --zoom-to 9 --out z.npy
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "it names the file" has_line "'z-000[0-3].npy'"
    assert "no file" [ "$(find "$SANDBOX" -type f | wc -l)" -eq 0 ]
}

bad_input() {
    local frames=("$PLAIT" mandelbrot --frames 5 --zoom-to 10)
    expect_error "--zoom-to is the end of a sequence of pictures: add --frames" 2 -- "$PLAIT" mandelbrot --zoom-to 10
    RANKS_LIST=1
    expect_error "--c-to is the end of a sequence" 2 -- "$PLAIT" julia --c-to 1,0
    PLAIT_TO=1,2 expect_error "PLAIT_TO is the end of a sequence" 2 -- "$PLAIT" mandelbrot
    expect_error "all frames would be the same: add --zoom-to or --to" 2 -- "$PLAIT" mandelbrot --frames 5
    expect_error "all frames would be the same: add --zoom-to, --to or --c-to" 2 -- "$PLAIT" julia --frames 5
    expect_error "'1' is below 2" 2 -- "$PLAIT" mandelbrot --frames 1 --zoom-to 10
    expect_error "--frames and --stream exclude each other" 2 -- "${frames[@]}" --stream
    expect_error "--frames and --tiles exclude each other" 2 -- "${frames[@]}" --tiles t
    expect_error "--colour-range is for counts and smooth values" 2 -- \
        "$PLAIT" mandelbrot --colour distance --colour-range 1,2
    expect_error "--frames and --verify-exact exclude each other" 2 -- "${frames[@]}" --verify-exact
    expect_error "--frames and --values exclude each other" 2 -- "${frames[@]}" --values v.npy
    expect_error "--frames and --reference exclude each other" 2 -- "${frames[@]}" --reference r
    expect_error "--frames and --colour histogram exclude each other: --cycle has the same colours in all frames" 2 -- \
        "${frames[@]}" --colour histogram
    expect_error "--cycle and --colour distance exclude each other" 2 -- "${frames[@]}" --colour distance --cycle 5
    expect_error "--colour-range and --cycle exclude each other" 2 -- "$PLAIT" julia --cycle 3 --colour-range 1,2
    expect_error "--colour-range and --colour histogram exclude each other" 2 -- \
        "$PLAIT" julia --colour histogram --colour-range 1,2
    expect_error "give --center and --zoom, not --region" 2 -- "${frames[@]}" --region -2,1,-1,1
    expect_error "the last frame: .* reaches beyond 1e150" 2 -- "${frames[@]}" --to 1e200,0
    expect_error "the last frame: .*too small for double precision" 2 -- \
        "$PLAIT" mandelbrot --frames 5 --zoom-to 1e20 --method direct
    expect_error "--zoom-to has an exponent beyond 1000000" 2 -- "$PLAIT" mandelbrot --frames 5 --zoom-to 1e99999999999
    expect_error "--zoom is too small for a double" 2 -- "${frames[@]}" --zoom 1e-99999999999
    expect_error "--colour-range: MIN 5 is not below MAX 5" 2 -- "$PLAIT" mandelbrot --color-range 5,5
    expect_error "no directory 'none'" 2 -- "${frames[@]}" --out none/x.png
    expect_error "--json 'x-0003.png' is the file of a frame" 2 -- "${frames[@]}" --out x.png --json x-0003.png
    expect_error "--checkpoint './x-0004.png' is the file of a frame" 2 -- \
        "${frames[@]}" --out x.png --checkpoint ./x-0004.png
    mkdir "$SANDBOX/y-0004.png"
    RANKS_LIST='1 3'
    expect_error "'y-0004.png': it is a directory" 2 -- "${frames[@]}" --out y.png
}

bad_input_deep() {
    RANKS_LIST=1
    # Without its centre a checkpoint would be that of other sequences, too.
    expect_error "out of memory for the digits by which checkpoint 'run.ck' is known" 1 -- env CHECK_HOOK='lost 1065' \
        "$HOOKED_PLAIT" mandelbrot --size 9x6 --frames 2 --center "0,1.$(printf '%01000d' 7)" --zoom 1e20 --zoom-to 1e30 \
        --checkpoint run.ck --out null
    expect_error "frame 4: --zoom is not below 1e100000" 2 -- "$PLAIT" mandelbrot --frames 5 --zoom-to 1e100001
    expect_error "frame [0-9]: --center is 64 or more from 0" 2 -- \
        "$PLAIT" mandelbrot --frames 5 --zoom-to 1e30 --to 70,0
    expect_error "deep views are computed without devices" 2 -- \
        "$PLAIT" mandelbrot --frames 5 --center 0,1 --zoom 1e20 --zoom-to 1e30 --gpu-ranks all
}

case ${1:-} in
same_bits) same_bits ;;
deep)
    deep
    bad_input_deep
    ;;
files) files ;;
bad_input) bad_input ;;
*)
    echo "which part?"
    exit 2
    ;;
esac
finish
