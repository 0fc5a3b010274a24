"""Skills: stories."""

import re

from .grammar import ASK, END, expand, fresh_name, pet_name, pronouns
from .settings import BOT_LEN
from .tables import (
    ANIMALS,
    FRAMES,
    HE,
    HELPERS,
    INTROS,
    KIND_FRAMES,
    KINDS,
    LEARN,
    MORALS,
    NAMES,
    NAMES_F,
    NAMES_M,
    NEXT,
    OBJECTS,
    PET_NAMES,
    PETS,
    PLACES,
    SHE,
    SNACKS,
    STARTS,
    STORY_ADJ,
)


# stories
def gender(r, k, name=""):
    if k in SHE or k in HE:
        return ("she", "her", "her") if k in SHE else ("he", "his", "him")
    return pronouns(r, name)


def story_name(c, k=""):
    x = c.r.random()
    if x < 0.5:
        return c.one(NAMES_F if k in SHE else NAMES_M if k in HE else NAMES)
    return c.one(PET_NAMES) if x < 0.75 else fresh_name(c.r)


THEMES = {}
for _f in FRAMES:
    for _t in _f[0].split(","):
        THEMES.setdefault(_t.strip(), []).append(_f)
THEME_KEYS = list(THEMES)


def make_story(c, theme=None, need=None, **fixed):
    """A story of five or six sentences, and the slots that it was made with."""
    s = dict(
        k=c.one(KINDS),
        adj=c.one(STORY_ADJ),
        p=c.one(PLACES),
        b=c.one(HELPERS),
        b2=c.one(HELPERS),
        o=c.one(OBJECTS),
        s=c.one(SNACKS),
        skill=c.one(LEARN),
    )
    s.update(fixed)
    s.setdefault("N", story_name(c, s["k"]))
    for key in ("b", "b2"):
        while s[key].split()[-1] == s["k"] or (key == "b2" and s["b2"] == s["b"]):
            s[key] = c.one(HELPERS)
    s["he"], s["his"], s["him"] = gender(c.r, s["k"], s["N"])
    for _ in range(30):
        if theme:
            frame = c.one(THEMES[theme])
        else:
            frame = c.one(KIND_FRAMES[s["k"]] if s["k"] in KIND_FRAMES and c.ch(0.3) else FRAMES)
        want, *rest = [c.one(x.split(";")) for x in frame[1:]]
        s["want"] = expand(c.r, want, s)
        parts = [expand(c.r, c.one(INTROS), s), "%s wanted %s." % (s["N"], s["want"])] + [
            expand(c.r, x, s) for x in rest
        ]
        text = " ".join(parts)
        if not need or s[need] in text:
            break
    s.update(theme=frame[0].split(",")[0], end=parts[-1], text=text)
    return text, s


STORY_ASK = ASK + "[tell me|write|make up|give me|write me|tell] "


def story_turn(c, s=None):
    """The request and the story; returns the slots, or None when it came out too long."""
    x = c.r.random()
    need = None
    fixed = {}
    if x < 0.16:
        ask = [
            STORY_ASK
            + "[a story|a short story|a little story|a tiny story|another story|a nice story|a bedtime story]",
            "[story time|a story|bedtime story]" + END,
            "i want to hear a story",
            "do you know a story",
            "can i have a story",
        ]
    elif x < 0.42:
        ask = [
            STORY_ASK + "[a story|a short story|a little story|a tale] about {a:k}",
            "a [|short |]story about {a:k}" + END,
            "do you know a story about {a:k}",
            "i want a story about {a:k}",
            "[story: |story about ]{a:k}",
        ]
    elif x < 0.54:
        ask = [
            STORY_ASK + "[a story|a short story|a tale] about {a:k} [named|called] {N}",
            "a story about {N} the {k}" + END,
            STORY_ASK + "a story about {N} the {k}",
            "i want a story with {a:k} called {N}",
        ]
    elif x < 0.64:
        ask = [
            STORY_ASK + "[a story|a short story] about {a:k} who lives {p}",
            "a story about {a:k} {p}" + END,
            STORY_ASK + "a story about {a:k} {p}",
        ]
    elif x < 0.74:
        need = "b"
        ask = [
            STORY_ASK + "[a story|a short story] about {a:k} and {a:b}",
            "a story with {a:k} and {a:b}" + END,
            "i want a story about {a:k} and {a:b}",
        ]
    elif x < 0.82:
        need = "o"
        ask = [
            STORY_ASK + "[a story|a short story] about {a:k} and {a:o}",
            "a story with {a:k} and {a:o}" + END,
            STORY_ASK + "a story with {a:o} in it",
        ]
    else:
        t = c.one(THEME_KEYS)
        fixed["theme"] = t
        ask = [
            STORY_ASK + "[a story|a short story] about {t}",
            "a story about {t}" + END,
            STORY_ASK + "[a story|a short story] about {t} with {a:k}",
            "i want a story about {t}",
        ]
        fixed["t"] = t
    if need:
        fixed["need"] = need
    if s:
        fixed.update(s)
    text, s = make_story(c, **fixed)
    if len(text) > BOT_LEN[1]:
        return None
    c.say(ask, "{text}", **s)
    return s


def story_questions(c, s, most=3):
    """Questions whose answers stand in the story."""
    pool = [
        (
            [
                "what was the {k}'s name",
                "what is the {k} called",
                "who was the {k}",
                "what was the name of the {k}",
                "who is the story about",
            ],
            ["The {k} was named {N}.", "The name of the {k} was {N}."],
        ),
        (["where did {N} live", "where does {N} live", "where did the {k} live"], "{N} lived {p}."),
        (["what did {N} want", "what does {N} want", "what was {N}'s wish"], "{N} wanted {want}."),
        (
            [
                "who was {N}",
                "what kind of animal was {N}" if s["k"] in ANIMAL_NAMES else "what was {N}",
                "what is {N}",
            ],
            "{N} was {a:k}.",
        ),
        (["how did it end", "what happened at the end", "how does the story end"], "{end}"),
        (
            [
                "make it shorter" + END,
                "can you say it in one sentence",
                "sum it up" + END,
                "what is it about in short",
            ],
            ["It is about {N} the {k}, who wanted {want}."],
        ),
    ]
    if s["theme"] in MORALS:
        pool.append(
            (
                [
                    "what can we learn from it",
                    "what is the lesson",
                    "what does the story teach",
                    "what is the point of the story",
                ],
                "It shows that {moral}.",
            )
        )
    x = re.search(r"\b(an?) " + re.escape(s["b"]) + r"\b", s["text"].lower())
    if x:
        pool.append(
            (
                ["who else was in the story", "who did {N} meet", "was there someone else"],
                "There was also {a:b} in the story.",
            )
        )
    for u, b in c.some(pool, c.r.randint(1, most)):
        c.say(u, b, moral=MORALS.get(s["theme"], ""), **s)


ANIMAL_NAMES = [a[0] for a in ANIMALS] + [
    "fox",
    "badger",
    "mole",
    "otter",
    "beaver",
    "puppy",
    "kitten",
    "pony",
    "snail",
]


def story_next(c, s):
    c.say(
        [
            "what happened next",
            "and then",
            "go on" + END,
            "continue" + END,
            "what happened after that",
            "tell me more" + END,
            "more" + END,
            "and what did {N} do then",
            "keep going",
        ],
        NEXT,
        **s,
    )


def sk_story(c):
    s = story_turn(c)
    if not s:
        return
    x = c.r.random()
    if x < 0.3:
        story_questions(c, s)
    elif x < 0.48:
        story_next(c, s)
        if c.ch(0.4):
            story_questions(c, s, 1)
    elif x < 0.62:
        k = c.one(KINDS)
        text, s2 = make_story(c, k=k) if c.ch(0.5) else make_story(c)
        if len(text) <= BOT_LEN[1]:
            if c.ch(0.5):
                c.say(
                    [
                        "now [tell me |]one about {a:k}",
                        "and one about {a:k}" + END,
                        "another one about {a:k}" + END,
                        "can you do one with {a:k}",
                    ],
                    "{text}",
                    **s2,
                )
            else:
                c.say(
                    ["another one" + END, "one more" + END, "again" + END, "another story" + END],
                    "{text}",
                    **s2,
                )
    elif x < 0.72:
        c.say(
            [
                "i like [it|that story|{N}]",
                "that was [nice|lovely|sweet|great]",
                "good story",
                "what a nice story",
                "i love {N}",
            ],
            [
                "Thank you! I like {N} too. [Would you like another story?|]",
                "I am glad that you liked the story of {N} the {k}.",
            ],
            **s,
        )
    elif x < 0.82:
        n = story_name(c)
        same = len(s["text"]) - len(s["N"]) * s["text"].count(s["N"]) + len(n) * s["text"].count(s["N"])
        if same <= BOT_LEN[1] and n != s["N"]:
            c.say(
                [
                    "change the name to {n}",
                    "can you call {him} {n}",
                    "use the name {n} instead",
                    "make the name {n}",
                ],
                "{x}",
                n=n,
                x=re.sub(r"\b" + s["N"] + r"\b", n, s["text"]),
                him=s["him"],
            )


def sk_story_continue(c):
    """The user begins, the model goes on."""
    start, ends = c.new("start", STARTS)
    s = dict(
        k=c.one(KINDS),
        b=c.one(HELPERS),
        b2=c.one(HELPERS),
        o=c.one(OBJECTS),
        s=c.one(SNACKS),
        skill=c.one(LEARN),
    )
    s["N"] = story_name(c, s["k"])
    while s["b"].split()[-1] == s["k"]:
        s["b"] = c.one(HELPERS)
    s["he"], s["his"], s["him"] = gender(c.r, s["k"], s["N"])
    s["x"] = expand(c.r, start, s)
    if c.ch(0.5):
        c.say(
            [
                "continue [this|the|my] story: {x}",
                "{x} what happens next",
                "{x} go on",
                "{x} continue the story",
                "finish my story: {x}",
                "go on with this: {x}",
                "here is the start of a story: {x}",
            ],
            ends,
            **s,
        )
    elif c.room(2):
        c.say(
            [
                "[let us|can we|shall we] write a story together",
                "i will start a story and you go on",
                "help me write a story",
                "i want to write a story with you",
                "can i start a story",
            ],
            [
                "Yes, please start! I will go on.",
                "With pleasure! How does it begin?",
                "Great idea! You begin.",
            ],
        )
        c.say("{x}", ends, **s)
    if not c.turns:
        return
    z = c.r.random()
    if z < 0.3:
        story_next(c, s)
    elif z < 0.5:
        c.say(
            ["what was the name of the {k}", "who is the story about", "what is the {k} called"],
            "The {k} was named {N}.",
            **s,
        )
    elif z < 0.6:
        c.say(
            ["nice", "i like it", "great", "good end", "cool story"],
            ["Thank you! You gave it a good start.", "We make a good team!"],
        )


def sk_story_mine(c):
    """A story with things that the user told."""
    pet, n = c.one(PETS[:12]), pet_name(c.r)
    c.say(
        [
            "i have a {pet} [named|called] {n}",
            "my {pet} is called {n}",
            "this is my {pet} {n}",
            "my {pet}'s name is {n}",
        ],
        [
            "{n} is a lovely name for a {pet}!",
            "Hello to {n} the {pet}!",
            "How nice! What does {n} like to do?",
        ],
        pet=pet,
        n=n,
    )
    text, s = make_story(c, k=pet, N=n)
    if len(text) > BOT_LEN[1]:
        text, s = make_story(c, k=pet, N=n)
    if len(text) <= BOT_LEN[1]:
        c.say(
            [
                STORY_ASK + "[a story|a short story] about [him|her|it|my {k}|{N}]",
                "a story about my {k}" + END,
                "can you tell a story with my {k} in it",
            ],
            "{text}",
            **s,
        )
        if c.ch(0.5):
            story_questions(c, s, 2)
        elif c.ch(0.4):
            story_next(c, s)
