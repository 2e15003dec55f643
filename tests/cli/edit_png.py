#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Copies a PNG chunk by chunk and changes its texts, with sound check sums: what a stranger could do.

    edit_png.py IN.png OUT.png [KEYWORD=TEXT | KEYWORD=]...   set a text, or leave it out
    edit_png.py --texts FILE.png                              print the texts
    edit_png.py --pillow IN.png OUT.png                       load and save with Pillow, texts kept"""
import struct
import sys
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunks(data):
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at:at + 4])
        yield data[at + 4:at + 8], data[at + 8:at + 8 + length]
        at += 12 + length


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def text_of(kind, content):
    """Keyword and text of a tEXt chunk, None for another one."""
    if kind != b"tEXt":
        return None
    keyword, text = content.split(b"\0", 1)
    return keyword.decode("latin-1"), text.decode("latin-1")


def edit(source, target, changes):
    out = [SIGNATURE]
    for kind, content in chunks(open(source, "rb").read()):
        text = text_of(kind, content)
        if text is None or text[0] not in changes:
            out.append(chunk(kind, content))
        if kind == b"IHDR":
            out += [chunk(b"tEXt", keyword.encode() + b"\0" + new.encode("latin-1"))
                    for keyword, new in changes.items() if new]
    open(target, "wb").write(b"".join(out))


def pillow(source, target):
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo
    image = Image.open(source)
    texts = PngInfo()
    for keyword, text in image.text.items():
        texts.add_text(keyword, text)
    image.convert("RGB").save(target, pnginfo=texts)


def main(arguments):
    if arguments[0] == "--texts":
        for kind, content in chunks(open(arguments[1], "rb").read()):
            if text_of(kind, content):
                print("%s: %s" % text_of(kind, content))
    elif arguments[0] == "--pillow":
        pillow(*arguments[1:])
    else:
        changes = dict(argument.replace("\\n", "\n").split("=", 1) for argument in arguments[2:])
        edit(arguments[0], arguments[1], changes)


main(sys.argv[1:])
