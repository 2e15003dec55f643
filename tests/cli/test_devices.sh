#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --gpu-ranks: who gets which device, with the same bits; a device that fails in the middle of the work.
#     test_devices.sh PART...     choice deep kmeans loss hello sysinfo no_loader not_built broken
#                                 opencl_bits opencl_signals opencl_kmeans_signals opencl_start oclgrind
# FAKED_PLAIT is a plait with a device of its own (fake_device.c), which the first parts use, DEVICELESS_PLAIT
# one as if built without OpenCL; FAKE_LOADER_DIRECTORY has a libOpenCL.so.1 whose driver is broken (fake_loader.c).
# The second row needs a device of this machine, and oclgrind DEVICE_SMALL, the program that it runs.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export POCL_CACHE_DIR=$WORK/pocl

mandelbrot=ac2ca9eaa9d7178d # tests/golden/escape.txt
picture=(mandelbrot --size 600x400 --maxit 1000 --out null)
darts=(pi --sweep 4^9:4^10 --runs 4)

# devices_are TEXT: the devices in the placement of report.json, rank by rank.
devices_are() {
    [ "$("$python" -c 'import json; print(*[p["device"] for p in json.load(open("report.json"))["placement"]], sep=", ")')" = "$1" ]
}
in_sandbox() {
    (cd "$SANDBOX" && "$@")
}

# gives RANKS DEVICES WORDS GPU_RANKS: the picture on that many ranks of the plait with the fake device, which
# WORDS describe, and who had which.
gives() {
    expect_ok "$1" -- env FAKE_DEVICE="$3" "$FAKED_PLAIT" "${picture[@]}" --threads 1 --gpu-ranks "$4" --json report.json
    assert "the checksum is right" grep -q "fnv1a $mandelbrot" "$WORK/out"
    assert "the devices are $2" in_sandbox devices_are "$2"
}

choice() {
    gives 1 'fake 0' fast auto
    assert "nothing to warn of" [ "$(plait_lines)" -eq 0 ]
    gives 3 'fake 0, None, None' fast auto
    assert "one device for one rank" [ "$(lines_of_plait | grep -c fake || true)" -eq 0 ]
    gives 3 'fake 0, fake 1, None' 'fast two' auto
    gives 3 'None, None, None' fast none
    gives 3 'fake 0, fake 0, fake 0' fast all
    assert "shared devices are reported" has_warning '3 ranks share the device fake 0'
    gives 3 'fake 0, fake 1, fake 0' 'fast two' all
    gives 3 'None, None, fake 0' fast 2
    gives 4 'None, fake 0, fake 1, fake 0' 'fast two' 1-3
    # auto leaves what is slower than threads, no GPU, or has no doubles; the other words insist.
    gives 1 None slow auto
    assert "in silence" [ "$(plait_lines)" -eq 0 ]
    gives 1 'fake 0' slow all
    gives 1 None 'fast cpu' auto
    gives 1 'fake 0' 'fast cpu' all
    gives 1 None 'fast no-doubles' auto
    assert "with a reason" has_warning 'does not use its GPU, fake 0: it has no doubles, which pictures need'
    gives 1 None absent auto
    assert "no device is no reason" [ "$(plait_lines)" -eq 0 ]
    for wrong in wrong-arithmetic wrong-darts wrong-rows refused; do
        gives 1 None "fast $wrong" auto
        assert "a wrong device is reported" has_warning 'rank 0 on host .* does not use its GPU, fake 0: '
    done
    check_report report.json

    # pi needs no doubles.
    expect_ok 2 -- env FAKE_DEVICE='fast no-doubles' "$FAKED_PLAIT" "${darts[@]}" --gpu-ranks 1 --json report.json
    assert "a device without doubles throws darts" in_sandbox devices_are 'None, fake 0'
    hits=$(in_sandbox grep -o '"hits": *\[*[0-9, ]*' report.json | md5sum)
    expect_ok 1 -- "$PLAIT" "${darts[@]}" --gpu-ranks none --json report.json
    assert "the same hits" [ "$hits" = "$(in_sandbox grep -o '"hits": *\[*[0-9, ]*' report.json | md5sum)" ]
    export FAKE_DEVICE=fast
    expect_ok 1 -- env PLAIT_GPU_RANKS=none "$FAKED_PLAIT" "${picture[@]}" --json report.json
    assert "the environment counts" in_sandbox devices_are None

    for words in absent refused wrong-rows no-doubles; do
        FAKE_DEVICE="fast $words" expect_error '--gpu-ranks asks for ' 2 -- "$FAKED_PLAIT" "${picture[@]}" --gpu-ranks all
        FAKE_DEVICE="fast $words" RANKS_LIST=3 expect_error 'rank 2 on host .*--gpu-ranks asks for ' 2 -- \
            "$FAKED_PLAIT" "${picture[@]}" --gpu-ranks 2
    done
    expect_error 'there is no rank 9: the last of this run is [02]' 2 -- "$FAKED_PLAIT" "${picture[@]}" --gpu-ranks 0,9
    for text in x 1, ,1 3-1 1-x 1--2 -1 99999999 0x1 'none,1' all,1; do
        RANKS_LIST=1 expect_error "--gpu-ranks: '$text' is neither auto, none, all nor a list" 2 -- \
            "$FAKED_PLAIT" "${picture[@]}" --gpu-ranks="$text"
    done
    RANKS_LIST=1 expect_error "gpu-ranks" 2 -- "$FAKED_PLAIT" "${picture[@]}" --gpu-ranks ''
    RANKS_LIST=1 expect_error "unknown option '--gpu-ranks'" 2 -- "$FAKED_PLAIT" count --gpu-ranks all
}

# Devices have no deep pixels: auto leaves them, and does not even try them.
deep() {
    local view=(mandelbrot --method deep --center -0.75,0.1 --zoom 1e9 --size 30x20 --out null)
    expect_ok 2 -- env FAKE_DEVICE='fast two' "$FAKED_PLAIT" "${view[@]}" --json report.json
    assert "a deep view has no devices" in_sandbox devices_are 'None, None'
    expect_ok 1 -- env FAKE_DEVICE='fast wrong-rows' "$FAKED_PLAIT" "${view[@]}"
    assert "nothing to warn of" [ "$(plait_lines)" -eq 0 ]
    RANKS_LIST=1 expect_error '--gpu-ranks: deep views are computed without devices' 2 -- "$FAKED_PLAIT" "${view[@]}" --gpu-ranks all
}

# points FILE ROWS: points of three columns around nine places.
points() {
    awk -v rows="$2" 'BEGIN { srand(7); for (i = 0; i < rows; i++)
        printf "%.6f,%.6f,%.6f\n", i % 9 + rand(), i % 5 - rand() * rand(), rand() * 3 }' >"$1"
}

# clusters RANKS WORDS OPTION...: k-means of points.csv on a plait with the fake device, all results of which are
# those of threads, in expected.*; --labels and --centroids are among the options where they mean something.
clusters() {
    local ranks=$1 words=$2
    shift 2
    expect_ok "$ranks" -- env FAKE_DEVICE="$words" "$FAKED_PLAIT" kmeans points.csv --threads 2 "$@" --json report.json
    assert "inertia and checksum are those of threads: $*" [ "$(head -n 1 "$WORK/out")" = "$(head -n 1 "$WORK/expected")" ]
}

# Of threads alone.
clusters_expected() {
    expect_ok 1 -- "$PLAIT" kmeans points.csv --gpu-ranks none "$@"
    cp "$WORK/out" "$WORK/expected"
}

kmeans() {
    local which
    new_sandbox
    points "$SANDBOX/points.csv" 3000
    clusters_expected --k 12 --restarts 2 --labels labels.npy --centroids expected.npy
    cp "$WORK/expected" "$WORK/first"
    for which in 1,2 auto; do
        clusters 3 'fast two' --k 12 --restarts 2 --gpu-ranks "$which" --verify --labels l.npy --centroids c.npy
        assert "the same labels" in_sandbox cmp l.npy labels.npy
        assert "the same centroids" in_sandbox cmp c.npy expected.npy
    done
    assert "auto takes GPUs" in_sandbox devices_are 'fake 0, fake 1, None'
    check_report report.json
    clusters 1 'slow' --k 12 --restarts 2 --gpu-ranks auto
    assert "auto leaves what is slower than threads" in_sandbox devices_are None
    clusters 1 'fast no-doubles' --k 12 --restarts 2 --gpu-ranks auto
    assert "labels need no doubles" in_sandbox devices_are 'fake 0'
    clusters 1 'fast no-memory' --k 12 --restarts 2 --gpu-ranks auto
    assert "a device without memory is left" in_sandbox devices_are None
    assert "with a reason" has_warning 'its driver names no memory that points would fit into'
    clusters 2 'fast full' --k 12 --restarts 2 --gpu-ranks all
    assert "one that has none left is reported once by each" [ "$(lines_of_plait | grep -c 'has failed: the device is out of memory')" -eq 2 ]

    clusters_expected --k 2:5 --standardise
    clusters 2 fast --k 2:5 --standardise --gpu-ranks all
    clusters_expected --predict expected.npy
    clusters 2 fast --predict expected.npy --gpu-ranks 1
    FAKE_DEVICE='fast wrong-labels' RANKS_LIST=1 expect_error '--gpu-ranks asks for device 0, fake 0, which cannot be used: of 9632 labels' 2 -- \
        "$FAKED_PLAIT" kmeans points.csv --k 2 --gpu-ranks all

    # Lost in the middle, with a checkpoint.
    cp "$WORK/first" "$WORK/expected"
    for which in 2 30; do
        clusters 2 "fast lost=$which" --k 12 --restarts 2 --gpu-ranks all --checkpoint a.ck --checkpoint-every 0
        assert "a rank says that its device has failed" has_warning \
            'rank [0-9] on host .*: device 0, fake 0, has failed: the device is out of memory or was reset .test.: the rank continues on its threads'
        assert "the checkpoint is gone at the end" [ ! -e "$SANDBOX/a.ck" ]
    done
}

has_warning() {
    lines_of_plait | grep -E -e "^plait: warning: .*$1" >/dev/null
}

loss() {
    local lost ranks
    for lost in 1 2 5 9; do
        for ranks in 1 3; do
            expect_ok "$ranks" -- env FAKE_DEVICE="fast lost=$lost" "$FAKED_PLAIT" "${picture[@]}" --threads 2 --gpu-ranks all --verify
            assert "the checksum is right" grep -q "fnv1a $mandelbrot" "$WORK/out"
            assert "a rank says that its device has failed" has_warning \
                'rank [0-9] on host .*: device 0, fake 0, has failed: the device is out of memory or was reset .test.: the rank continues on its threads'
            assert "a line for each at most" [ "$(lines_of_plait | grep -c 'has failed')" -le "$ranks" ]
        done
        expect_ok 2 -- env FAKE_DEVICE="fast lost=$lost" "$FAKED_PLAIT" "${darts[@]}" --gpu-ranks 1 --verify --json report.json
        local hits
        hits=$(in_sandbox grep -o '"hits": *\[*[0-9, ]*' report.json | md5sum)
        expect_ok 1 -- "$PLAIT" "${darts[@]}" --json report.json
        assert "the same hits" [ "$hits" = "$(in_sandbox grep -o '"hits": *\[*[0-9, ]*' report.json | md5sum)" ]
    done
    # A checkpoint keeps what the device and the threads have done, and the run that resumes has no device.
    new_sandbox
    expect_ok 2 -- env FAKE_DEVICE="fast lost=4" "$FAKED_PLAIT" "${picture[@]}" --gpu-ranks all --checkpoint a.ck --checkpoint-every 0
    assert "the checksum is right with a checkpoint" grep -q "fnv1a $mandelbrot" "$WORK/out"
    assert "which is gone at the end" [ ! -e "$SANDBOX/a.ck" ]
}

hello() {
    expect_ok 2 -- env FAKE_DEVICE='fast two' "$FAKED_PLAIT" hello --json report.json
    assert "one line for each device of the node" [ "$(grep -c 'device [01]: fake [01], tests, 1 GiB, with doubles, trial passed, ' "$WORK/out")" -eq 2 ]
    check_report report.json
    expect_ok 1 -- env FAKE_DEVICE='fast cpu' "$FAKED_PLAIT" hello
    assert "GPUs only" [ "$(grep -c 'device' "$WORK/out")" -eq 0 ]
    expect_ok 3 -- env FAKE_DEVICE='wrong-darts cpu no-doubles' "$FAKED_PLAIT" hello --devices --json report.json
    assert "why it is not used" grep -q 'device 0: fake 0 (not a GPU), tests, 1 GiB, without doubles, not used: of 1048576 darts of rxs64 it counts 823669 hits instead of 823668' "$WORK/out"
    check_report report.json
    expect_ok 1 -- env FAKE_DEVICE=absent "$FAKED_PLAIT" hello --devices --json report.json
    assert "none" grep -q '^no node has a device: OpenCL finds none$' "$WORK/out"
    assert "in one line" [ "$(wc -l <"$WORK/out")" -eq 3 ]
    check_report report.json
    expect_ok 1 -- env FAKE_DEVICE=absent "$FAKED_PLAIT" hello
    assert "which is for those who ask" [ "$(wc -l <"$WORK/out")" -eq 2 ]
}

# As hello lists them, and which node has them.
sysinfo() {
    expect_ok 2 -- env FAKE_DEVICE='fast two' "$FAKED_PLAIT" sysinfo --json report.json
    assert "the first device" grep -q '^OpenCL  *device 0: fake 0, tests, 1 GiB, with doubles, trial passed$' "$WORK/out"
    assert "and the second" grep -q '^  *device 1: fake 1, tests, 1 GiB, with doubles, trial passed$' "$WORK/out"
    check_report report.json
    assert "the report has both, with speeds" in_sandbox "$python" -c "
import json
devices = json.load(open('report.json'))['result']['nodes'][0]['devices']
assert [d['name'] for d in devices] == ['fake 0', 'fake 1'] and all(d['darts_per_second'] > 0 for d in devices)"
    expect_ok 1 -- env FAKE_DEVICE='fast cpu' "$FAKED_PLAIT" sysinfo
    assert "GPUs only" [ "$(grep -c 'fake' "$WORK/out")" -eq 0 ]
    expect_ok 3 -- env FAKE_DEVICE='wrong-darts cpu no-doubles' "$FAKED_PLAIT" sysinfo --devices --json report.json
    tr -s ' \n' ' ' <"$WORK/out" >"$WORK/line"
    assert "why it is not used" grep -q 'device 0: fake 0 (not a GPU), tests, 1 GiB, without doubles, not used: of 1048576 darts of rxs64 it counts 823669 hits' "$WORK/line"
    check_report report.json
}

# A Plait without OpenCL says that, and does not name drivers.
not_built() {
    expect_ok 2 -- "$DEVICELESS_PLAIT" "${picture[@]}" --gpu-ranks auto
    assert "auto is silent" [ "$(plait_lines)" -eq 0 ]
    assert "and the checksum is right" grep -q "fnv1a $mandelbrot" "$WORK/out"
    expect_error '--gpu-ranks asks for a device, and this Plait is built without OpenCL: ' 2 -- "$DEVICELESS_PLAIT" "${picture[@]}" --gpu-ranks all
    expect_error '--gpu-ranks asks for a device, and this Plait is built without OpenCL: ' 2 -- "$DEVICELESS_PLAIT" "${darts[@]}" --gpu-ranks 0
    expect_ok 2 -- "$DEVICELESS_PLAIT" hello --devices --json report.json
    assert "hello says why" grep -q '^no node has a device: this Plait is built without OpenCL$' "$WORK/out"
    check_report report.json
    expect_ok 1 -- "$DEVICELESS_PLAIT" sysinfo --devices --json report.json
    assert "sysinfo finds none" [ "$(grep -c '^OpenCL .*\(finds\|device\)' "$WORK/out")" -eq 0 ]
    check_report report.json
}

# No driver at all: auto is silent, all is one line.
no_loader() {
    if [ "$WITH_OPENCL" != 1 ]; then
        echo 'SKIPPED: built without OpenCL'
        exit 77
    fi
    mkdir -p "$WORK/none"
    export OCL_ICD_VENDORS=$WORK/none
    expect_ok 2 -- "$PLAIT" "${picture[@]}" --gpu-ranks auto
    assert "auto is silent" [ "$(plait_lines)" -eq 0 ]
    expect_error '--gpu-ranks asks for a device, and OpenCL finds none here' 2 -- "$PLAIT" "${picture[@]}" --gpu-ranks all
    expect_error '--gpu-ranks asks for a device, and OpenCL finds none here' 2 -- "$PLAIT" "${darts[@]}" --gpu-ranks 0
    expect_ok 1 -- "$PLAIT" hello --devices
    assert "none" grep -q '^no node has a device: OpenCL finds none$' "$WORK/out"
    # A driver that is not there, or is no library, is none.
    echo libnosuchdriver.so.1 >"$WORK/none/absent.icd"
    echo "$WORK/none/absent.icd" >"$WORK/none/text.icd"
    expect_error '--gpu-ranks asks for a device, and OpenCL finds none here' 2 -- "$PLAIT" "${darts[@]}" --gpu-ranks all
    expect_ok 1 -- "$PLAIT" hello --devices
    assert "none either" grep -q '^no node has a device: OpenCL finds none$' "$WORK/out"
}

# Drivers that are broken in many ways: a reason in plain text, no crash, and threads do the work.
broken() {
    export LD_LIBRARY_PATH=$FAKE_LOADER_DIRECTORY${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    while IFS='|' read -r word why; do
        expect_ok 1 -- env FAKE_LOADER="$word" "$PLAIT" hello --devices --json report.json
        assert "$word: hello has one line that ends in: $why" [ "$(grep -cE "$why\$" "$WORK/out")" -eq 1 ]
        assert "$word: of plain text" [ "$(LC_ALL=C grep -c '[^ -~]' "$WORK/out" || true)" -eq 0 ]
        check_report report.json
    done <<'CASES'
no-platforms|^no node has a device: OpenCL finds none
no-devices|^no node has a device: OpenCL finds none
many|device 0: broken, a platform broken, 1 GiB, with doubles, not used: of 1024 darts of rxs64 it counts 0 hits instead of 802
nonsense|device 0: [?]+, [?]+ [?]+, 0 GiB, with doubles, not used: of 1024 darts of rxs64 .*
silent|device 0: without a name \(not a GPU\), a platform , 0 GiB, without doubles, not used: of 1024 darts of rxs64 .*
no-context|not used: the driver reports an error \(clCreateContext, code -30\)
no-queue|not used: the driver reports an error \(clCreateCommandQueue, code -30\)
no-program|not used: the driver reports an error \(clCreateProgramWithSource, code -30\)
no-kernel|not used: the driver reports an error \(clCreateKernel, code -30\)
no-buffer|not used: the driver reports an error \(clCreateBuffer, code -30\)
no-event|not used: the driver reports an error \(clEnqueueReadBuffer, code -30\)
no-compiler|without doubles, not used: its compiler refuses the kernels: an error *
false-doubles|1 GiB, without doubles, not used: of 1024 darts of rxs64 .*
no-launch|not used: the device is out of memory or was reset \(clEnqueueNDRangeKernel, code -5\)
lost|not used: the device is out of memory or was reset \(a launch, code -5\)
CASES
    # Loaded where this machine may have a GPU, which OCL_ICD_VENDORS says.
    expect_ok 1 -- env FAKE_LOADER=lost OCL_ICD_VENDORS=there "$PLAIT" "${picture[@]}" --gpu-ranks auto
    assert "the checksum is right" grep -q "fnv1a $mandelbrot" "$WORK/out"
    assert "with a reason" has_warning 'rank 0 on host .* does not use its GPU, broken: the device is out of memory'
    FAKE_LOADER=lost RANKS_LIST=1 expect_error '--gpu-ranks asks for device 0, broken, which cannot be used: ' 2 -- "$PLAIT" "${darts[@]}" --gpu-ranks all
}

# -- with a device of this machine -----------------------------------------------------------------------

# ./dev test pocl has one, and says so.
need_device() {
    if [ "${DRIVERS_ARE_THERE:-}" != yes ]; then
        echo 'SKIPPED: not in a part of the test with a device'
        exit 77
    fi
    expect_ok 1 -- "$PLAIT" hello --devices
    assert "there is a device that passes its trial" grep -q 'trial passed' "$WORK/out"
    cat "$WORK/out"
}

opencl_bits() {
    local schedule which
    need_device
    for schedule in block cyclic dynamic weighted; do
        for which in all 0 1,2; do
            expect_ok 3 -- "$PLAIT" "${picture[@]}" --threads 1 --gpu-ranks "$which" --schedule "$schedule" --verify
            assert "fnv1a is right" grep -q "fnv1a $mandelbrot" "$WORK/out"
        done
    done
    new_sandbox
    points "$SANDBOX/points.csv" 20000
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 40 --max-iter 5 --gpu-ranks none --labels a.npy --centroids a.csv
    cp "$WORK/out" "$WORK/expected"
    for which in 0,2; do
        expect_ok 3 -- "$PLAIT" kmeans points.csv --k 40 --max-iter 5 --threads 1 --gpu-ranks "$which" --verify --labels b.npy --centroids b.csv
        assert "inertia and checksum are those of threads" [ "$(head -n 1 "$WORK/out")" = "$(head -n 1 "$WORK/expected")" ]
        assert "the same labels and centroids" in_sandbox eval 'cmp a.npy b.npy && cmp a.csv b.csv'
    done
    expect_ok 1 -- "$PLAIT" julia --out null --gpu-ranks all
    assert "fnv1a of Julia is right" grep -q 'fnv1a 7977c2e50817ba97' "$WORK/out"
    expect_ok 3 -- "$PLAIT" julia --gpu-ranks 1 --colour smooth --samples 2 --size 200x150 --out a.png
    expect_ok 1 -- "$PLAIT" julia --gpu-ranks none --colour smooth --samples 2 --size 200x150 --out b.png
    assert "smooth pictures are the same bytes" in_sandbox cmp a.png b.png
    expect_ok 2 -- "$PLAIT" mandelbrot --size 301x203 --gpu-ranks 0 --stream --out a.npy --verify
    expect_ok 1 -- "$PLAIT" mandelbrot --size 301x203 --gpu-ranks none --out b.npy
    assert "streamed counts are the same bytes" in_sandbox cmp a.npy b.npy
    for generator in rxs64 pcg32; do
        expect_ok 3 -- "$PLAIT" "${darts[@]}" --generator "$generator" --gpu-ranks 0,2 --verify --json a.json
        expect_ok 1 -- "$PLAIT" "${darts[@]}" --generator "$generator" --gpu-ranks none --json b.json
        assert "the same hits" [ "$(in_sandbox grep -A9 '"hits"' a.json)" = "$(in_sandbox grep -A9 '"hits"' b.json)" ]
    done
}

# The driver may bring handlers and threads of its own: signals save and stop as ever, and what is left is
# computed without the device.
opencl_signals() {
    local signal pid
    need_device
    for signal in USR1 TERM INT; do
        new_sandbox
        last_command="$PLAIT mandelbrot with a device, stopped by SIG$signal"
        (cd "$SANDBOX" && exec "$PLAIT" mandelbrot --size 2000x1500 --maxit 20000 --interior brute --threads 1 --gpu-ranks all --out null \
            --checkpoint a.ck --checkpoint-every 0) >"$WORK/out" 2>"$WORK/err" &
        pid=$!
        for _ in $(seq 600); do
            if [ -s "$SANDBOX/a.ck" ]; then break; fi
            sleep 0.1
        done
        sleep 0.3
        kill -s "$signal" "$pid"
        status=0
        wait "$pid" || status=$?
        assert "status is 75, not $status" [ "$status" -eq 75 ]
        assert "the checkpoint is there" [ -s "$SANDBOX/a.ck" ]
    done
    new_sandbox
    last_command="$PLAIT mandelbrot with a device, killed"
    (cd "$SANDBOX" && exec "$PLAIT" "${picture[@]}" --threads 1 --gpu-ranks all --checkpoint a.ck --checkpoint-every 0) >"$WORK/out" 2>"$WORK/err" &
    pid=$!
    for _ in $(seq 600); do
        if [ -s "$SANDBOX/a.ck" ]; then break; fi
        sleep 0.01
    done
    kill -s KILL "$pid" || true
    wait "$pid" || true
    expect_ok 2 -- "$PLAIT" "${picture[@]}" --gpu-ranks none --checkpoint a.ck
    assert "resumed without the device" grep -q "fnv1a $mandelbrot" "$WORK/out"
}

# The same of k-means, next to the watchdog: handlers and threads of the driver, and both of Plait's, in one process.
opencl_kmeans_signals() {
    local pid which
    local clusters=(kmeans points.csv --k 40 --max-iter 30 --restarts 4)
    need_device
    new_sandbox
    points "$SANDBOX/points.csv" 20000
    expect_ok 1 -- "$PLAIT" "${clusters[@]}" --gpu-ranks none
    cp "$WORK/out" "$WORK/expected"
    last_command="$PLAIT kmeans with a device, stopped by SIGUSR1"
    for _ in $(seq 10); do # it may be over before the signal comes
        (cd "$SANDBOX" && exec "$PLAIT" "${clusters[@]}" --threads 1 --gpu-ranks all --watchdog 300 \
            --checkpoint a.ck --checkpoint-every 0) >"$WORK/out" 2>"$WORK/err" &
        pid=$!
        for _ in $(seq 6000); do
            if [ -s "$SANDBOX/a.ck" ] || ! kill -0 "$pid" 2>/dev/null; then break; fi
            sleep 0.01
        done
        kill -s USR1 "$pid" 2>/dev/null || true
        status=0
        wait "$pid" || status=$?
        if [ "$status" -ne 0 ]; then break; fi
    done
    assert "status is 75, not $status" [ "$status" -eq 75 ]
    assert "the device has not failed" [ "$(grep -c 'has failed' "$WORK/err" || true)" -eq 0 ]
    # Resumed without the device and with it.
    cp "$SANDBOX/a.ck" "$SANDBOX/b.ck" || true
    for which in none all; do
        expect_ok 2 -- "$PLAIT" "${clusters[@]}" --gpu-ranks "$which" --watchdog 300 --checkpoint b.ck
        assert "the results are those of threads" [ "$(head -n 1 "$WORK/out")" = "$(head -n 1 "$WORK/expected")" ]
        mv "$SANDBOX/a.ck" "$SANDBOX/b.ck" || true
    done
}

# auto loads no driver of a machine that has CPUs only: neither its library nor the loader.
opencl_start() {
    need_device
    if ls /dev/nvidia* /dev/kfd /dev/dri/renderD* >/dev/null 2>&1; then
        echo 'SKIPPED: this machine may have a GPU'
        exit 77
    fi
    expect_ok 1 -- env LD_DEBUG=files "$PLAIT" "${picture[@]}"
    assert "plait opens no OpenCL" [ "$(opened)" -eq 0 ]
    expect_ok 1 -- env LD_DEBUG=files "$PLAIT" "${darts[@]}"
    assert "nor does pi" [ "$(opened)" -eq 0 ]
    expect_ok 1 -- env LD_DEBUG=files "$PLAIT" hello
    assert "nor hello" [ "$(opened)" -eq 0 ]
    expect_ok 1 -- env LD_DEBUG=files "$PLAIT" sysinfo
    assert "nor sysinfo" [ "$(opened)" -eq 0 ]
    expect_ok 1 -- env LD_DEBUG=files "$PLAIT" sysinfo --devices
    assert "but with --devices" [ "$(opened)" -gt 0 ]
    expect_ok 1 -- env LD_DEBUG=files "$PLAIT" "${picture[@]}" --gpu-ranks all
    assert "all does" [ "$(opened)" -gt 0 ]
}
# Drivers in the process, and the loader where it is plait who has opened it: hwloc's plugin looks at it too.
opened() {
    grep -cE 'file=(lib(pocl|LLVM)|libOpenCL.* dynamically loaded by .*plait)' "$WORK/err" || true
}

# A simulator of OpenCL that watches every access: no race, nothing read before it is written, nothing beyond a buffer.
# Optimised code has instructions that its version 21.10 does not know.
oclgrind() {
    if [ "${DRIVERS_ARE_THERE:-}" != yes ]; then
        echo 'SKIPPED: not in a part of the test with a device'
        exit 77
    fi
    mkdir -p "$WORK/vendors"
    echo /usr/lib/oclgrind/liboclgrind-rt-icd.so >"$WORK/vendors/oclgrind.icd"
    watched
    cat "$WORK/out"
    assert "it runs on Oclgrind" grep -q '^Oclgrind' "$WORK/out"
    assert "the results are right, status 0, not $status" [ "$status" -eq 0 ]
    assert "nothing to complain of" [ ! -s "$WORK/err" ]
    # And it sees what there is to see.
    watched overrun
    assert "an overrun is reported" grep -q 'Invalid write of size' "$WORK/err"
    watched race
    assert "a race is reported" grep -q 'data race' "$WORK/err"
    watched uninitialised
    assert "a value that nobody has written is reported" grep -qi 'uninitiali[sz]ed' "$WORK/err"
}
watched() {
    run_ranks 1 env OCL_ICD_VENDORS="$WORK/vendors" OCLGRIND_DATA_RACES=1 OCLGRIND_UNINITIALIZED=1 OCLGRIND_CHECK_API=1 \
        OCLGRIND_BUILD_OPTIONS=-cl-opt-disable "$DEVICE_SMALL" "$@"
}

for part in "$@"; do "$part"; done
finish
