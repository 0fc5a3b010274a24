"""Grammar of the templates, the way people type, and the chat that is being written."""

import re

from .settings import MAX_TURNS
from .tables import (
    CODAS,
    NAME_WHY_OTHER,
    NAME_WHY_TERN,
    NAMES,
    NAMES_F,
    NAMES_M,
    ONSETS,
    PET_NAMES,
    PLURALS,
    REL_GENDER,
    RELATIVES,
    VOWELS,
)
from .text import words

NUMBER_WORDS = words(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen""",
    " ",
)
TENS = words("x x twenty thirty forty fifty sixty seventy eighty ninety", " ")
QUESTION = re.compile(
    r"(?:(?:and|so|ok|okay|hey|hi|hello|well|hmm|oh|no|but|one question|quick question|i wonder|do you think)[,.:]? ){0,2}(?:what(?! an? )|what's|who|who's|why|how|how's|where|when|which|whose|can|could|do|does|did|is|are|will|would|should|may|have you|has|am i|was|were)\b"
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def num(n):
    """A number from 0 to 100 in words."""
    if n < 20:
        return NUMBER_WORDS[n]
    if n == 100:
        return "one hundred"
    return TENS[n // 10] + ("-" + NUMBER_WORDS[n % 10] if n % 10 else "")


def cap(s):
    return s[:1].upper() + s[1:]


def an(noun):
    """The noun with a or an."""
    low = noun.lower()
    vowel = (
        low[0] in "aeiou"
        and not low.startswith(("uni", "use", "uk", "one", "eu"))
        or low.startswith(("hour", "honest"))
    )
    return ("an " if vowel else "a ") + noun


IRREGULAR = dict({p[0]: p[1] for p in PLURALS}, goldfish="goldfish", salmon="salmon")


def plural(noun):
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def listing(items, last="and"):
    items = list(items)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " " + last + " " + items[-1]


def spell(word):
    return "-".join(word.upper())


def parse(text):
    """'a [b|c] {d}' -> ['a ', [[' b'], ['c']], ('d',)]"""

    def seq(i, nested):
        out, buf = [], []
        while i < len(text):
            ch = text[i]
            if nested and ch in "|]":
                break
            if ch == "[" or ch == "{":
                if buf:
                    out.append("".join(buf))
                    buf = []
                if ch == "{":
                    j = text.index("}", i)
                    out.append((text[i + 1 : j],))
                    i = j + 1
                else:
                    alts = []
                    while True:
                        node, i = seq(i + 1, True)
                        alts.append(node)
                        if text[i] == "]":
                            break
                    out.append(alts)
                    i += 1
            else:
                buf.append(ch)
                i += 1
        if buf:
            out.append("".join(buf))
        return out, i

    return seq(0, False)[0]


TREES = {}
SPACES, BEFORE = re.compile(r" {2,}"), re.compile(r" +([,.!?])")


def expand(r, text, slots):
    tree = TREES.get(text)
    if tree is None:
        tree = TREES[text] = parse(text)
    out = []

    def walk(nodes):
        for n in nodes:
            if isinstance(n, str):
                out.append(n)
            elif isinstance(n, list):
                walk(n[int(r.random() * len(n))])
            else:
                k = n[0]
                if k[1:2] == ":":
                    v = an(slots[k[2:]])
                    out.append(cap(v) if k[0] == "A" else v)
                elif k in slots:
                    out.append(str(slots[k]))
                else:
                    out.append(cap(str(slots[k[0].lower() + k[1:]])))

    walk(tree)
    return SPACES.sub(" ", "".join(out)).strip(" ")


WORD = re.compile(r"[a-z]{4,}")
LONE_I = re.compile(r"\bi\b(?=$|[ ',.!?])")
SHORT = [
    (re.compile(r"\byou\b"), "u"),
    (re.compile(r"\bplease\b"), "pls"),
    (re.compile(r"\bare\b"), "r"),
    (re.compile(r"\bthanks\b"), "thx"),
    (re.compile(r"\bbecause\b"), "cos"),
    (re.compile(r"\bokay\b"), "ok"),
]


def typo(r, s, keep):
    """One slip of the finger in a word that the answer does not depend on."""
    keep = keep.lower()
    spans = [m for m in WORD.finditer(s) if m.group() not in keep]
    if not spans:
        return s
    m = spans[int(r.random() * len(spans))]
    w, i, kind = m.group(), m.start(), r.random()
    j = 1 + int(r.random() * (len(w) - 2))
    if kind < 0.4:
        w = w[:j] + w[j + 1] + w[j] + w[j + 2 :]
    elif kind < 0.75:
        w = w[:j] + w[j + 1 :]
    else:
        w = w[:j] + w[j] + w[j:]
    return s[:i] + w + s[m.end() :]


def messy(r, s, keep):
    """The way people type: casing, missing marks, short forms, a typo now and then."""
    s = BEFORE.sub(r"\1", s) if "=" not in s else s
    x = r.random()
    if s[-1:].isalnum() or s[-1:] in ")\"'":
        q = (
            QUESTION.match(s.lower())
            or ". what " in s
            or ", so what" in s
            or ". how many " in s
            or ". which " in s
            or ", how many " in s
        )
        if q:
            s += "?" if x < 0.62 else ("??" if x < 0.64 else "")
        else:
            s += "." if x < 0.3 else ("!" if x < 0.36 else "")
    elif s[-1:] in "?." and x < 0.25 and not s.endswith(".."):
        s = s[:-1]
    x = r.random()
    if x < 0.62:
        s = LONE_I.sub("I", cap(s))
    elif x > 0.8:
        s = s.lower()
    if "'" in s and r.random() < 0.25:
        s = s.replace("'", "")
    x = r.random()
    if x < 0.045:
        s = typo(r, s, keep)
    elif x < 0.06:
        p, short = SHORT[int(r.random() * len(SHORT))]
        s = p.sub(short, s)
    return s


def fresh_name(r):
    """A name that the model has not met, so that it must copy it."""
    s = r.choice(ONSETS) + r.choice(VOWELS) + r.choice(CODAS)
    return cap(s if len(s) > 2 else s + r.choice(ONSETS[:3]) + "a")


def person(r, g=""):
    return (
        fresh_name(r)
        if r.random() < 0.15
        else r.choice(NAMES_F if g == "f" else NAMES_M if g == "m" else NAMES)
    )


def relative(r):
    """A relative and a name that goes with it."""
    rel = r.choice(RELATIVES)
    return rel, person(r, REL_GENDER.get(rel, ""))


def pronouns(r, name):
    she = name in NAMES_F or (name not in NAMES_M and r.random() < 0.5)
    return ("she", "her", "her") if she else ("he", "his", "him")


def you_for_i(s):
    """I lost my toy -> you lost your toy"""
    out = re.sub(r"\bI am\b", "you are", s)
    out = re.sub(r"\bI was\b", "you were", out)
    out = re.sub(r"\bI\b|\bme\b", "you", out)
    return re.sub(r"\bmy\b", "your", out)


def pet_name(r):
    return r.choice(PET_NAMES) if r.random() < 0.7 else fresh_name(r)


class Chat:
    """One conversation that is being written."""

    def __init__(self, r, me, limit=MAX_TURNS):
        self.r, self.me, self.limit = r, me, limit
        self.turns, self.mem, self.used = [], {}, {}

    def ch(self, p):
        return self.r.random() < p

    def one(self, seq):
        return seq[int(self.r.random() * len(seq))]

    def some(self, seq, k):
        return self.r.sample(seq, k)

    def new(self, tag, seq):
        """One item that this chat has not used yet."""
        seen = self.used.setdefault(tag, [])
        for _ in range(9):
            i = int(self.r.random() * len(seq))
            if i not in seen:
                break
        seen.append(i)
        return seq[i]

    def last(self):
        return self.turns[-1][1] if self.turns else ""

    def asked(self):
        return self.last().endswith("?")

    def room(self, n=1):
        return len(self.turns) + n <= self.limit

    def fill(self, t, s):
        if not isinstance(t, str):
            t = self.one(t)
        s = dict(s)
        s.setdefault("me", self.me)
        if "{nm}" in t:
            name = self.mem.get("name")
            s["nm"] = ", " + name if name and self.ch(0.5) else ""
        if "{namewhy}" in t:
            s["namewhy"] = expand(self.r, self.one(NAME_WHY_TERN if self.me == "Tern" else NAME_WHY_OTHER), s)
        return expand(self.r, t, s)

    def say(self, user, bot, exact=False, **s):
        """Add one turn; user and bot are templates or lists of templates."""
        if not self.room():
            return False
        u = self.fill(user, s)
        if not exact:
            u = messy(self.r, u, " ".join(str(v) for v in s.values()))
        b = BEFORE.sub(r"\1", self.fill(bot, s)) if not exact else self.fill(bot, s)
        self.turns.append((u, cap(b)))
        return True

    def pair(self, options, **s):
        """Add one turn from a list of (user, bot) that belong together."""
        u, b = self.one(options)
        return self.say(u, b, **s)


ASK = "[||||please |can you |could you |can you please |would you |hey, |hi, |i want you to |ok, ]"  # before "tell me ..."
END = "[||||, please| please|]"
