"""Skills: words and letters."""

from .definitions import DEF_TABLE
from .grammar import END, LETTERS, cap, fresh_name, num, person, spell
from .tables import CATEGORIES, HELLOS, OPPOSITES, ORDINALS, PLURALS, RHYMES, SPELL_WORDS, SYNONYMS, VERBS

# words and letters
OPP = {}
for _a, _b in OPPOSITES:
    OPP.setdefault(_a, _b)
for _a, _b in OPPOSITES:
    OPP.setdefault(_b, _a)
OPP_WORDS = list(OPP)
ALL_WORDS = list(
    dict.fromkeys(
        [w for w in SPELL_WORDS]
        + [x for k in CATEGORIES for x in CATEGORIES[k] if " " not in x]
        + [d["w"] for d in DEF_TABLE if " " not in d["w"]]
    )
)
LOWER_WORDS = [w for w in ALL_WORDS if w.islower()]


def sk_opposite(c):
    w = c.new("opp", OPP_WORDS)
    c.say(
        [
            "[what is|what's|tell me|give me|do you know] the opposite of {w}",
            "[opposite of {w}|the opposite of {w}]" + END,
            "which word is the opposite of {w}",
            "what is the reverse of {w}",
            "i need the opposite of {w}",
            "{w} - opposite?",
        ],
        ["The opposite of {w} is {o}."],
        w=w,
        o=OPP[w],
    )
    while c.ch(0.3) and c.room():
        w = c.new("opp", OPP_WORDS)
        c.say(
            ["and {w}", "and of {w}", "what about {w}", "{w}?", "now {w}", "and the opposite of {w}"],
            "The opposite of {w} is {o}.",
            w=w,
            o=OPP[w],
        )


def sk_synonym(c):
    a = c.new("syn", SYNONYMS)
    c.say(
        [
            "[what is|tell me|give me|i need|do you know] [another word|a synonym|a different word] for {w}",
            "[another word for|synonym of|synonym for|a word like] {w}" + END,
            "how else can i say {w}",
            "what can i say instead of {w}",
            "which word means the same as {w}",
        ],
        ["Another word for {w} is {a}.", "You can say {a} or {b}."],
        w=a[0],
        a=a[1],
        b=a[2],
    )
    if c.ch(0.3):
        if "or" in c.turns[-1][1].split():
            b = c.new("syn", SYNONYMS)
            c.say(
                ["and {w}", "what about {w}", "and for {w}"],
                "You can say {a} or {b}.",
                w=b[0],
                a=b[1],
                b=b[2],
            )
        else:
            c.say(["another one" + END, "one more" + END, "and another"], "You can also say {b}.", b=a[2])


def sk_rhyme(c):
    g = c.new("rhyme", RHYMES)
    w = c.one(g)
    rest = [x for x in g if x != w]
    x = c.r.random()
    if x < 0.65:
        c.say(
            [
                "what rhymes with {w}",
                "[give me|tell me] a [word that rhymes|rhyme] with {w}",
                "[a rhyme for|a word that rhymes with] {w}" + END,
                "which words rhyme with {w}",
                "i need a rhyme for {w}",
            ],
            "{A} rhymes with {w}." if len(rest) == 1 or c.ch(0.4) else "{A} and {b} rhyme with {w}.",
            w=w,
            a=rest[0],
            b=rest[-1],
        )
    elif x < 0.85:
        c.say(
            ["do {w} and {a} rhyme", "does {w} rhyme with {a}", "is {a} a rhyme for {w}"],
            "Yes, {w} and {a} rhyme.",
            w=w,
            a=c.one(rest),
        )
    else:
        h = c.one(RHYMES)
        if h is g:
            return
        c.say(
            ["do {w} and {a} rhyme", "does {w} rhyme with {a}", "is {a} a rhyme for {w}"],
            "No, {w} and {a} do not rhyme. But {w} rhymes with {b}.",
            w=w,
            a=c.one(h),
            b=rest[0],
        )


def sk_plural(c):
    a, b = c.new("plural", PLURALS)
    if c.ch(0.7):
        c.say(
            [
                "what is the plural of {a}",
                "plural of {a}" + END,
                "how do i say more than one {a}",
                "one {a}, two what",
                "one {a}, many what",
                "do you know the plural of {a}",
                "what's the plural form of {a}",
            ],
            "The plural of {a} is {b}.",
            a=a,
            b=b,
        )
    elif a != b:
        c.say(
            ["what is the singular of {b}", "one of the {b} is a what", "singular of {b}" + END],
            "The singular of {b} is {a}.",
            a=a,
            b=b,
        )
    else:
        c.say(["what is the plural of {a}"], "The plural of {a} is also {a}.", a=a)


def sk_tense(c):
    base, third, past, rest = c.new("verb", VERBS)
    x = c.r.random()
    n = person(c.r)
    s = dict(a=base, b=third, p=past, t=rest, n=n)
    if x < 0.3:
        c.say(
            [
                "what is the past [tense |form |]of {a}",
                "past of {a}" + END,
                "today i {a}, yesterday i what",
                "how do i say {a} in the past",
            ],
            "The past of {a} is {p}.",
            **s,
        )
    elif x < 0.5:
        c.say(
            [
                "[put this|say this|write this|change this] [in|into] the past: {n} {b} {t}.",
                "past tense: {n} {b} {t}",
                "make this past: {n} {b} {t}.",
            ],
            "{n} {p} {t}.",
            **s,
        )
    elif x < 0.7:
        c.say(
            [
                "[put this|say this|write this|change this] [in|into] the future: {n} {b} {t}.",
                "future: {n} {b} {t}",
                "make this about tomorrow: {n} {b} {t}.",
            ],
            "{n} will {a} {t}.",
            **s,
        )
    elif x < 0.85:
        c.say(
            ["[make this|turn this into] a question: {n} {b} {t}.", "question form: {n} {b} {t}"],
            "Does {n} {a} {t}?",
            **s,
        )
    else:
        c.say(
            [
                "make this negative: {n} {b} {t}.",
                "say that this is not true: {n} {b} {t}.",
                "negative form: {n} {b} {t}",
            ],
            "{n} does not {a} {t}.",
            **s,
        )


def sk_spell(c):
    w = c.new("spell", ALL_WORDS)
    x = c.r.random()
    if x < 0.5:
        c.say(
            [
                "how do [you|i] spell {w}",
                "[spell|please spell|can you spell|spell for me:] {w}",
                "how is {w} spelled",
                "what's the spelling of {w}",
                "i cannot spell {w}",
                "spell the word {w}" + END,
            ],
            "{W} is spelled {sp}.",
            w=w,
            sp=spell(w),
        )
    elif x < 0.65:
        c.say(
            ["how many letters are in {w}", "how many letters does {w} have", "count the letters in {w}"],
            "The word {w} has {n} letters: {sp}.",
            w=w,
            n=len(w),
            sp=spell(w),
        )
    elif x < 0.8:
        first = c.ch(0.6)
        c.say(
            [
                "what is the {f} letter of {w}",
                "which letter does {w} {se} with",
                "what letter does {w} {se} with",
            ],
            "The word {w} {se}s with the letter {l}.",
            w=w,
            f="first" if first else "last",
            se="start" if first else "end",
            l=(w[0] if first else w[-1]).upper(),
        )
    elif x < 0.9:
        sp = spell(w)
        c.say(
            ["what word is {sp}", "what does {sp} spell", "which word do these letters make: {sp}"],
            "{sp} spells {w}.",
            w=w,
            sp=sp,
        )
    else:
        l = c.one(LETTERS[:20])
        has = l.lower() in w.lower()
        c.say(
            [
                "is there [a|the letter] {l} in {w}",
                "does {w} have the letter {l}",
                "does the word {w} have {l} in it",
            ],
            "Yes, {w} has the letter {l}: {sp}." if has else "No, {w} does not have the letter {l}: {sp}.",
            w=w,
            l=l,
            sp=spell(w),
        )
    if x < 0.5 and c.ch(0.25):
        w = c.new("spell", ALL_WORDS)
        c.say(
            ["and {w}", "what about {w}", "ok, and {w}", "now spell {w}"],
            "{W} is spelled {sp}.",
            w=w,
            sp=spell(w),
        )


def sk_alphabet(c):
    i = c.r.randint(1, 24)
    l = LETTERS[i]
    x = c.r.random()
    if x < 0.3:
        c.say(
            [
                "what [letter comes|comes] after {l}",
                "which letter is after {l}",
                "what is the next letter after {l}",
                "{l} and then",
                "after the letter {l} comes what",
            ],
            "The letter after {l} is {m}.",
            l=l,
            m=LETTERS[i + 1],
        )
    elif x < 0.55:
        c.say(
            [
                "what letter comes before {l}",
                "which letter is before {l}",
                "what is before {l} in the alphabet",
            ],
            "The letter before {l} is {m}.",
            l=l,
            m=LETTERS[i - 1],
        )
    elif x < 0.65 and l != "Y":
        if c.ch(0.5):
            c.say(
                ["is {l} a vowel", "is the letter {l} a vowel"],
                "Yes, {l} is a vowel." if l in "AEIOU" else "No, {l} is a consonant.",
                l=l,
            )
        else:
            c.say(
                ["is {l} a vowel or a consonant", "what kind of letter is {l}"],
                "{l} is a vowel." if l in "AEIOU" else "{l} is a consonant.",
                l=l,
            )
    elif x < 0.72:
        c.say(
            [
                "say the alphabet",
                "what is the alphabet",
                "tell me the alphabet",
                "write the alphabet" + END,
                "can you say the abc",
            ],
            "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z.",
        )
    elif x < 0.78:
        c.say(
            [
                "how many letters are in the alphabet",
                "how many vowels are there",
                "what are the vowels",
                "how many letters does english have",
            ],
            "The English alphabet has 26 letters. The vowels are A, E, I, O and U.",
        )
    elif x < 0.9:
        k = c.r.randint(0, 11)
        c.say(
            [
                "what is the {o} letter of the alphabet",
                "which letter is number {n} in the alphabet",
                "letter number {n}",
            ],
            "The {o} letter of the alphabet is {l}.",
            o=ORDINALS[k],
            n=k + 1,
            l=LETTERS[k],
        )
    else:
        l = c.one("ABCDEFGHLMPRST")
        a, b, d = c.some([w for w in LOWER_WORDS if w[0].upper() == l], 3)
        c.say(
            [
                "[tell me|give me|name] [a word|some words|words|three words] that start with {l}",
                "which words start with {l}",
                "words with {l}" + END,
            ],
            "{A}, {b} and {d} start with {l}.",
            l=l,
            a=a,
            b=b,
            d=d,
        )


def sk_order_words(c):
    a, b, d = c.some(LOWER_WORDS, 3)
    if len({a[0], b[0], d[0]}) < 3:
        return
    first = min(a, b)
    x = c.r.random()
    if x < 0.35:
        c.say(
            ["which comes first in the alphabet, {a} or {b}", "which word comes first, {a} or {b}"],
            "The word {f} comes first.",
            a=a,
            b=b,
            f=first,
        )
    elif x < 0.5:
        c.say(
            ["is {a} before {b} in the alphabet", "does {a} come before {b} in the alphabet"],
            "Yes, {f} comes first." if first == a else "No, {f} comes first.",
            a=a,
            b=b,
            f=first,
        )
    else:
        c.say(
            [
                "put these words in ABC order: {a}, {b}, {d}",
                "sort these words: {a}, {b}, {d}",
                "put these in alphabetical order: {a}, {b}, {d}",
            ],
            "{x}.",
            a=a,
            b=b,
            d=d,
            x=", ".join(sorted([a, b, d])),
        )


def sk_repeat(c):
    x = c.r.random()
    if x < 0.35:
        w = c.one(LOWER_WORDS) if c.ch(0.6) else fresh_name(c.r).lower()
        n = c.r.randint(2, 5)
        c.say(
            [
                "say {w} {n} times",
                "[write|repeat|type] {w} {n} times",
                "please say {w} {n} times",
                "say the word {w} {k} times",
            ],
            "{x}.",
            w=w,
            n=num(n),
            k=n,
            x=", ".join([w] * n) if len(w) * n > 6 else ", ".join([w] * n) + "! " + cap(w),
        )
    elif x < 0.7:
        v = c.one(VERBS)
        t = "%s %s %s." % (person(c.r), v[1], v[3])
        c.say(
            [
                "repeat after me: {t}",
                "say this: {t}",
                "copy this: {t}",
                "please say: {t}",
                "write this again: {t}",
                "repeat: {t}",
            ],
            "{t}",
            t=t,
        )
    else:
        ws = c.some(LOWER_WORDS, c.r.randint(3, 5))
        c.say(
            ["repeat these words: {t}", "say these words: {t}", "copy this list: {t}", "repeat: {t}"],
            "{t}.",
            t=", ".join(ws),
        )
        if c.ch(0.5):
            k = c.r.randint(0, len(ws) - 1)
            if c.ch(0.6):
                c.say(
                    ["what was the {o} word", "which word was {o}", "tell me the {o} one"],
                    "The {o} word was {w}.",
                    o=ORDINALS[k],
                    w=ws[k],
                )
            else:
                c.say(
                    ["how many words were there", "how many words did i give you"],
                    "There were {n} words.",
                    n=num(len(ws)),
                )


def sk_hello_in(c):
    l, h, t, g = c.new("lang", HELLOS)
    x, w = c.one([("hello", h), ("thank you", t), ("goodbye", g)])
    c.say(
        [
            "how do you say {x} in {l}",
            "what is {x} in {l}",
            "{x} in {l}" + END,
            "say {x} in {l}",
            "translate {x} into {l}",
            "teach me {x} in {l}",
        ],
        "In {l}, {x} is {w}.",
        l=l,
        x=x,
        w=w,
    )
    if c.ch(0.35):
        y, v = c.one([("hello", h), ("thank you", t), ("goodbye", g)])
        if y != x:
            c.say(
                ["and {y}", "what about {y}", "and how do you say {y}"], "In {l}, {y} is {v}.", l=l, y=y, v=v
            )
