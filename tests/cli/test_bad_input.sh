#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bad input to mandelbrot and julia: on 1 and on 3 ranks exactly one line, exit status 2, no file, no hang.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# bad REGEX ARGUMENT...: both commands refuse it.
bad() {
    local regex=$1 command
    shift
    for command in mandelbrot julia; do
        new_sandbox
        expect_error "$regex" 2 -- "$PLAIT" "$command" "$@"
    done
}

# Rank 0 holds the whole picture on however many nodes, so that more of them do not help. A machine may
# have less than the 4 GiB of this picture.
memory() {
    if ! (ulimit -d 2000000 && "$PLAIT" --version) >/dev/null 2>&1; then
        echo "SKIPPED: no data limit here"
        exit 77
    fi
    new_sandbox
    RANKS_LIST=1 expect_error "MiB .*: choose a smaller --size, or --stream, which" 2 -- \
        sh -c 'ulimit -d 2000000; exec "$PLAIT" mandelbrot --size 32768x32768 --threads 1'
}

sizes() {
    local size
    for size in 0x0 0x10 10x0 -1x10 10x-1 10 x x10 10x 10x10x10 axb 10xb '' ' ' 1.5x2 1e3x1e3y \
        99999999999x10 10x99999999999 18446744073709551617x1 4294967297x1 1048577x1 131073x131072 \
        infxinf nanx1; do
        bad 'size' --size "$size"
    done
    bad 'more than 2.64 steps: choose a smaller --maxit' --size 131072x131072 --maxit 2147483647
}

step_limits() {
    local maxit
    for maxit in 0 -1 2147483648 99999999999999999999 abc '' 1.5 nan inf 12x; do
        bad 'maxit' --maxit "$maxit"
    done
}

regions() {
    local region
    for region in 1,1,-1,1 -2,1,1,1 1,-2,-1,1 -2,1,1,-1 nan,1,-1,1 -2,nan,-1,1 -2,1,nan,1 -2,1,-1,nan \
        -inf,1,-1,1 -2,inf,-1,1 -2,1,-inf,1 -2,1,-1,inf -2,1,-1 -2,1,-1,1,0 a,b,c,d ',,,' '' \
        -1e308,1e308,-1,1 -2,1e999,-1,1; do
        bad 'region' --region "$region"
    done
}

centers() {
    local center zoom
    for center in nan,0 0,nan inf,0 0,-inf 0 0,0,0 a,b '' ','; do
        bad 'center' --center "$center" --zoom 1
    done
    for zoom in 0 -1 nan inf abc '' 1e 1e-999; do
        bad 'zoom' --center 0,0 --zoom "$zoom"
    done
}

views() {
    bad 'center|region' --region=-2,1,-1,1 --center 0,0
    bad 'center|region|zoom' --region=-2,1,-1,1 --zoom 2
    bad 'precision.*--method auto' --method direct --center -0.75,0.1 --zoom 1e17
    bad 'too small for any double' --method direct --center -0.75,0.1 --zoom 1e999
    bad 'resol|precision' --region 1,1.000000000000001,0,0.000000000000001
}

# What deep views refuse; texts too long for a line of an error are cut in it.
deep_views() {
    local digits
    digits=$(head -c 100000 /dev/zero | tr '\0' 7)
    bad '--center and --zoom' --method deep
    bad '--method.*auto, direct or deep' --method deeper
    bad 'not below 1e100000' --center 0,0 --zoom 1e100000
    bad '64 or more from 0' --center 0,64 --zoom 1e50
    bad '--zoom reaches beyond' --method deep --center 0,0 --zoom 1e-200
    bad 'is not a finite number such as' --center "0.${digits}x,0" --zoom 1e50
    bad 'of 2 numbers' --center "0.$digits" --zoom 1e50
    bad 'gpu-ranks: deep views' --center 0,1 --zoom 1e50 --gpu-ranks all
}

# Locations are refused before anything is computed, and not mixed with a view that is given in the same place.
locations() {
    local view text
    new_sandbox
    printf 'Re: 0\nIm: 1\nZoom: 1e40\nRotateAngle: 30\n' >"$SANDBOX/good.kfr"
    printf '[mandelbrot]\nlocation = good.kfr\nzoom = 2\n' >"$SANDBOX/both.ini"
    for view in --center=0,0 --zoom=5 --region=-2,1,-1,1; do
        RANKS_LIST=2 expect_error "--location and ${view%=*} both set the view: give only one" 2 -- \
            "$PLAIT" mandelbrot --location good.kfr "$view"
    done
    RANKS_LIST=1 expect_error 'both.ini:2: location and both.ini:3: zoom both set the view' 2 -- \
        "$PLAIT" mandelbrot --config both.ini
    expect_error "cannot read the location 'absent.kfr': No such file" 2 -- "$PLAIT" mandelbrot --location absent.kfr
    RANKS_LIST=1 expect_error "the location '.': is a directory|cannot read the location '.'" 2 -- "$PLAIT" mandelbrot --location .
    RANKS_LIST=1 expect_error 'location' 2 -- "$PLAIT" mandelbrot --location ''
    RANKS_LIST=1 expect_error 'are one file' 2 -- "$PLAIT" mandelbrot --location good.kfr --json ./good.kfr --out null
    RANKS_LIST=1 expect_error 'frobnicate' 2 -- "$PLAIT" mandelbrot --location good.kfr --frobnicate
    RANKS_LIST=1 expect_error 'resol|precision|--method auto' 2 -- "$PLAIT" mandelbrot --location good.kfr --method direct
    RANKS_LIST=1 expect_error "unknown option '--location'" 2 -- "$PLAIT" julia --location good.kfr
    for text in 'no location is in it|' 'another fractal|Re: 0\nIm: 1\nZoom: 5\nPower: 3\n' \
        "bad.kfr:2: Im 'x' |Re: 0\nIm: x\nZoom: 5\n" 'Zoom is missing|Re: 0\nIm: 1\n' \
        '64 or more from 0|Re: 64\nIm: 0\nZoom: 1e50\n' 'beyond 1e100000|Re: 0\nIm: 1\nZoom: 1e100000\n'; do
        printf '%b' "${text#*|}" >"$SANDBOX/bad.kfr"
        RANKS_LIST=2 expect_error "${text%%|*}" 2 -- "$PLAIT" mandelbrot --location bad.kfr
    done
}

names() {
    local threads multiplier
    bad 'frobnicate' --frobnicate 1
    bad 'maxit' --maxti 5
    bad 'maxit' --maxit
    bad 'extra' extra
    bad 'sse9|scalar' --path sse9
    bad 'path' --path ''
    bad 'ending|format|\.gif' --out picture.gif
    bad 'ending|format|picture' --out picture
    bad 'out' --out ''
    for threads in -1 4097 99999999999 abc ''; do
        bad 'threads' --threads "$threads"
    done
    bad 'progress' --progress sometimes
    for multiplier in 0 -1 nan inf abc '' 1e9; do
        bad 'multiplier|size' --multiplier "$multiplier"
    done
    bad 'schedule.*block, cyclic, dynamic or weighted' --schedule static
    bad 'schedule' --schedule ''
}

# palette REGEX CONTENT: the error names file and line.
palette() {
    local regex=$1 content=$2 command
    for command in mandelbrot julia; do
        new_sandbox
        printf '%b' "$content" >"$SANDBOX/mine.txt"
        expect_error "$regex" 2 -- "$PLAIT" "$command" --palette mine.txt
    done
}

# What a run reads it does not replace, nor are two results one file.
inputs() {
    local input output
    new_sandbox
    printf '000000\nffffff\n' >"$SANDBOX/mine.png"
    printf '[mandelbrot]\nmaxit = 5\n[colour]\npalette = grey\n[pi]\nruns = 2\n' >"$SANDBOX/conf.png"
    for input in "--palette mine.png" "--config conf.png"; do
        for output in --out --json --checkpoint; do
            # shellcheck disable=SC2086 # two words
            expect_error 'are one file' 2 -- "$PLAIT" mandelbrot --size 30x20 $input $output "./${input#* }"
        done
    done
    RANKS_LIST=1 expect_error 'are one file' 2 -- "$PLAIT" pi --config conf.png --scatter conf.png
    RANKS_LIST=1 expect_error "--out 'mandelbrot.png' \(default\) and --json './mandelbrot.png' are one file" 2 -- \
        "$PLAIT" mandelbrot --json ./mandelbrot.png
    RANKS_LIST=1 expect_error 'are one file' 2 -- "$PLAIT" hello --config conf.png --json conf.png
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --config conf.png --palette mine.png --out new.png
}

palettes() {
    bad "no palette 'virids' \\(did you mean viridis\\?\\).*plasma.*grey" --palette virids
    bad "no palette 'Xyzzy': there are viridis" --palette Xyzzy
    bad 'palette' --palette ''
    bad "palette 'absent\\.txt'.*No such file" --palette absent.txt
    bad "palette 'absent/file'.*No such file" --palette absent/file
    bad "palette '\.': is a directory" --palette .
    bad '/dev/stdin: too few' --palette /dev/stdin
    palette 'mine\.txt: too few' ''
    palette 'mine\.txt: too few' '#ff0000\n# one is none\n'
    palette "mine\\.txt:3: '#12345'" '#000000\n\n#12345\n'
    palette "mine\\.txt:1: 'rebeccapurple'" 'rebeccapurple\n'
    palette 'mine\.txt:2: holds the byte 0x00' '#000000\n\0000ff00\n'
    palette 'mine\.txt.: it is UTF-16' '\xff\xfe#\0000\n\0000'
    palette 'mine\.txt:1: a carriage return' 'ff0000\r00ff00\r'
}

# Cairo's pictures have at most 32767 pixels per side; without cairo there are none.
pdf() {
    bad '32767|no pdf' --size 32768x1 --out picture.pdf
    bad '32767|no pdf' --size 1x40000 --out null --out picture.PDF
}

colours() {
    local samples
    bad 'colour.*count, smooth, distance or histogram' --colour rainbow
    bad 'cycle' --cycle 0
    bad 'cycle and --colour histogram exclude each other' --colour histogram --cycle 5
    bad 'cycle and --colour distance exclude each other' --colour distance --cycle 5
    bad 'colour' --colour ''
    for samples in 0 -1 17 1.5 abc '' 99999999999999999999; do
        bad 'samples' --samples "$samples"
    done
    bad 'too large.*samples' --size 70000x70000 --samples 2
    bad 'too large.*samples' --size 100000x1 --samples 16
}

# The directory of an output is checked before work begins.
output_directories() {
    local command
    bad 'absent' --out absent/picture.png
    bad 'absent' --json absent/report.json
    bad 'one file' --out a.png --out ./a.png
    bad 'one file' --out a.png --json "$SANDBOX/a.png"
    bad 'standard output' --json -
    bad 'no file can be made' --json /dev/stdout
    bad 'control character' --out $'two\nlines.png'
    for command in mandelbrot julia; do
        new_sandbox
        : >"$SANDBOX/file"
        mkdir "$SANDBOX/directory.png"
        expect_error 'file' 2 -- "$PLAIT" "$command" --out file/picture.png
        expect_error 'it is a directory' 2 -- "$PLAIT" "$command" --out directory.png
    done
}

# config REGEX CONTENT: the error names file and line.
config() {
    local regex=$1 content=$2
    new_sandbox
    printf '%b' "$content" >"$SANDBOX/plait.ini"
    expect_error "$regex" 2 -- "$PLAIT" mandelbrot --config plait.ini
}

configurations() {
    new_sandbox
    mkfifo "$SANDBOX/pipe.ini"
    expect_error "cannot read configuration file 'pipe.ini': it is a pipe that nobody writes to" 2 -- \
        "$PLAIT" mandelbrot --config pipe.ini
    config 'plait\.ini:2\b' '[mandelbrot]\nmaxit\n'
    config 'plait\.ini:1\b' 'no section and no sign\n'
    config 'plait\.ini:3\b' '[mandelbrot]\nmaxit = 5\nsize = 0x0\n'
    config 'plait\.ini:2\b' '[mandelbrot]\nmaxti = 5\n'
    config 'plait\.ini:1\b' '[mandelbort]\nmaxit = 5\n'
    config 'plait\.ini:1\b' '[mandelbrot\nmaxit = 5\n'
    bad 'absent\.ini' --config absent.ini
    new_sandbox
    config 'plait\.ini:2: holds the byte 0x00' '[mandelbrot]\nmaxit\0000 = 5\n'
    config 'plait\.ini.: it is UTF-16' '\xfe\xff\0000['
    config 'plait\.ini:1: a carriage return' '[mandelbrot]\rmaxit = 5\r'
    config 'plait\.ini:2: zoom: .2,5. is not a finite number' '[mandelbrot]\nzoom = 2,5\n'
    mkdir "$SANDBOX/directory"
    expect_error "'directory': is a directory" 2 -- "$PLAIT" mandelbrot --config directory
}

# The same ranges hold wherever a value comes from.
environment() {
    new_sandbox
    expect_error 'PLAIT_MAXIT|maxit' 2 -- env PLAIT_MAXIT=0 "$PLAIT" mandelbrot
    expect_error 'PLAIT_SIZE|size' 2 -- env PLAIT_SIZE=0x0 "$PLAIT" mandelbrot
    expect_error 'sse9|scalar' 2 -- env PLAIT_PATH=sse9 "$PLAIT" julia
}

julia_only() {
    local c bailout
    for c in nan,0 0,inf 1 1,2,3 a,b '' 1e200,0; do
        new_sandbox
        expect_error '\bc\b' 2 -- "$PLAIT" julia --c "$c"
    done
    for bailout in 0 -1 nan inf abc '' 1e200; do
        expect_error 'bailout' 2 -- "$PLAIT" julia --bailout "$bailout"
    done
    expect_error 'option|unknown' 2 -- "$PLAIT" mandelbrot --c=0,0
    expect_error 'bailout is below 2, .*: choose 2 or more' 2 -- "$PLAIT" mandelbrot --bailout 1.999
    expect_error 'bailout is beyond 1e10, .*: choose a smaller one' 2 -- "$PLAIT" mandelbrot --method deep --bailout 1e11
}

commands() {
    new_sandbox
    expect_error "unknown subcommand 'mandelbort' \(did you mean mandelbrot\?\): see plait --help" 2 -- "$PLAIT" mandelbort
    expect_error "version: 'foo' is one word too many: leave it out" 2 -- "$PLAIT" --version foo
    expect_error "version: 'foo' is one word too many: leave it out" 2 -- "$PLAIT" --version --verbose foo
    expect_error "help: 'junk' is one word too many: leave it out" 2 -- "$PLAIT" help pi junk
    expect_error "help: 'junk' is one word too many: leave it out" 2 -- "$PLAIT" help study run junk
    expect_error "darts: '1e20' is above 4611686018427387904" 2 -- "$PLAIT" pi --darts 1e20
    expect_error "seed: '-1' is neither a whole number of at least 0 nor 'random'" 2 -- "$PLAIT" pi --seed -1
    expect_error "seed: '1e20' is above 18446744073709551615" 2 -- "$PLAIT" pi --seed 1e20
    expect_ok 1 -- "$PLAIT" mandelbrot --size 1x1 --maxit 1 --out null
    assert "one step is no steps" grep -q ': 1 step in' "$WORK/out"
    expect_error 'frobnicate' 2 -- "$PLAIT" --frobnicate
}

# Parts can be named, so that ctest runs them side by side.
if [ $# -eq 0 ]; then
    set -- sizes step_limits regions centers views deep_views locations names memory inputs palettes colours pdf output_directories configurations environment \
        julia_only commands
fi
for part in "$@"; do "$part"; done
finish
