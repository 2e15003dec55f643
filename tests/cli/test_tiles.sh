#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --tiles: every tile is a crop of the picture or of the means of its light, the bytes are the same on any ranks,
# and a directory is either complete or not there. Parts: see the end.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Sizes about the edges of tiles and of blocks of tiles, and what colours can be.
part_pictures() {
    "$python" -c 'import numpy, PIL' 2>/dev/null || { echo 'SKIPPED: needs NumPy and Pillow'; exit 77; }
    local size pairs=() number=0
    # draw SUBCOMMAND ARGUMENTS
    draw() {
        number=$((number + 1))
        expect_ok 1 -- "$PLAIT" "$@" --threads $((1 + number % 3)) --out "$number.png" --tiles "t$number"
        pairs+=("t$number" "$number.png")
    }
    for size in 1x1 2x1 3x5 254x254 255x253 508x509 1017x300 1x1300 2100x1; do
        draw mandelbrot --size "$size"
    done
    draw mandelbrot --size 701x603 --samples 3 --palette turbo
    draw julia --size 901x1303 --samples 2 --colour smooth --c -0.8,0.156
    draw mandelbrot --size 1301x1103 --colour smooth --maxit 500
    draw mandelbrot --size 601x703 --colour distance --maxit 300
    assert "tiles are crops and means" env -C "$SANDBOX" "$python" "$here/check_tiles.py" "${pairs[@]}"
}

# The same bytes on any ranks, threads and schedule: without files, and with files, among them the store of the counts.
part_ranks() {
    expect_ok 1 -- "$PLAIT" julia --size 901x1204 --samples 2 --c -0.8,0.156 --threads 1 --tiles a
    expect_ok 2 -- "$PLAIT" julia --size 901x1204 --samples 2 --c -0.8,0.156 --threads 2 --schedule block --tiles b
    assert "the same bytes on 2 ranks" diff -r "$SANDBOX/a" "$SANDBOX/b"
    assert "and nothing else" [ "$(ls "$SANDBOX" | paste -sd ' ')" = 'a b' ]
    new_sandbox
    local view=(mandelbrot --size 901x1300 --colour smooth --maxit 500)
    expect_ok 1 -- "$PLAIT" "${view[@]}" --tiles a
    expect_ok 1 -- "$PLAIT" "${view[@]}" --out a.npy --out a.png
    expect_ok 7 -- "$PLAIT" "${view[@]}" --schedule cyclic --threads 2 --tiles b --out b.npy --out b.png --verify --json b.json
    assert "the same bytes on 7 ranks" diff -r "$SANDBOX/a" "$SANDBOX/b"
    assert "the same picture" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
    assert "the same counts" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
    check_report b.json b.npy
    assert "the report counts tiles" grep -q '"tiles": *{ *"levels": *12, *"count": *41 *}' <(tr -d '\n' <"$SANDBOX/b.json")
    assert "the line, too" grep -q ' -> b.npy, b.png, b: 41 tiles$' "$WORK/out"
}

part_directories() {
    local small=(mandelbrot --size 30x20)
    printf 'no directory' >"$SANDBOX/file"
    mkdir "$SANDBOX/full" "$SANDBOX/empty"
    printf 'mine' >"$SANDBOX/full/mine"
    expect_error "'file' is no directory" 2 -- "$PLAIT" "${small[@]}" --tiles file
    RANKS_LIST=1
    expect_error "'full' is not empty: name a new directory" 2 -- "$PLAIT" "${small[@]}" --tiles full
    expect_error "'nowhere/d'.*make the directory that it is to be in" 2 -- "$PLAIT" "${small[@]}" --tiles nowhere/d
    expect_error "'file/d'.*Not a directory" 2 -- "$PLAIT" "${small[@]}" --tiles file/d
    expect_error "argument is empty|empty" 2 -- "$PLAIT" "${small[@]}" --tiles ''
    expect_error "written row by row.*leave out --tiles" 2 -- "$PLAIT" "${small[@]}" --tiles d --out p.pdf
    expect_error "'d.png' and --tiles 'd.png' are one file|'d.png' are one file" 2 -- "$PLAIT" "${small[@]}" --tiles d.png --out d.png
    # A checkpoint in there would keep the run from resuming.
    expect_error "--checkpoint 'empty/c' is inside --tiles 'empty'" 2 -- "$PLAIT" "${small[@]}" --tiles empty --checkpoint empty/c
    expect_error "--out 'empty/./p.png' is inside --tiles 'empty/'" 2 -- "$PLAIT" "${small[@]}" --tiles empty/ --out empty/./p.png
    assert "it is still empty" [ -z "$(ls -A "$SANDBOX/empty")" ]
    # A failure later leaves nothing, either.
    expect_error "there is no directory 'nowhere'" 2 -- "$PLAIT" "${small[@]}" --tiles d --json nowhere/j
    # An empty one is taken, a complete one is not replaced.
    expect_ok 1 -- "$PLAIT" "${small[@]}" --tiles empty
    assert "it is complete" [ "$(ls "$SANDBOX/empty" | paste -sd ' ')" = 'index.html picture.dzi picture_files' ]
    expect_error "'empty' has a picture already" 2 -- "$PLAIT" "${small[@]}" --tiles empty
    expect_ok 1 -- "$PLAIT" mandelbrot --size 1x1 --tiles dot
    assert "one tile" grep -q ' -> dot: 1 tile$' "$WORK/out"
    # What a killed run has left is replaced; what is not ours is not touched.
    mkdir -p "$SANDBOX/killed/unfinished/picture_files/17"
    printf 'torn' >"$SANDBOX/killed/unfinished/picture_files/17/3_4.png"
    printf 'counts' >"$SANDBOX/killed/unfinished/.plait-0123456789abcdef"
    expect_ok 1 -- "$PLAIT" "${small[@]}" --tiles killed
    assert "the same as without" diff -r "$SANDBOX/killed" "$SANDBOX/empty"
    mkdir -p "$SANDBOX/other/unfinished/picture_files/1" "$SANDBOX/work/unfinished"
    printf 'mine' >"$SANDBOX/other/unfinished/picture_files/1/1_1.jpg"
    printf 'mine' >"$SANDBOX/work/unfinished/thesis.tex"
    expect_error "'other/unfinished/picture_files/1/1_1.jpg' is not what" 2 -- "$PLAIT" "${small[@]}" --tiles other
    expect_error "'work/unfinished/thesis.tex' is not what" 2 -- "$PLAIT" "${small[@]}" --tiles work
    # Another run is at work there.
    mkdir -p "$SANDBOX/busy/unfinished"
    (
        flock 9
        expect_error "'busy' is in use by another run" 2 -- "$PLAIT" "${small[@]}" --tiles busy
        printf '%s %s\n' "$assertions" "$failures" >"$WORK/inner"
    ) 9<"$SANDBOX/busy/unfinished"
    read -r assertions failures <"$WORK/inner"
    # The page says how the picture was made, whatever is in it.
    printf '000000\nffffff\n' >"$SANDBOX/a<b>&\"c.txt"
    expect_ok 1 -- "$PLAIT" "${small[@]}" --palette 'a<b>&"c.txt' --tiles page
    assert "the command is escaped" grep -qF "<code>plait mandelbrot --size 30x20 --palette 'a&lt;b&gt;&amp;&quot;c.txt'</code>" "$SANDBOX/page/index.html"
    assert "nothing comes from elsewhere" [ "$(grep -cE 'https?://|src=|@import' "$SANDBOX/page/index.html")" -eq 0 ]
    assert "the checksum is the picture's" grep -qF "<code>$(sed -n 's/.*fnv1a \([0-9a-f]*\).*/\1/p' "$WORK/out")</code>" "$SANDBOX/page/index.html"
    if [ "$(id -u)" -ne 0 ]; then
        mkdir -m 555 "$SANDBOX/locked"
        expect_error "'locked'.*Permission denied" 2 -- "$PLAIT" "${small[@]}" --tiles locked
    fi
}

# Rows of a checkpoint, some or all of them, become tiles and files as if they had been computed, by --stream too.
part_checkpoint() {
    local rows view=(mandelbrot --size 700x1001 --colour smooth --maxit 300)
    expect_ok 1 -- "$PLAIT" "${view[@]}" --tiles a --out a.npy
    # A run that cannot print its result keeps its rows.
    run_ranks 2 bash -c '"$0" "$@" >/dev/full' "$PLAIT" "${view[@]}" --out null --stream --schedule cyclic --checkpoint all.ck --checkpoint-every 0
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    cp "$SANDBOX/all.ck" "$SANDBOX/run.ck"
    expect_ok 1 -- "$PLAIT" "${view[@]}" --checkpoint run.ck --tiles b
    assert "all rows are from there" grep -q ", 501 rows from 'run.ck' -> b: " "$WORK/out"
    assert "the same tiles" diff -r "$SANDBOX/a" "$SANDBOX/b"
    cp "$SANDBOX/all.ck" "$SANDBOX/run.ck"
    rows=$("$python" "$here/cut_checkpoint.py" "$SANDBOX/run.ck" 3)
    cp "$SANDBOX/run.ck" "$SANDBOX/some.ck"
    expect_ok 3 -- "$PLAIT" "${view[@]}" --checkpoint run.ck --verify --tiles c --out c.npy --json c.json
    assert "$rows rows are from there" grep -q ", $rows rows from 'run.ck'" "$WORK/out"
    check_report c.json c.npy
    assert "the same tiles" diff -r "$SANDBOX/a" "$SANDBOX/c"
    assert "and counts" cmp "$SANDBOX/a.npy" "$SANDBOX/c.npy"
    assert "the checkpoint is removed" [ ! -e "$SANDBOX/run.ck" ]
    # Damage is found before the work.
    printf '\377' | dd of="$SANDBOX/some.ck" bs=1 seek=15000 conv=notrunc status=none
    RANKS_LIST=1 expect_error "'some.ck' is damaged \(the rows of a record\)" 2 -- "$PLAIT" "${view[@]}" --checkpoint some.ck --tiles d
}

# A deep view, whose tables are made after its rows were read, in full precision compared as well.
part_deep() {
    local rows view=(mandelbrot --size 60x41 --center 0,1 --zoom 1e40 --maxit 1500 --colour smooth)
    expect_ok 1 -- "$PLAIT" "${view[@]}" --out a.png
    run_ranks 1 bash -c '"$0" "$@" >/dev/full' "$PLAIT" "${view[@]}" --out null --stream --schedule cyclic --checkpoint run.ck --checkpoint-every 0
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    rows=$("$python" "$here/cut_checkpoint.py" "$SANDBOX/run.ck" 2)
    cp "$SANDBOX/run.ck" "$SANDBOX/again.ck"
    expect_ok 2 -- "$PLAIT" "${view[@]}" --checkpoint run.ck --verify-exact --tiles b --out b.png
    assert "$rows rows are from there, all samples are compared" grep -q " 1000 samples equal to full precision, .* $rows rows from 'run.ck'" "$WORK/out"
    assert "the same picture" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
    expect_ok 1 -- "$PLAIT" "${view[@]}" --checkpoint again.ck --verify-exact --stream --out null
    assert "all samples, without files" grep -q " 1000 samples equal to full precision, .* $rows rows from 'again.ck'" "$WORK/out"
    # Rows that mirror those of a checkpoint, which takes the reference orbit.
    local mirrored real='mandelbrot --center -1.7,0 --zoom 1e15'
    for mirrored in "$real" "$real --colour smooth" 'julia --c 0,1 --center 0,0 --zoom 1e20'; do
        new_sandbox
        read -ra view <<<"$mirrored --size 61x40 --maxit 400"
        expect_ok 1 -- "$PLAIT" "${view[@]}" --out a.png --out a.npy
        run_ranks 1 bash -c '"$0" "$@" >/dev/full' "$PLAIT" "${view[@]}" --out null --checkpoint run.ck --checkpoint-every 0
        rows=$("$python" "$here/cut_checkpoint.py" "$SANDBOX/run.ck" 2)
        expect_ok 2 -- "$PLAIT" "${view[@]}" --checkpoint run.ck --stream --out b.png --out b.npy
        assert "$rows rows are from there" grep -q " $rows rows from 'run.ck'" "$WORK/out"
        assert "the same counts: ${view[*]}" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
        assert "the same picture: ${view[*]}" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
    done
}

# A full disk: status 1, one line, and no directory, whenever it is full.
part_full_disk() {
    if [ "${1:-}" != inside ]; then
        unshare -m mount -t tmpfs tmpfs /mnt 2>/dev/null || { echo 'SKIPPED: mounting a small tmpfs needs root and unshare'; exit 77; }
        exec unshare -m "$0" full_disk inside
    fi
    local disk=$SANDBOX/disk view=(mandelbrot --size 600x400 --maxit 5000 --zoom 20000 --center -0.743643887037151,0.131825904205330)
    mkdir "$disk"
    mount -t tmpfs -o size=900k tmpfs "$disk"
    RANKS_LIST=1
    expect_error "needs .* MiB next to 'disk/d/unfinished/picture.dzi'.*free" 2 -- "$PLAIT" "${view[@]}" --tiles disk/d
    mount -o remount,size=1100k "$disk"
    RANKS_LIST="1 3"
    expect_error "cannot write the tiles of 'disk/d': No space left on device: free some space.*nothing of them" 1 -- "$PLAIT" "${view[@]}" --tiles disk/d
    mount -o remount,size=3000k "$disk"
    expect_ok 3 -- "$PLAIT" "${view[@]}" --tiles disk/d
    umount "$disk"
}

# The page in a browser, as a file and from a server, on a screen and on a phone. What is drawn at one pixel for
# each pixel is the picture; wheel, drag, pinch, taps and keys move as they should, and the address follows.
part_page() {
    command -v chromium >/dev/null || exit 77
    local width browser=(timeout 120 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --virtual-time-budget=20000)
    expect_ok 1 -- "$PLAIT" mandelbrot --size 900x600 --maxit 200 --palette turbo --out p.png --tiles t
    for width in 400 1100; do
        last_command="chromium, $width pixels wide"
        "${browser[@]}" --window-size="$width,700" --screenshot="$SANDBOX/page.png" "file://$SANDBOX/t/index.html#450,300,$width" >/dev/null 2>&1
        assert "each pixel is drawn as it is" "$python" - "$SANDBOX/page.png" "$SANDBOX/p.png" "$width" <<'PYTHON'
import sys
import numpy
from PIL import Image
page, picture = (numpy.asarray(Image.open(name).convert("RGB")) for name in sys.argv[1:3])
width = int(sys.argv[3])
part = min(width, 900) - 140  # without the buttons and the place, which lie over it
left, middle = (page.shape[1] - part) // 2, page.shape[0] // 2
shown = page[middle - 150:middle + 150, left:left + part]
drawn = picture[150:450, 450 - part // 2:450 - part // 2 + part]
assert shown.shape == drawn.shape and (shown == drawn).all(), (shown != drawn).any(axis=2).mean()
PYTHON
    done
    rm "$SANDBOX/t/picture_files/10/3_2.png"
    cat >"$SANDBOX/frame.html" <<'END'
<!DOCTYPE html><html><body><iframe src="t/index.html" width="400" height="600" style="border: 0"></iframe>
<script>
const frame = document.querySelector('iframe'), pause = ms => new Promise(done => setTimeout(done, ms));
let said = Promise.resolve();
const say = text => { said = said.then(() => fetch('/say/' + encodeURIComponent(text))); };
addEventListener('unhandledrejection', event => say('WRONG ' + event.reason));
frame.onload = async () => {
  const page = frame.contentDocument, window = frame.contentWindow, canvas = page.querySelector('canvas');
  const log = { count: 0, push(text) { say(text); this.count++; } };
  const view = () => window.location.hash.slice(1).split(',').map(Number);
  const settled = async () => { do await pause(400); while (canvas.getAttribute('aria-busy') !== 'false'); };
  const expect = (text, ...numbers) => {
    const got = view(), good = numbers.every((value, k) => Math.abs(got[k] - value) < 0.02 * (1 + Math.abs(value)));
    log.push((good ? 'ok ' : 'WRONG ') + text + (good ? '' : ': ' + got + ' not ' + numbers));
  };
  const pointer = (type, id, x, y) => canvas.dispatchEvent(new window.PointerEvent(type, { pointerId: id, clientX: x, clientY: y, button: type === 'pointermove' ? -1 : 0, bubbles: true }));
  const key = name => window.dispatchEvent(new window.KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
  await settled();
  log.push(page.documentElement.scrollWidth <= 400 ? 'ok it fits' : 'WRONG it is too wide');
  key('+'); await settled(); expect('key +', 450, 300, 600);
  key('ArrowRight'); await settled(); expect('arrow', 450 + 50 * 600 / 400, 300, 600);
  key('0'); await settled(); expect('key 0', 450, 300, 900);
  canvas.dispatchEvent(new window.WheelEvent('wheel', { deltaY: -240, clientX: 400, clientY: 300, bubbles: true, cancelable: true }));
  await settled(); expect('wheel at the edge', 675, 300, 450);
  pointer('pointerdown', 1, 100, 100); pointer('pointermove', 1, 180, 140); pointer('pointerup', 1, 180, 140);
  await settled(); expect('drag', 675 - 80 * 450 / 400, 300 - 40 * 450 / 400, 450);
  key('Home'); await settled();
  pointer('pointerdown', 1, 150, 300); pointer('pointerdown', 2, 250, 300);
  for (let k = 1; k <= 10; k++) { pointer('pointermove', 1, 150 - 5 * k, 300); pointer('pointermove', 2, 250 + 5 * k, 300); }
  pointer('pointerup', 1, 100, 300); pointer('pointerup', 2, 300, 300);
  await settled(); expect('pinch', 450, 300, 450);
  key('0'); await settled();
  for (let k = 0; k < 2; k++) { pointer('pointerdown', 1, 300, 300); pointer('pointerup', 1, 300, 300); }
  await settled(); expect('two taps', 450 + 100 * 900 / 400 / 2, 300, 450);
  window.location.hash = '#100,50,30'; await settled(); expect('the address', 100, 50, 30);
  const image = new window.Image(); image.src = 'picture_files/10/0_0.png'; await image.decode();
  const probe = page.createElement('canvas').getContext('2d', { willReadFrequently: true }); probe.canvas.width = probe.canvas.height = 255;
  probe.drawImage(image, 0, 0);
  const want = probe.getImageData(100, 50, 1, 1).data.join(), got = canvas.getContext('2d').getImageData(Math.round(200.5 * canvas.width / 400), Math.round(300.5 * canvas.width / 400), 1, 1).data.join();
  log.push(want === got ? 'ok the pixel' : 'WRONG pixel: ' + got + ' not ' + want);
  window.location.hash = '#no,view'; await settled(); key('-'); await settled(); expect('a wrong address is left alone', 100, 50, 45);
  for (let k = 0; k < 40; k++) key('-');
  await settled(); expect('no smaller than half', 100, 50, 1800);
  for (let k = 0; k < 40; k++) key('+');
  await settled(); expect('no larger than 16 times', 100, 50, 25);
  page.getElementById('info').click(); await pause(100);
  const about = page.getElementById('about').getBoundingClientRect();
  log.push(about.width > 200 && about.right <= 400 && about.bottom <= 600 ? 'ok what it is' : 'WRONG size of the text');
  key('Escape');
  log.push(page.getElementById('about').hidden ? 'ok key Escape' : 'WRONG Escape');
  window.location.hash = '#880,590,100'; await settled();
  log.push(page.getElementById('place').textContent.endsWith('1 tile is missing') ? 'ok a missing tile' : 'WRONG it is not said');
  log.push('all of ' + log.count);
};
</script></body></html>
END
    (cd "$SANDBOX" && exec "$python" -c '
import http.server, urllib.parse
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if not self.path.startswith("/say/"):
            return super().do_GET()
        open("said", "a").write(urllib.parse.unquote(self.path[5:]) + "\n")
        self.send_response(204)
        self.end_headers()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()' >"$WORK/port" 2>/dev/null) &
    local server=$!
    until [ -s "$WORK/port" ]; do sleep 0.05; done
    last_command='chromium, events'
    timeout 120 chromium --headless --no-sandbox --disable-gpu --remote-debugging-port=0 --user-data-dir="$WORK/profile" \
        "http://127.0.0.1:$(<"$WORK/port")/frame.html" >/dev/null 2>&1 &
    local window=$!
    while kill -0 "$window" 2>/dev/null && ! grep -qE '^(all|WRONG)' "$SANDBOX/said" 2>/dev/null; do sleep 0.1; done
    kill "$window" "$server" 2>/dev/null || true
    wait "$window" "$server" 2>/dev/null || true
    cp "$SANDBOX/said" "$WORK/out"
    assert "all events were tried" grep -q '^all of 16$' "$WORK/out"
    assert "and all are right" [ "$(grep -c '^WRONG' "$WORK/out")" -eq 0 ]
}

parts=${1:-pictures ranks directories checkpoint deep full_disk}
[ $# -eq 0 ] || shift
for part in $parts; do
    new_sandbox
    "part_$part" "$@"
done
finish
