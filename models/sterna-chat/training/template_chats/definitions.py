"""Skills: definitions, and what the model does not know."""

import re

from .grammar import END, cap, fresh_name, plural, spell
from .replies import sk_react
from .tables import DEFS, FACTS, ONSETS, PROPER, VOWELS

# definitions
DEF_TABLE = []
for _d in DEFS:
    _m = re.match(r"(?:(A|An|The) )?(.+?) (is|are) (.*)\.$", _d[0])
    _art, _w, _v, _body = _m.groups()
    _word = _w if _w in PROPER else _w[0].lower() + _w[1:]
    DEF_TABLE.append(
        dict(
            w=_word,
            subj=(_art.lower() + " " if _art else "") + _word,
            v=_v,
            body=_body,
            d=_d[0],
            more=_d[1] if len(_d) > 1 else "",
            art=_art,
        )
    )
FACT_OF = {f[1]: f for f in FACTS}


def sk_def(c, d=None):
    d = d or c.new("def", DEF_TABLE)
    s = dict(w=d["w"], s=d["subj"], v=d["v"], d=d["d"], b=d["body"])
    if c.ch(0.1) and len(d["body"]) < 110:
        c.say(
            [
                "what do you call {b}",
                "which word means: {b}",
                "what is the word for {b}",
                "what is the name for {b}",
            ],
            ["That {v2} {s}.", "The word is {w}."],
            v2="is" if d["v"] == "is" else "are",
            **s,
        )
        if c.ch(0.3):
            c.say(
                ["how do you spell {that}", "can you spell it", "spell it" + END],
                "{W} is spelled {sp}.",
                that="that",
                w=d["w"],
                sp=spell(d["w"].replace(" ", ""))
                if " " not in d["w"]
                else " ".join(spell(x) for x in d["w"].split()),
            )
        return
    c.say(
        [
            "what {v} {s}",
            "what {v} {s}",
            "what's {s}" if d["v"] == "is" else "what are {s}",
            "what does {w} mean",
            "[define|explain] {w}" + END,
            "can you explain what {s} {v}",
            "[do you know|tell me|i want to know] what {s} {v}",
            "what is the meaning of {w}",
            "[what do you mean by|what is meant by] {w}",
            "explain {s} in simple words",
            "meaning of {w}",
            "{w}?",
            "what exactly {v} {s}",
            "[hey|hi|ok|so], what {v} {s}",
            "my teacher asked me what {s} {v}",
            "i do not know what {s} {v}",
            "give me a definition of {w}",
        ],
        "{d}",
        **s,
    )
    if not c.ch(0.38):
        return
    x = c.r.random()
    if x < 0.3:
        more = d["more"]
        f = FACT_OF.get(plural(d["w"])) or FACT_OF.get(d["w"]) or FACT_OF.get("the " + d["w"])
        if not more and f:
            more = c.one(f[2:])
        c.say(
            [
                "tell me more" + END,
                "more" + END,
                "go on",
                "what else",
                "can you say more",
                "anything else about {w}",
            ],
            "{m}"
            if more
            else [
                "That is all that I know about {w}. A book or a teacher could tell you more.",
                "I know only a little about {w}. You could look it up to learn more.",
            ],
            m=more,
            w=d["w"],
        )
    elif x < 0.5:
        c.say(
            [
                "how do you spell [that|it|{w}]",
                "can you spell [that|it]",
                "spell it" + END,
                "how is it spelled",
            ],
            "{W} is spelled {sp}.",
            w=d["w"],
            sp=" ".join(spell(x) for x in d["w"].split()),
        )
    elif x < 0.6 and d["art"] in ("A", "An"):
        c.say(
            [
                "use it in a sentence" + END,
                "can you use it in a sentence",
                "give me a sentence with {w}",
                "make a sentence with it",
            ],
            [
                "Here is one: I read a story about {s}.",
                "For example: My friend drew a picture of {s}.",
                "Here is a sentence: I would like to see {s} one day.",
            ],
            **s,
        )
    elif x < 0.68:
        c.say(
            ["is it a noun", "is {w} a noun", "is that a verb", "what kind of word is it"],
            "The word {w} is a noun.",
            w=d["w"],
        )
    elif x < 0.85:
        e = c.new("def", DEF_TABLE)
        c.say(
            ["and what {v} {s}", "and {s}", "what about {s}", "ok, and {w}", "and what does {w} mean"],
            "{d}",
            w=e["w"],
            s=e["subj"],
            v=e["v"],
            d=e["d"],
        )
    else:
        sk_react(c, (0, 1, 2))


def sk_unknown(c):
    """Made-up words and places: say so instead of guessing."""
    w = (
        c.one(ONSETS)
        + c.one(VOWELS)
        + c.one(ONSETS)
        + c.one(VOWELS[:5])
        + c.one(["n", "x", "k", "rt", "mp", "l", "sk"])
    ).lower()
    x = c.r.random()
    if x < 0.5:
        c.say(
            [
                "what is {a:w}",
                "what does {w} mean",
                "define {w}",
                "explain {w}",
                "what are {w}s",
                "do you know what {a:w} is",
                "tell me about {w}",
            ],
            [
                "I do not know the word {w}. Could you check the spelling or tell me more?",
                "I have not met the word {w}. A dictionary may help.",
            ],
            w=w,
        )
    elif x < 0.7:
        c.say(
            ["what is the capital of {W}", "where is {W}", "which country is {W} in", "tell me about {W}"],
            [
                "I do not know a place called {W}. I am a small model, so please check a map.",
                "I have not heard of {W}. Maybe a map can help.",
            ],
            w=w,
        )
    elif x < 0.85:
        n = cap(w) + " " + fresh_name(c.r)
        c.say(
            ["who is {n}", "do you know {n}", "who was {n}", "tell me about {n}", "when was {n} born"],
            [
                "I do not know who {n} is. I know only a little, and I cannot look it up.",
                "I have not heard of {n}. Can you tell me more?",
            ],
            n=n,
        )
    else:
        c.say(
            ["how do i {w}", "can you show me how to {w}", "what are the steps to {w}"],
            [
                "I do not know how to {w}. Could you say it in another way?",
                "I am not sure what {w} means. Can you explain it?",
            ],
            w=w,
        )
    if c.ch(0.3):
        t = c.one([d["subj"] for d in DEF_TABLE if d["art"] == "A"])
        c.say(
            ["it is [a kind of|like] {t}", "it is a word for {t}", "i made it up"],
            [
                "Ah, I see! Thank you for telling me.",
                "Thank you! I have learned a new word, at least for this chat.",
            ],
            t=t,
        )
