/* SPDX-License-Identifier: MIT
 * Sends a command to the firmware through the mailbox of its kernel driver: a message of 32-bit
 * words in which the reply takes the place of the command (the mailbox property interface of the
 * Raspberry Pi's firmware; vcgencmd of raspberrypi/utils uses the same tag). */
#define _DEFAULT_SOURCE /* _IOWR */
#include "base/pi_firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPLY_BYTES = 1024 };

struct pi_message {
    uint32_t bytes, request;       /* of the whole message; 0: a request */
    uint32_t tag, text_bytes;      /* what it is, and the bytes of text below */
    uint32_t reply_bytes, failure; /* written by the firmware */
    char text[REPLY_BYTES];
    uint32_t end; /* a tag 0 */
};

bool pi_firmware_parse(const char *reply, uint32_t *flags) {
    return sscanf(reply, "throttled=0x%" SCNx32, flags) == 1;
}

enum system_read pi_firmware_throttled(uint32_t *flags, const char *root) {
    enum { TAG_COMMAND = 0x00030080 };
    static const char *const devices[] = {"/dev/vcio_gencmd", "/dev/vcio"};
    enum system_read read = SYSTEM_ABSENT;
    for (size_t k = 0; k < sizeof devices / sizeof *devices && read != SYSTEM_READ; k++) {
        char path[4096];
        struct stat about;
        if (snprintf(path, sizeof path, "%s%s", root, devices[k]) >= (int)sizeof path ||
            stat(path, &about) != 0 || !S_ISCHR(about.st_mode))
            continue;
        const int device = open(path, O_RDONLY | O_CLOEXEC);
        if (device < 0) {
            read = errno == EACCES || errno == EPERM ? SYSTEM_DENIED : read;
            continue;
        }
        struct pi_message message = {.bytes = sizeof message,
                                     .tag = TAG_COMMAND,
                                     .text_bytes = REPLY_BYTES,
                                     .text = "get_throttled"};
        const int code = ioctl(device, _IOWR(100, 0, char *), &message);
        close(device);
        message.text[REPLY_BYTES - 1] = '\0';
        if (code == 0 && message.failure == 0 && pi_firmware_parse(message.text, flags))
            read = SYSTEM_READ;
    }
    return read;
}
