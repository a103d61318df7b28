#!/usr/bin/env python3
"""Makes an image of the reference BMS: header (image.h) + payload, as Intel HEX and, if asked for, as raw binary.

usage: wrap.py STRIP PAYLOAD.so HEX BIN|- PORT VERSION COUNTER HW_MIN HW_MAX PRODUCT"""
import struct
import subprocess
import sys
import tempfile
import zlib

SLOT_ADDRESS, IMAGE_SPACE, MAGIC = 0x08004000, 0x3A000, 0x474D4950
HEADER = struct.Struct("<7I2H32s")


def record(kind, address, data):
    body = bytes([len(data), address >> 8 & 0xFF, address & 0xFF, kind]) + data
    return ":" + (body + bytes([-sum(body) & 0xFF])).hex().upper() + "\n"


def intel_hex(image):
    upper, lines = None, []
    for at in range(0, len(image), 32):
        address = SLOT_ADDRESS + at
        if address >> 16 != upper:
            upper = address >> 16
            lines.append(record(4, 0, struct.pack(">H", upper)))
        lines.append(record(0, address & 0xFFFF, image[at:at + 32]))
    return "".join(lines) + record(1, 0, b"")


def header(payload, crc, port, version, counter, hw_min, hw_max, product):
    return HEADER.pack(MAGIC, HEADER.size, len(payload), crc, port, version, counter, hw_min, hw_max, product.encode())


strip, elf, hex_file, bin_file = sys.argv[1:5]
port, version, counter, hw_min, hw_max = (int(word, 0) for word in sys.argv[5:10])
product = sys.argv[10]
with tempfile.NamedTemporaryFile() as stripped:
    subprocess.run([strip, "--strip-unneeded", "-o", stripped.name, elf], check=True)
    payload = open(stripped.name, "rb").read()
payload += b"\0" * (-len(payload) % 4)
if HEADER.size != 64 or HEADER.size + len(payload) > IMAGE_SPACE:
    sys.exit(f"{elf}: {len(payload)} bytes do not fit the slot")
arguments = (port, version, counter, hw_min, hw_max, product)
crc = zlib.crc32(header(payload, 0, *arguments) + payload)
image = header(payload, crc, *arguments) + payload
open(hex_file, "w").write(intel_hex(image))
if bin_file != "-":
    open(bin_file, "wb").write(image)
