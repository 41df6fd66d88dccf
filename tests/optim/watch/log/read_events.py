"""Reads event files from the description of their format alone, with nothing but the standard library.

A file is a sequence of records: the length of the data (8 bytes, little-endian), the masked CRC-32C of those 8 bytes
(4 bytes), the data, and the masked CRC-32C of the data (4 bytes). The data is a message `Event` of protocol buffers.
Prints a list of the events of each file in the arguments as JSON.
"""

import json
import math
import struct
import sys
import zlib


def crc32c(data):
    """Divides bit by bit, as the definition does."""
    remainder = 0xFFFFFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = (remainder >> 1) ^ (0x82F63B78 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """Yields the data of whole records, and stops at a torn end."""
    at = 0
    while at + 12 <= len(data):
        length, crc = struct.unpack_from("<QI", data, at)
        assert crc == masked(data[at : at + 8]), f"wrong checksum of the length at {at}"
        end = at + 12 + length
        if end + 4 > len(data):
            return
        content = data[at + 12 : end]
        assert struct.unpack_from("<I", data, end)[0] == masked(content), f"wrong checksum of the data at {at}"
        yield content
        at = end + 4


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """Splits a message into a list of contents for each number of a field."""
    found, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        elif kind == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        elif kind == 2:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise ValueError(f"unknown kind of field {kind}")
        found.setdefault(number, []).append(value)
    return found


def only(message, number, otherwise=None):
    return message.get(number, [otherwise])[0]


def doubles(data):
    return list(struct.unpack(f"<{len(data) // 8}d", data))


def picture(data):
    """Reads a PNG without filters other than those of the first row, of 8 bits: rows of bytes."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, pixels, header = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + content)
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", content)
        if kind == b"IDAT":
            pixels += content
        at += 12 + length
    width, height, depth, color = header[:4]
    assert depth == 8
    channels = {0: 1, 2: 3, 6: 4}[color]
    raw, step, rows = zlib.decompress(pixels), width * channels + 1, []
    for y in range(height):
        assert raw[y * step] == 0, "a filter"
        rows.append(list(raw[y * step + 1 : (y + 1) * step]))
    return rows


def hyperparameters(content):
    start = fields(only(fields(content), 3))
    values = {}
    for entry in start.get(1, []):
        pair = fields(entry)
        value = fields(only(pair, 2))
        name = only(pair, 1).decode()
        if 2 in value:
            values[name] = only(value, 2)
        elif 3 in value:
            values[name] = only(value, 3).decode()
        else:
            values[name] = bool(only(value, 4))
    return {"values": values, "start": only(start, 5)}


def value(data):
    message = fields(data)
    read = {"tag": only(message, 1).decode()}
    if 9 in message:
        plugin = fields(only(fields(only(message, 9)), 1))
        read["plugin"] = only(plugin, 1).decode()
        if read["plugin"] == "hparams":
            read["hyperparameters"] = hyperparameters(only(plugin, 2))
    if 2 in message:
        number = only(message, 2)
        read["scalar"] = number if math.isfinite(number) else str(number)
    if 4 in message:
        image = fields(only(message, 4))
        read["image"] = {"height": only(image, 1), "width": only(image, 2), "channels": only(image, 3)}
        read["image"]["rows"] = picture(only(image, 4))
    if 5 in message:
        histogram = fields(only(message, 5))
        names = ["min", "max", "count", "sum", "sumOfSquares"]
        read["histogram"] = {name: only(histogram, k + 1, 0) for k, name in enumerate(names)}
        read["histogram"]["limits"] = doubles(only(histogram, 6))
        read["histogram"]["counts"] = doubles(only(histogram, 7))
    if 8 in message:
        tensor = fields(only(message, 8))
        assert only(tensor, 1) == 7, "not a text"
        read["text"] = [text.decode() for text in tensor[8]]
    return read


def event(data):
    message = fields(data)
    read = {"seconds": only(message, 1), "step": only(message, 2, 0)}
    if 3 in message:
        read["version"] = only(message, 3).decode()
    if 7 in message:
        read["restart"] = only(fields(only(message, 7)), 1) == 1
    if 5 in message:
        read["values"] = [value(one) for one in fields(only(message, 5)).get(1, [])]
    return read


def main():
    files = []
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            files.append([event(data) for data in records(file.read())])
    json.dump(files, sys.stdout)


main()
