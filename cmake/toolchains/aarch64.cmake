# SPDX-License-Identifier: MIT
# 64-bit Arm from another machine: the library and its tests, which plain ctest runs in qemu.
# Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static. PLAIT_QEMU_CPU picks the core.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)

# Linked dynamically, as users link it; -L tells qemu where the loader and libgomp are.
set(PLAIT_QEMU_CPU cortex-a72 CACHE STRING "the core that qemu plays, e.g. cortex-a53")
set(CMAKE_CROSSCOMPILING_EMULATOR
    qemu-aarch64-static -L /usr/aarch64-linux-gnu -cpu ${PLAIT_QEMU_CPU})

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
