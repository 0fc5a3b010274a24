"""Exports trained weights (last.pt) as a Hugging Face folder with packed ternary matrices.

The folder is what `sterna convert` reads.
"""

import argparse
import json
import os
import shutil

import numpy as np
import torch

from bpe import Tokenizer
from checkpoint import from_bf16, is_matrix, pack, ternarise, to_bf16, write_safetensors

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ message['role'] | capitalize + ': ' + message['content'] | trim + '<|eot_id|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)


def pack_weights(state):
    """Name to (dtype, array), from a state dict. Weights pass through bf16 first, like a published master."""
    tensors = {}
    for name in sorted(f"model.{key}" for key in state):
        bits = to_bf16(state[name.removeprefix("model.")].float().numpy())
        if is_matrix(name):
            codes, scale = ternarise(from_bf16(bits))
            tensors[name] = ("U8", pack(codes))
            tensors[f"{name}_scale"] = ("F32", np.array([scale], np.float32))
        else:
            tensors[name] = ("BF16", bits)
    return tensors


def model_config(shape):
    """config.json."""
    return {
        "architectures": ["BitNetForCausalLM"],
        "model_type": "bitnet",
        "hidden_act": "relu2",
        **shape,
        "max_position_embeddings": 1024,
        "tie_word_embeddings": True,
        "attention_bias": False,
        "torch_dtype": "bfloat16",
        "quantization_config": {
            "quant_method": "bitnet",
            "linear_class": "autobitlinear",
            "quantization_mode": "offline",
        },
    }


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", help="last.pt")
    parser.add_argument("config", help="model.json")
    parser.add_argument("tokenizer", help="tokenizer.json")
    parser.add_argument("out", help="folder to write")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    state = torch.load(arguments.weights, map_location="cpu")
    write_safetensors(os.path.join(arguments.out, "model.safetensors"), pack_weights(state))
    shutil.copy(arguments.tokenizer, os.path.join(arguments.out, "tokenizer.json"))
    with open(arguments.config, encoding="utf-8") as file:
        write_json(arguments.out, "config.json", model_config(json.load(file)))
    special = Tokenizer(arguments.tokenizer).special
    tokenizer_config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|begin_of_text|>",
        "eos_token": "<|eot_id|>",
        "pad_token": "<|pad|>",
        "add_bos_token": False,
        "model_max_length": 1024,
        "chat_template": TEMPLATE,
    }
    write_json(arguments.out, "tokenizer_config.json", tokenizer_config)
    generation_config = {
        "bos_token_id": special["<|begin_of_text|>"],
        "eos_token_id": [special["<|eot_id|>"], special["<|end_of_text|>"]],
        "pad_token_id": special["<|pad|>"],
        "temperature": 0.4,
        "top_p": 0.9,
        "repetition_penalty": 1.05,
    }
    write_json(arguments.out, "generation_config.json", generation_config)


if __name__ == "__main__":
    main()
