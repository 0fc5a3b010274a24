"""Turns a corpus (train.jsonl, val.jsonl) into token ids: tokenizer.json, train.bin and val.bin (uint16).

Each line of the corpus is {"text": ...} or {"messages": [{"role", "content"}, ...]}.
"""

import argparse
import json
import os

import numpy as np

from bpe import Tokenizer, train, write_tokenizer


def read_records(corpus, split):
    """The records of one split."""
    with open(os.path.join(corpus, f"{split}.jsonl"), encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def texts_of(record):
    """The texts of a record: one, or one for each turn, with the role in front as the chat template writes it."""
    if "text" in record:
        return [record["text"]]
    return [f"{turn['role'].capitalize()}: {turn['content'].strip()}" for turn in record["messages"]]


def encode_split(tokenizer, corpus, split):
    """All ids of a split: begin, then a text and its end, or turns with an end after each."""
    begin = tokenizer.special["<|begin_of_text|>"]
    ids = []
    for record in read_records(corpus, split):
        end = tokenizer.special["<|end_of_text|>" if "text" in record else "<|eot_id|>"]
        ids.append(begin)
        for text in texts_of(record):
            ids += tokenizer.encode(text)
            ids.append(end)
    return ids


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", help="folder with train.jsonl and val.jsonl")
    parser.add_argument("out", help="folder for tokenizer.json, train.bin, val.bin")
    parser.add_argument("--vocabulary", type=int, default=4096, help="tokens, special ones included")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    path = os.path.join(arguments.out, "tokenizer.json")
    if not os.path.exists(path):
        # Every third record is enough for the merges.
        records = (r for index, r in enumerate(read_records(arguments.corpus, "train")) if index % 3 == 0)
        vocabulary, merges = train((t for r in records for t in texts_of(r)), arguments.vocabulary)
        write_tokenizer(path, vocabulary, merges)
        print(f"{path}: {len(vocabulary)} tokens, {len(merges)} merges", flush=True)
    tokenizer = Tokenizer(path)
    for split in ("val", "train"):
        ids = encode_split(tokenizer, arguments.corpus, split)
        np.array(ids, dtype=np.uint16).tofile(os.path.join(arguments.out, f"{split}.bin"))
        print(f"{split}: {len(ids)} tokens", flush=True)


if __name__ == "__main__":
    main()
