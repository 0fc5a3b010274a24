"""Reference logits of a small bitnet-b1.58 GGUF from nothing but the file: numpy, f64, plain loops over layers.

Usage: python3 reference_bitnet.py MODEL.gguf PROMPTS.json > OUT.json
PROMPTS.json has {"cases": [{"ids": [...]}]}. Reads F32, F16 and I2_S tensors with a tied embedding; shares no code with
the engine. Arithmetic of every linear layer (BitNet b1.58): x is scaled by 127 / max|x| per token, rounded half to even,
clamped to -128..127, multiplied by the ternary codes in integers, and scaled back. All else is real arithmetic.
"""

import json
import struct
import sys

import numpy as np

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
F32, F16, I2_S = 0, 1, 36


class Reader:
    """A cursor over the header."""

    def __init__(self, data):
        self.data, self.offset = data, 4

    def scalar(self, code):
        (value,) = struct.unpack_from("<" + code, self.data, self.offset)
        self.offset += struct.calcsize("<" + code)
        return value

    def string(self):
        length = self.scalar("Q")
        self.offset += length
        return self.data[self.offset - length : self.offset].decode("utf8", "replace")

    def value(self, kind):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            inner, count = self.scalar("I"), self.scalar("Q")
            return [self.value(inner) for _ in range(count)]
        return self.scalar(SCALARS[kind])


def read_gguf(path):
    """Metadata, and tensors as f64 arrays; an I2_S tensor is (codes [M, K], scale)."""
    data = open(path, "rb").read()
    assert data[:4] == b"GGUF"
    reader = Reader(data)
    reader.scalar("I")
    tensor_count, entry_count = reader.scalar("Q"), reader.scalar("Q")
    metadata = {}
    for _ in range(entry_count):
        key = reader.string()
        metadata[key] = reader.value(reader.scalar("I"))
    infos = []
    for _ in range(tensor_count):
        name = reader.string()
        dims = [reader.scalar("Q") for _ in range(reader.scalar("I"))]
        infos.append((name, dims[::-1], reader.scalar("I"), reader.scalar("Q")))
    start = (reader.offset + 31) // 32 * 32
    return metadata, {name: decode(data, dims, kind, start + at) for name, dims, kind, at in infos}


def decode(data, dims, kind, at):
    count = int(np.prod(dims))
    if kind == F32:
        return np.frombuffer(data, "<f4", count, at).astype(float).reshape(dims)
    if kind == F16:
        return np.frombuffer(data, "<f2", count, at).astype(float).reshape(dims)
    assert kind == I2_S, kind
    packed = np.frombuffer(data, "u1", count // 4, at).reshape(-1, 32)
    codes = np.concatenate([(packed >> shift) & 3 for shift in (6, 4, 2, 0)], axis=1)
    (scale,) = struct.unpack_from("<f", data, at + count // 4)
    return codes.reshape(dims).astype(float) - 1, float(scale)


def rms_norm(x, gain, epsilon):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * gain


def bit_linear(x, weight):
    codes, scale = weight
    largest = np.maximum(np.abs(x).max(-1, keepdims=True), 1e-5)
    quantised = np.clip(np.round(x * 127 / largest), -128, 127)
    return (quantised @ codes.T) * (scale * largest / 127)


def rotate(x, base):
    """RoPE, half-split, x [T, heads, Dh]."""
    tokens, _, dim = x.shape
    angle = np.arange(tokens)[:, None] * base ** (-2 * np.arange(dim // 2) / dim)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    a, b = x[..., : dim // 2], x[..., dim // 2 :]
    return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)


def attention(q, k, v):
    """Causal softmax attention, q [T, H, Dh], k and v [T, G, Dh]; result [T, H * Dh]."""
    tokens, heads, dim = q.shape
    k, v = (np.repeat(array, heads // array.shape[1], axis=1) for array in (k, v))
    scores = np.einsum("thd,shd->hts", q, k) / np.sqrt(dim)
    scores = np.where(np.tril(np.ones((tokens, tokens))) > 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return np.einsum("hts,shd->thd", weights, v).reshape(tokens, -1)


def logits(metadata, tensors, ids):
    """[T, vocabulary] f64."""
    get = lambda key: metadata["bitnet-b1.58." + key]
    heads, kv_heads, epsilon = get("attention.head_count"), get("attention.head_count_kv"), get("attention.layer_norm_rms_epsilon")
    x = tensors["token_embd.weight"][ids]
    for layer in range(get("block_count")):
        part = lambda name: tensors[f"blk.{layer}.{name}.weight"]
        h = rms_norm(x, part("attn_norm"), epsilon)
        q, k, v = (bit_linear(h, part("attn_" + name)).reshape(len(ids), count, -1) for name, count in (("q", heads), ("k", kv_heads), ("v", kv_heads)))
        mixed = attention(rotate(q, get("rope.freq_base")), rotate(k, get("rope.freq_base")), v)
        x = x + bit_linear(rms_norm(mixed, part("attn_sub_norm"), epsilon), part("attn_output"))
        h = rms_norm(x, part("ffn_norm"), epsilon)
        gated = np.maximum(bit_linear(h, part("ffn_gate")), 0) ** 2 * bit_linear(h, part("ffn_up"))
        x = x + bit_linear(rms_norm(gated, part("ffn_sub_norm"), epsilon), part("ffn_down"))
    return rms_norm(x, tensors["output_norm.weight"], epsilon) @ tensors["token_embd.weight"].T


if __name__ == "__main__":
    model = read_gguf(sys.argv[1])
    cases = []
    for case in json.load(open(sys.argv[2]))["cases"]:
        rows = logits(*model, case["ids"])
        cases.append({"ids": case["ids"], "last_logits": [float(f"{value:.9g}") for value in rows[-1]], "argmax_all": rows.argmax(-1).tolist()})
    json.dump({"cases": cases}, sys.stdout)
    print()
