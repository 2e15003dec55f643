# SPDX-License-Identifier: MIT
# 32-bit Arm with hard float from another machine: the scalar path and its tests, which plain ctest runs
# in qemu. No -mfpu: Debian's baseline has neither double vectors nor a fused multiply-add.
# Debian: gcc-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user-static. PLAIT_QEMU_CPU picks the core.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_FIND_ROOT_PATH /usr/arm-linux-gnueabihf)

# Linked dynamically, as users link it; -L tells qemu where the loader and libgomp are.
set(PLAIT_QEMU_CPU cortex-a7 CACHE STRING "the core that qemu plays")
set(CMAKE_CROSSCOMPILING_EMULATOR
    qemu-arm-static -L /usr/arm-linux-gnueabihf -cpu ${PLAIT_QEMU_CPU})

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
