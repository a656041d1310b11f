"""Type and size of an image, read from its first bytes; and placeholders for pages."""

import struct
from html import escape

JPEG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def measure(content):
    """(mimetype, width, height) of a JPEG, PNG or GIF, else None."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return ("image/png", *struct.unpack(">II", content[16:24]))
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return ("image/gif", *struct.unpack("<HH", content[6:10]))
    if content[:2] == b"\xff\xd8":
        return _measure_jpeg(content)
    return None


def _measure_jpeg(content):
    position = 2
    while position + 9 <= len(content):
        if content[position] != 0xFF:
            return None
        marker = content[position + 1]
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return "image/jpeg", width, height
        position += 2 + struct.unpack(">H", content[position + 2 : position + 4])[0]
    return None


def placeholder(name):
    """An SVG that stands for a picture the sandbox does not have."""
    hue = sum(name.encode()) * 37 % 360
    label = f'<text x="150" y="155" font-size="14" text-anchor="middle" font-family="sans-serif">{escape(name)}</text>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300" viewBox="0 0 300 300">'
        f'<rect width="300" height="300" fill="hsl({hue},45%,80%)"/>{label}</svg>'
    )
