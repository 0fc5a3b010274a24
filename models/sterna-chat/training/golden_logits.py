"""Golden logits and greedy texts of an exported folder: exact W1.58A8 arithmetic in numpy, f64.

Ternary weights, int8 activations per token, everything else in f64; the embedding as stored.
"""

import argparse
import json
import os

import numpy as np

from bpe import Tokenizer
from checkpoint import is_matrix, read_safetensors, unpack

CHATS = [
    [("user", "Hello!")],
    [
        ("user", "My dog is called Rex."),
        ("assistant", "Hello to Rex the dog!"),
        ("user", "What is the name of my dog?"),
    ],
    [("user", "What is the capital of France?")],
    [("user", "Tell me a short story about a cat and the moon.")],
    [("user", "What is 7 times 6?")],
    [("user", "How do I make tea?")],
]


class Reference:
    """The model of one folder."""

    def __init__(self, folder):
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            self.config = json.load(file)
        stored = read_safetensors(os.path.join(folder, "model.safetensors"))
        self.matrices = {
            name: (unpack(values).astype(np.float64), float(stored[f"{name}_scale"][0]))
            for name, values in stored.items()
            if is_matrix(name)
        }
        self.weights = {name: v.astype(np.float64) for name, v in stored.items() if not is_matrix(name)}

    def linear(self, name, x):
        codes, scale = self.matrices[name]
        x_scale = 127 / np.maximum(np.abs(x).max(-1, keepdims=True), 1e-5)
        quantised = np.clip(np.rint(x * x_scale), -128, 127)
        return (quantised @ codes.T) / x_scale * scale

    def norm(self, name, x):
        rms = np.sqrt((x * x).mean(-1, keepdims=True) + self.config["rms_norm_eps"])
        return x / rms * self.weights[name]

    def attention(self, prefix, x, cos, sin):
        width, heads = self.config["head_dim"], self.config["num_attention_heads"]
        kv_heads, count = self.config["num_key_value_heads"], len(x)

        def rope(y):
            a, b = y[..., : width // 2], y[..., width // 2 :]
            return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)

        q = rope(self.linear(f"{prefix}q_proj.weight", x).reshape(count, heads, width))
        k = rope(self.linear(f"{prefix}k_proj.weight", x).reshape(count, kv_heads, width))
        v = self.linear(f"{prefix}v_proj.weight", x).reshape(count, kv_heads, width)
        mask = np.triu(np.full((count, count), -np.inf), 1)
        out = np.empty((count, heads, width))
        for head in range(heads):
            kv = head // (heads // kv_heads)
            scores = q[:, head] @ k[:, kv].T / np.sqrt(width) + mask
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            out[:, head] = scores / scores.sum(-1, keepdims=True) @ v[:, kv]
        normed = self.norm(f"{prefix}attn_sub_norm.weight", out.reshape(count, heads * width))
        return self.linear(f"{prefix}o_proj.weight", normed)

    def feed_forward(self, prefix, x):
        gate = np.maximum(self.linear(f"{prefix}gate_proj.weight", x), 0) ** 2
        gated = gate * self.linear(f"{prefix}up_proj.weight", x)
        return self.linear(f"{prefix}down_proj.weight", self.norm(f"{prefix}ffn_sub_norm.weight", gated))

    def logits(self, ids):
        """[tokens, vocabulary] f64."""
        width = self.config["head_dim"]
        x = self.weights["model.embed_tokens.weight"][ids]
        frequencies = self.config["rope_theta"] ** (-np.arange(0, width, 2) / width)
        angles = np.outer(np.arange(len(ids)), frequencies)[:, None]
        cos, sin = np.cos(angles), np.sin(angles)
        for layer in range(self.config["num_hidden_layers"]):
            prefix = f"model.layers.{layer}."
            normed = self.norm(f"{prefix}input_layernorm.weight", x)
            x = x + self.attention(f"{prefix}self_attn.", normed, cos, sin)
            normed = self.norm(f"{prefix}post_attention_layernorm.weight", x)
            x = x + self.feed_forward(f"{prefix}mlp.", normed)
        return self.norm("model.norm.weight", x) @ self.weights["model.embed_tokens.weight"].T


def golden_case(reference, tokenizer, chat, new_tokens=32):
    """Logits after a chat, the arg-max at each position, and the greedy answer."""
    end = tokenizer.special["<|eot_id|>"]
    ids = [tokenizer.special["<|begin_of_text|>"]]
    for role, content in chat:
        ids += [*tokenizer.encode(f"{role.capitalize()}: {content}"), end]
    ids += tokenizer.encode("Assistant:")
    logits = reference.logits(ids)
    greedy, gap = [], float("inf")
    while len(greedy) < new_tokens and greedy[-1:] != [end]:
        last = reference.logits(ids + greedy)[-1]
        second, best = np.sort(last)[-2:]
        gap = min(gap, float(best - second))
        greedy.append(int(last.argmax()))
    return {
        "messages": [{"role": role, "content": content} for role, content in chat],
        "ids": ids,
        "last_logits": [round(float(value), 6) for value in logits[-1]],
        "argmax_all": [int(row.argmax()) for row in logits],
        "greedy_ids": greedy,
        "greedy_text": tokenizer.decode(greedy),
        "min_top2_gap": round(gap, 5),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="folder that export.py wrote")
    parser.add_argument("out", help="golden.json to write")
    arguments = parser.parse_args()
    reference = Reference(arguments.folder)
    tokenizer = Tokenizer(os.path.join(arguments.folder, "tokenizer.json"))
    cases = []
    for chat in CHATS:
        cases.append(golden_case(reference, tokenizer, chat))
        print(repr(cases[-1]["greedy_text"]), cases[-1]["min_top2_gap"], flush=True)
    with open(arguments.out, "w", encoding="utf-8") as file:
        json.dump({"arithmetic": "W1.58A8 exact, f64", "cases": cases}, file)


if __name__ == "__main__":
    main()
