"""Reads and writes safetensors, and packs ternary matrices as transformers does."""

import json
import struct

import numpy as np

DTYPES = {"BF16": np.uint16, "F32": np.float32, "U8": np.uint8}


def read_safetensors(path):
    """Name to array; BF16 is widened to f32."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = from_bf16(values) if entry["dtype"] == "BF16" else values
    return tensors


def write_safetensors(path, tensors):
    """Writes name to (dtype, array); BF16 arrays hold bits as uint16."""
    header, offset, blobs = {"__metadata__": {"format": "pt"}}, 0, []
    for name, (dtype, array) in tensors.items():
        blob = array.tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        offset += len(blob)
        blobs.append(blob)
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + b"".join(blobs))


def from_bf16(bits):
    """f32 of bf16 bits."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def to_bf16(values):
    """bf16 bits of f32, to nearest, ties to even."""
    bits = values.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def ternarise(weights):
    """Absmean: codes -1, 0, 1 and the scale."""
    weights = weights.astype(np.float64)
    scale = float(np.float32(max(np.abs(weights).mean(), 1e-5)))
    return np.clip(np.rint(weights / scale), -1, 1), scale


def pack(codes):
    """uint8 [rows / 4, columns]: four rows that are rows / 4 apart share a byte, the first in the low bits."""
    shifted = (codes + 1).astype(np.uint8)
    stride = len(shifted) // 4
    packed = np.zeros((stride, shifted.shape[1]), np.uint8)
    for quarter in range(4):
        packed |= shifted[quarter * stride : (quarter + 1) * stride] << (2 * quarter)
    return packed


def unpack(packed):
    """The codes of pack()."""
    return np.concatenate([((packed >> (2 * quarter)) & 3).astype(np.int8) - 1 for quarter in range(4)])


def is_matrix(name):
    """Whether a tensor is a ternary matrix."""
    return name.endswith("_proj.weight")
