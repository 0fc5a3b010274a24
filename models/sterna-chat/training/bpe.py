"""Byte-level byte-pair encoding: trains a vocabulary, encodes and decodes, writes Hugging Face's tokenizer.json."""

import collections
import heapq
import json

import regex

# GPT-2's word pattern, with a last alternative for white space that the others leave.
WORDS = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
SPECIAL_TOKENS = ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|pad|>"]


def byte_map():
    """Byte to the character that stands for it: printable ones for themselves, the others from U+0100 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    mapping = {byte: chr(byte) for byte in printable}
    others = (byte for byte in range(256) if byte not in mapping)
    return mapping | {byte: chr(256 + index) for index, byte in enumerate(others)}


def train(texts, vocabulary_size, specials=SPECIAL_TOKENS):
    """Learns merges from texts. Returns (vocabulary: text to id, merges: pairs in rank order)."""
    mapped = byte_map()
    counts = collections.Counter()
    for text in texts:
        counts.update(WORDS.findall(text))
    words = [([mapped[b] for b in word.encode()], count) for word, count in counts.items() if count >= 2]
    vocabulary = [mapped[byte] for byte in range(256)]
    pairs = collections.Counter()
    where = collections.defaultdict(set)
    for index, (pieces, count) in enumerate(words):
        for pair in zip(pieces, pieces[1:]):
            pairs[pair] += count
            where[pair].add(index)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    merges = []
    while len(vocabulary) + len(specials) < vocabulary_size and heap:
        count, pair = heapq.heappop(heap)
        if pairs.get(pair, 0) != -count:  # a stale entry: put it back with its present count
            if pairs.get(pair, 0) > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        merges.append(pair)
        vocabulary.append(pair[0] + pair[1])
        for changed in _merge_everywhere(pair, words, pairs, where):
            if pairs.get(changed, 0) > 0:
                heapq.heappush(heap, (-pairs[changed], changed))
    return {text: index for index, text in enumerate(vocabulary + specials)}, merges


def _merge_everywhere(pair, words, pairs, where):
    """Replaces a pair in all words, keeps the counts right, and returns the pairs whose counts changed."""
    changed = set()
    for index in list(where[pair]):
        pieces, count = words[index]
        for old in zip(pieces, pieces[1:]):
            pairs[old] -= count
            changed.add(old)
        pieces = merge_pair(pieces, pair)
        words[index] = (pieces, count)
        for new in zip(pieces, pieces[1:]):
            pairs[new] += count
            where[new].add(index)
            changed.add(new)
    pairs.pop(pair, None)
    return changed


def merge_pair(pieces, pair):
    """Joins every occurrence of a pair, from the left."""
    merged = []
    at = 0
    while at < len(pieces):
        if tuple(pieces[at : at + 2]) == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(pieces[at])
            at += 1
    return merged


def write_tokenizer(path, vocabulary, merges, specials=SPECIAL_TOKENS):
    """Writes tokenizer.json."""
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    byte_level = {"type": "ByteLevel", "trim_offsets": True, "use_regex": True}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": vocabulary[text], "content": text, **flags} for text in specials],
        "normalizer": None,
        "pre_tokenizer": {**byte_level, "add_prefix_space": False},
        "post_processor": None,
        "decoder": {**byte_level, "add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": vocabulary,
            "merges": [list(pair) for pair in merges],
        },
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tokenizer, file, ensure_ascii=False)


class Tokenizer:
    """Encodes and decodes with a tokenizer.json that write_tokenizer wrote."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            tokenizer = json.load(file)
        self.vocabulary = tokenizer["model"]["vocab"]
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(tokenizer["model"]["merges"])}
        self.special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
        self.byte_to_char = byte_map()
        self.char_to_byte = {char: byte for byte, char in self.byte_to_char.items()}
        self.text_of_id = {index: text for text, index in {**self.vocabulary, **self.special}.items()}
        self.cache = {}

    def encode(self, text):
        """Ids of a text; special tokens in it are not recognised."""
        return [index for word in WORDS.findall(text) for index in self._word(word)]

    def decode(self, ids):
        """Text of ids, special tokens included."""
        data = bytearray()
        for index in ids:
            text = self.text_of_id[int(index)]
            data += text.encode() if text in self.special else bytes(self.char_to_byte[char] for char in text)
        return data.decode("utf-8", "replace")

    def _word(self, word):
        known = self.cache.get(word)
        if known is None:
            pieces = [self.byte_to_char[byte] for byte in word.encode()]
            while len(pieces) > 1:
                pairs = list(zip(pieces, pieces[1:]))
                best = min(pairs, key=lambda pair: self.ranks.get(pair, 1 << 30))
                if best not in self.ranks:
                    break
                pieces = merge_pair(pieces, best)
            known = self.cache[word] = [self.vocabulary[piece] for piece in pieces]
        return known
