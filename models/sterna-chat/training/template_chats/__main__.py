"""Writes the template chats and checks them."""

import argparse
import collections
import json
import random
import re

from .scenes import generate


def check(name="", out="", show=15):
    """Generates all chats, counts and checks them, prints samples, and writes them to `out` if given."""
    recs = list(generate(name))
    texts = [[m["content"] for m in x["messages"]] for x in recs]
    keys = collections.Counter("\n".join(t) for t in texts)
    wrong = sums = 0
    for t in texts:
        for b in t[1::2]:
            if b.startswith(("You wrote", "Your first line")):
                continue  # the user's own words
            for a, op, d, z in re.findall(r"(?<!\d )\b(\d+) ([-+x/]) (\d+) = (\d+)", b):
                a, d, z = int(a), int(d), int(z)
                sums += 1
                wrong += z != {"+": a + d, "-": a - d, "x": a * d, "/": a // d if d else None}[op]
    turns = collections.Counter(len(t) // 2 for t in texts)
    answers = collections.Counter(b for t in texts for b in t[1::2])
    print(
        "chats",
        len(recs),
        "exact duplicates",
        len(recs) - len(keys),
        "ascii",
        all(s.isascii() for t in texts for s in t),
    )
    print(
        "text bytes",
        sum(len(s) for t in texts for s in t),
        "json lines bytes",
        sum(len(json.dumps(x, separators=(",", ":"))) + 1 for x in recs),
    )
    print(
        "turns",
        sorted(turns.items()),
        "answers",
        sum(answers.values()),
        "distinct answers",
        len(answers),
        "sums checked",
        sums,
        "wrong",
        wrong,
    )
    print(
        "user length",
        min(len(s) for t in texts for s in t[::2]),
        max(len(s) for t in texts for s in t[::2]),
        "answer length",
        min(len(s) for t in texts for s in t[1::2]),
        max(len(s) for t in texts for s in t[1::2]),
    )
    r = random.Random(7)
    for t in r.sample(texts, show):
        print("---")
        for i, s in enumerate(t):
            print("    A:" if i % 2 else "U:", s)
    if out:
        with open(out, "w", encoding="ascii") as f:
            for x in recs:
                f.write(json.dumps(x, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="template_chats", description=__doc__)
    parser.add_argument("--name", default="", help="name of the assistant (default: Tern)")
    parser.add_argument("--out", default="", help="JSONL file to write (default: only check)")
    parser.add_argument("--show", type=int, default=15, help="how many sample chats to print")
    arguments = parser.parse_args()
    check(arguments.name, arguments.out, arguments.show)
