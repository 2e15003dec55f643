#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A picture records its origin: its texts, the command and parameters that rerun prints, --check on
# right, changed and foreign pictures, and on copies by other programs.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

edit="$here/edit_png.py"

said() {
    [ "$(cat "$WORK/out")" = "$1" ]
}

# last_is TEXT: the only line is FILE's verdict.
verdict() {
    assert "one line" [ "$(wc -l <"$WORK/out")" -eq 1 ]
    assert "the verdict is '$1'" grep -q -e "$1" "$WORK/out"
}

# The report's picture has the checksum of an independent plain loop.
texts() {
    expect_ok 1 -- "$PLAIT" mandelbrot --out p.png --out p.npy --out p.ppm
    assert "the texts are right" diff - <("$edit" --texts "$SANDBOX/p.png") <<EOF
Software: Plait
plait-command: plait mandelbrot
plait-parameters: [mandelbrot]
size = 1200x800
multiplier = 1
region = -2,1,-1,1
maxit = 127
palette = viridis
colour = count
samples = 1

plait-version: $("$PLAIT" --version | sed 's/plait //')
plait-fnv1a: cc06575c1ed131fb
EOF
    expect_ok 1 -- "$PLAIT" rerun p.png
    assert "the command is printed" said 'plait mandelbrot'
    expect_ok 1 -- "$PLAIT" rerun p.png --print
    assert "the parameters are printed" said $'[mandelbrot]\nsize = 1200x800\nmultiplier = 1\nregion = -2,1,-1,1\nmaxit = 127\npalette = viridis\ncolour = count\nsamples = 1'
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    verdict '^p.png: computed again with the same fnv1a cc06575c1ed131fb, and every pixel as it was drawn$'
    expect_error 'not a PNG file' 2 -- "$PLAIT" rerun p.npy
    expect_error 'not a PNG file' 2 -- "$PLAIT" rerun p.ppm
}

# The same bytes whatever computed them, and wherever the options were given.
same_bytes() {
    local ranks
    new_sandbox
    printf '[julia]\nsize = 60x40\nc = -0.8, 0.156\nthreads = 2\n' >"$SANDBOX/run.ini"
    expect_ok 1 -- "$PLAIT" julia --size 60x40 --c '-0.8, 0.156' --out p.png
    expect_ok 1 -- "$PLAIT" julia --config run.ini --path scalar --interior brute --out q.png
    assert "a file's options draw the same" cmp "$SANDBOX/p.png" "$SANDBOX/q.png"
    PLAIT_SIZE=60x40 expect_ok 1 -- "$PLAIT" julia --c '-0.8, 0.156' --threads 3 --out q.png
    assert "so do those of the environment" cmp "$SANDBOX/p.png" "$SANDBOX/q.png"
    for ranks in 2 3; do
        expect_ok "$ranks" -- "$PLAIT" julia --size 60x40 --c '-0.8, 0.156' --schedule cyclic \
            --verify --json q.json --progress none --out q.png
        assert "so do $ranks ranks" cmp "$SANDBOX/p.png" "$SANDBOX/q.png"
        expect_ok "$ranks" -- "$PLAIT" julia --size 60x40 --c '-0.8, 0.156' --stream --out q.png
        assert "so do $ranks ranks with counts on disk" cmp "$SANDBOX/p.png" "$SANDBOX/q.png"
    done
    expect_ok 1 -- "$PLAIT" rerun q.png
    assert "the command has what was given" said "plait julia --size 60x40 --c '-0.8, 0.156'"
    expect_ok 1 -- "$PLAIT" rerun q.png --check --print
    assert "verdict and parameters" [ "$(wc -l <"$WORK/out")" -eq 11 ]
}

# What rerun prints is a command that draws the same file, and a configuration file that does.
again() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --out p.png
    expect_ok 1 -- "$PLAIT" rerun p.png
    cp "$WORK/out" "$SANDBOX/command"
    # shellcheck disable=SC2016  # for the inner shell
    expect_ok 1 -- sh -c 'plait() { "$PLAIT" "$@"; }; eval "$(cat command) --out q.png"'
    assert "the command draws it again" cmp "$SANDBOX/p.png" "$SANDBOX/q.png"
    expect_ok 1 -- "$PLAIT" rerun p.png --print
    cp "$WORK/out" "$SANDBOX/print.ini"
    expect_ok 1 -- "$PLAIT" "$1" --config print.ini --out r.npy --out r.png
    assert "the parameters draw it again" cmp "$SANDBOX/p.png" "$SANDBOX/r.png"
    expect_ok 1 -- "$PLAIT" "$@" --out s.npy
    assert "the parameters compute it again" cmp "$SANDBOX/r.npy" "$SANDBOX/s.npy"
    PLAIT_SIZE=3x3 PLAIT_MAXIT=1 expect_ok 1 -- "$PLAIT" rerun p.png --check --threads 2 --path scalar
    verdict 'every pixel as it was drawn'
}

# Other programs keep the texts; what they did to the pixels is reported, and is no failure.
other_programs() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" julia --size 90x60 --maxit 1000 --out p.png
    if "$python" -c 'import PIL' 2>/dev/null; then
        "$python" "$edit" --pillow "$SANDBOX/p.png" "$SANDBOX/pillow.png"
        expect_ok 1 -- "$PLAIT" rerun pillow.png --check
        verdict 'every pixel as it was drawn'
    else
        echo "no Pillow here"
    fi
    if command -v optipng >/dev/null; then
        optipng -quiet -i 1 -out "$SANDBOX/optipng.png" "$SANDBOX/p.png"
        expect_ok 1 -- "$PLAIT" rerun optipng.png --check
        verdict 'every pixel as it was drawn'
    fi
    if convert --version 2>/dev/null | grep -q ImageMagick; then
        convert "$SANDBOX/p.png" -resize 50% "$SANDBOX/half.png"
        expect_ok 1 -- "$PLAIT" rerun half.png --check
        verdict 'the size was changed since, 45x30 instead of 90x60'
    fi
    # The texts of one picture in another one: its pixels are not those that they describe.
    local texts=()
    mapfile -d '' texts < <("$edit" --texts "$SANDBOX/p.png" |
        sed -n '/^plait-/{:more; N; $!b more; s/\n\(plait-\)/\x00\1/g; s/\nSoftware.*//; p}' |
        sed -z 's/: /=/; s/\n*$//')
    expect_ok 1 -- "$PLAIT" mandelbrot --size 90x60 --out m.png
    "$edit" "$SANDBOX/m.png" "$SANDBOX/other.png" "${texts[@]}"
    expect_ok 1 -- "$PLAIT" rerun other.png --check
    verdict 'but [0-9]* of 5400 pixels were changed since$'
}

# Colours of a file: its name is printed, and quoted; a picture can be checked without it.
palettes() {
    new_sandbox
    printf '000000\nff8800\nffffff\n' >"$SANDBOX/my fire.txt"
    expect_ok 1 -- "$PLAIT" mandelbrot --size 60x40 --palette 'my fire.txt' --out p.png
    expect_ok 1 -- "$PLAIT" rerun p.png
    assert "the palette is printed" said "plait mandelbrot --size 60x40 --palette 'my fire.txt'"
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    verdict 'every pixel as it was drawn'
    printf '000000\nffffff\n' >"$SANDBOX/my fire.txt"
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    verdict 'pixels were changed since, or the palette file has changed$'
    rm "$SANDBOX/my fire.txt"
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    verdict 'its pixels are not compared: cannot read the palette'
}

# A checksum that the parameters do not give: status 1, and both are printed.
wrong_checksum() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out p.png
    "$edit" "$SANDBOX/p.png" "$SANDBOX/wrong.png" plait-fnv1a=0123456789abcdef
    RANKS_LIST=1 expect_error '0123456789abcdef.* give [0-9a-f]{16}' 1 -- "$PLAIT" rerun wrong.png --check
    assert "nothing else is printed" [ ! -s "$WORK/out" ]
    "$edit" "$SANDBOX/p.png" "$SANDBOX/wrong.png" 'plait-command=plait mandelbrot --size 30x20 --maxit 126' \
        'plait-parameters=[mandelbrot]\nsize = 30x20\nmultiplier = 1\nregion = -2,1,-1,1\nmaxit = 126\npalette = viridis\n'
    RANKS_LIST=1 expect_error 'has fnv1a' 1 -- "$PLAIT" rerun wrong.png --check
}

# refused REGEX CHANGE...: the picture with other texts is refused, however it is asked about.
refused() {
    local regex=$1 how
    shift
    "$edit" "$SANDBOX/p.png" "$SANDBOX/bad.png" "$@"
    for how in --no-check --check --print; do
        RANKS_LIST=1 expect_error "$regex" 2 -- "$PLAIT" rerun "$how" bad.png
    done
}

bad_texts() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out p.png
    refused 'has no record of how it was made' plait-command= plait-parameters= plait-version= plait-fnv1a=
    refused 'lost some' plait-fnv1a=
    refused 'comes from Plait 99\.1\.0' plait-version=99.1.0
    refused 'no version' plait-version=new
    refused 'no checksum' plait-fnv1a=xyz
    refused 'not quoted' 'plait-command=plait mandelbrot --size 30x20; touch gotcha'
    # shellcheck disable=SC2016  # must not be expanded
    refused 'not quoted' 'plait-command=plait mandelbrot --size $(touch gotcha)'
    refused 'control character' $'plait-command=plait mandelbrot --size \e[31m'
    refused 'no subcommand' 'plait-command=plait pi'
    refused "'out' has no place" 'plait-command=plait mandelbrot --size 30x20 --out gotcha.png'
    refused "'path' has no place" 'plait-command=plait mandelbrot --size 30x20 --path scalar'
    refused "unknown option '--sizes'" 'plait-command=plait mandelbrot --sizes 30x20'
    # The parameters are for people: changing them changes nothing.
    "$edit" "$SANDBOX/p.png" "$SANDBOX/other.png" 'plait-parameters=[mandelbrot]\nsize = 30x21\n'
    expect_ok 1 -- "$PLAIT" rerun other.png --check
    verdict 'every pixel as it was drawn'
}

# Pictures of untrusted files: refused before any work.
huge_pictures() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out p.png
    "$edit" "$SANDBOX/p.png" "$SANDBOX/huge.png" 'plait-command=plait mandelbrot --size 1048576x1048576' \
        'plait-parameters=[mandelbrot]\nsize = 1048576x1048576\nmultiplier = 1\nregion = -2,1,-1,1\nmaxit = 127\npalette = viridis\n'
    expect_error 'too large' 2 -- "$PLAIT" rerun huge.png --check
    "$edit" "$SANDBOX/p.png" "$SANDBOX/deep.png" 'plait-command=plait mandelbrot --zoom 1e300000' \
        'plait-parameters=[mandelbrot]\nsize = 1200x800\nmultiplier = 1\nzoom = 1e300000\nmaxit = 127\npalette = viridis\n'
    expect_error 'limit of deep views' 2 -- "$PLAIT" rerun deep.png --check
}

bad_files() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size 300x200 --out p.png
    head -c -20 "$SANDBOX/p.png" >"$SANDBOX/cut.png"
    head -c 900 "$SANDBOX/p.png" >"$SANDBOX/short.png"
    head -c 5 "$SANDBOX/p.png" >"$SANDBOX/stub.png"
    : >"$SANDBOX/empty.png"
    mkdir "$SANDBOX/directory.png"
    mkfifo "$SANDBOX/pipe.png"
    expect_error "cut.png' is damaged" 2 -- "$PLAIT" rerun cut.png
    expect_error "short.png' is damaged" 2 -- "$PLAIT" rerun short.png --print
    expect_error "stub.png' is not a PNG file" 2 -- "$PLAIT" rerun stub.png
    expect_error "empty.png' is not a PNG file" 2 -- "$PLAIT" rerun empty.png --check
    expect_error 'No such file' 2 -- "$PLAIT" rerun absent.png
    expect_error 'no regular file' 2 -- "$PLAIT" rerun directory.png
    expect_error 'no regular file' 2 -- "$PLAIT" rerun pipe.png
    expect_error 'FILE.png is missing' 2 -- "$PLAIT" rerun
    expect_error 'unexpected' 2 -- "$PLAIT" rerun p.png p.png
    expect_error 'unknown path' 2 -- "$PLAIT" rerun p.png --check --path sse9
    expect_error 'threads' 2 -- "$PLAIT" rerun p.png --check --threads 0
    # A scatter of darts is a PNG of ours, but no picture of these commands.
    expect_ok 1 -- "$PLAIT" pi --sweep 4^5:4^6 --runs 2 --scatter s.png
    expect_error 'has no record of how' 2 -- "$PLAIT" rerun s.png
}

draw_again() {
    again mandelbrot --size 40x30
    again mandelbrot --zoom 8 --maxit 1e3 --size 40x30
    again mandelbrot --center -0.75,0.1 --zoom 20 --size 30x20 --multiplier 2
    again mandelbrot --region=-1,0,-1,1 --size 20x40
    again julia --c -1,0 --bailout 2.5 --size 41x31
    again julia --palette magma --size 40x30
    again mandelbrot --samples 3 --size 40x30
    again mandelbrot --colour smooth --bailout 1000 --size 41x31
    again julia --colour smooth --samples 2 --size 40x31 --c -0.8,0.156
}

if [ $# -eq 0 ]; then
    set -- texts same_bytes draw_again other_programs palettes wrong_checksum bad_texts huge_pictures bad_files
fi
for part in "$@"; do "$part"; done
finish
