"""Skills: jokes, riddles, twisters and facts."""

import re

from .grammar import ASK, END, an, plural
from .replies import sk_react
from .tables import FACTS, JOKES, KIND_NAMES, RIDDLES, TWISTERS
from .text import words

# jokes, riddles, twisters, facts
JOKE_TOPICS = {}
for _w in words(
    """tern seabird robot spider pencil ruler book map soup pancake bread egg potato lemon onion cat rock sock shoe button blanket pillow towel soap roof ladder clock lamp candle broom anchor
river sea thunder sun moon cloud snowman rain mountain tree flower cactus hedgehog giraffe crab octopus whale fish duck bee snail kangaroo frog caterpillar bat dog sheep camel rabbit owl bus train drum guitar
piano wizard kite bucket cheese mouse computer glove strawberry""",
    " ",
):
    _js = [j for j in JOKES if re.search(r"\b" + _w + r"s?\b", (j[0] + " " + j[1]).lower())]
    if _js:
        JOKE_TOPICS[_w] = _js
JOKE_WORDS = list(JOKE_TOPICS)
JOKE_ABOUT = {w: [w] for w in words("bread soup cheese rain soap thunder", " ")}
JOKE_ABOUT.update({w: ["the " + w] for w in words("sun moon sea", " ")})
TELL = ASK + "[tell me|give me|say|share|let me hear] "


def sk_joke(c):
    x = c.r.random()
    topic, w = "", "joke"
    if x < 0.3:
        w = c.one(JOKE_WORDS)
        topic = c.one(JOKE_ABOUT.get(w) or [an(w), plural(w)])
        ask, (q, a) = (
            [
                TELL + "a [|funny |good |short ]joke about {t}",
                "[do you know|have you got] a joke about {t}",
                "a joke about {t}" + END,
                "i want a joke about {t}",
            ],
            c.one(JOKE_TOPICS[w]),
        )
    else:
        ask, (q, a) = (
            [
                TELL
                + "[a joke|a funny joke|a short joke|a clean joke|another joke|a good joke|a silly joke]",
                "make me [laugh|smile]" + END,
                "[do you know|got] any jokes",
                "[joke|a joke|joke time]" + END,
                "i need a [joke|laugh]",
                "say something funny",
                "i want to hear a joke",
                "cheer me up[| with a joke]",
                "know any good jokes",
            ],
            c.new("joke", JOKES),
        )
    told = [q]

    def another():
        j = c.new("joke", JOKES)
        while j[0] in told:
            j = c.one(JOKES)
        told.append(j[0])
        return dict(q=j[0], a=j[1])

    if c.ch(0.4) and c.room(2):
        c.say(ask, "{q}", q=q, t=topic)
        c.say(
            [
                "[i do not know|i give up|no idea|tell me|why|hmm, i do not know|dunno|what|i have no clue|ok, why|please tell me]"
                if q.startswith("Why")
                else "[i do not know|i give up|no idea|tell me|hmm, i do not know|dunno|what|please tell me]"
            ],
            "{a}",
            a=a,
        )
    else:
        c.say(ask, ["{q} {a}", "{q} {a}", "Here is one. {q} {a}"], q=q, a=a, t=topic)
    x = c.r.random()
    if x < 0.2:
        c.say(
            [
                "another one" + END,
                "one more" + END,
                "again" + END,
                "tell me another[| one| joke]",
                "more[| please| jokes]",
                "next",
            ],
            ["{q} {a}", "Okay, one more! {q} {a}", "Sure! {q} {a}"],
            **another(),
        )
    elif x < 0.35:
        c.say(
            [
                "haha",
                "lol",
                "ha ha[|, good one]",
                "hahaha",
                "that is funny",
                "good one",
                "so funny",
                "very funny",
                "i like that one",
            ],
            ["I am glad that you laughed! [Another one?|]", "Hooray, it worked! Do you want one more?"],
        )
        if c.asked() and c.ch(0.6):
            c.pair(
                [
                    (["yes", "yes please", "sure", "go on", "ok", "yes, one more"], "{q} {a}"),
                    (["yes", "yes please", "sure"], "{q} {a}"),
                    (
                        ["no, thanks", "no", "not now", "maybe later"],
                        [
                            "Okay! What would you like to do instead?",
                            "All right! I have more jokes when you want one.",
                        ],
                    ),
                ],
                **another(),
            )
    elif x < 0.42:
        c.say(
            [
                "i don't get it",
                "what does that mean",
                "explain the joke",
                "why is that funny",
                "i do not understand",
            ],
            [
                "It is a play on words: one word sounds like another. Jokes are hard to explain. Shall I tell a better one?"
            ],
        )
    elif x < 0.47:
        c.say(
            ["that is not funny", "bad joke", "not funny", "that was bad", "terrible"],
            ["Sorry! My jokes are as small as I am. Shall I try another one?"],
        )
        if c.ch(0.5):
            c.say(["yes", "ok, try again", "one more try", "go on"], "{q} {a}", **another())


def sk_riddle(c):
    q, a = c.new("riddle", RIDDLES)
    key = re.sub(r"^(an?|the|your) ", "", a)
    c.say(
        [
            TELL + "[a riddle|a short riddle|an easy riddle|a riddle please|another riddle]",
            "do you know [a riddle|any riddles]",
            "[riddle|a riddle|riddle time]" + END,
            "ask me a riddle" + END,
            "i want a riddle",
            "let's do a riddle",
            "test me with a riddle",
        ],
        "{q} What am I?",
        q=q,
    )
    x = c.r.random()
    if x < 0.4:
        c.say(
            ["{a}", "is it {a}", "[a |]{k}", "you are {a}", "i think it is {a}", "{a}?", "maybe {a}"],
            ["Yes! I am {a}. Well done!", "That is right, I am {a}! [Do you want another one?|]"],
            a=a,
            k=key,
        )
    elif x < 0.6:
        w = c.one(RIDDLES)[1]
        if w == a:
            return
        c.say(
            ["{w}", "is it {w}", "you are {w}", "i think it is {w}", "{w}?"],
            ["Good guess, but no. I am {a}.", "Not quite! The answer is {a}."],
            a=a,
            w=w,
        )
    elif x < 0.8:
        c.say(
            [
                "i give up",
                "i do not know",
                "no idea",
                "tell me",
                "what is it",
                "tell me the answer",
                "hmm, no idea",
                "the answer please",
            ],
            ["I am {a}. [Shall I ask another one?|]", "The answer is {a}."],
            a=a,
        )
    else:
        c.say(
            ["give me a hint", "hint please", "can i have a hint", "help me", "a hint"],
            "It starts with the letter {l} and has {n} letters."
            if " " not in key
            else "It starts with the letter {l}.",
            l=key[0].upper(),
            n=len(key),
        )
        if c.ch(0.5):
            c.say(["is it {a}", "{a}", "oh, {a}"], ["Yes! I am {a}. Well done!"], a=a)
        else:
            c.say(
                ["i still do not know", "i give up", "tell me"],
                ["The answer is {a}. It was a tricky one!"],
                a=a,
            )
    if c.ch(0.15):
        q, a = c.new("riddle", RIDDLES)
        c.say(["another one" + END, "one more" + END, "next[| one]"], "{q} What am I?", q=q)


def sk_twister(c):
    t = c.new("tw", TWISTERS)
    c.say(
        [
            TELL + "a tongue twister",
            "do you know a tongue twister",
            "tongue twister" + END,
            "give me something hard to say",
            "a hard sentence to say" + END,
        ],
        ["{t} [Try to say it three times!|]", "Try this one: {t}"],
        t=t,
    )
    if c.ch(0.4):
        x = c.r.random()
        if x < 0.5:
            t = c.new("tw", TWISTERS)
            c.say(["another one" + END, "one more" + END, "a harder one" + END], "{t}", t=t)
        else:
            c.say(
                ["that is hard", "i cannot say it", "i did it", "i said it three times", "too easy"],
                ["Well done for trying! [Another one?|]", "Nice! Tongue twisters get easier with practice."],
            )


BY_KIND = {}
for _f in FACTS:
    BY_KIND.setdefault(_f[0], []).append(_f)
FACT_KINDS = [k for k in BY_KIND if k != "words"]


def sk_fact(c, f=None):
    x = c.r.random()
    kind = None
    if f is None and x < 0.25:
        f = c.new("fact", FACTS)
        order = c.some(f[2:], 3)
        c.say(
            [
                TELL
                + "[a fun fact|a fact|something interesting|a random fact|an interesting fact|something new|something cool|a true fact]",
                "do you know a fun fact",
                "do you know any fun facts",
                "[fun fact|a fact|fact of the day]" + END,
                "teach me something" + END,
                "i want to learn something",
                "surprise me" + END,
            ],
            ["{x}", "Did you know? {x}", "Here is one. {x}"],
            x=order[0],
        )
    elif f is None and x < 0.45:
        kind = c.one(FACT_KINDS)
        f = c.one(BY_KIND[kind])
        order = c.some(f[2:], 3)
        c.say(
            [
                TELL + "[a fun fact|a fact|something|something interesting] about {k}",
                "a [fun |]fact about {k}" + END,
                "do you know [a fact|something] about {k}",
                "i want to know something about {k}",
            ],
            ["{x}", "Here is one. {x}"],
            x=order[0],
            k=c.one(KIND_NAMES[kind]),
        )
    else:
        f = f or c.new("fact", FACTS)
        kind = f[0]
        order = c.some(f[2:], 3) if c.ch(0.5) else f[2:]
        c.say(
            [
                TELL + "[a fun fact|a fact|something|something interesting|more] about {t}",
                "tell me about {t}" + END,
                "what do you know about {t}",
                "a [fun |]fact about {t}" + END,
                "do you know [anything|something] about {t}",
                "i want to [know|learn] about {t}",
                "[what is special|what is interesting] about {t}",
                "teach me about {t}",
                "{t}",
            ],
            ["{x}", "{x}", "{x}", "{x} {y}", "{x} Do you want to know more?"],
            x=order[0],
            y=order[1],
            t=f[1],
        )
    last = c.turns[-1][1] if c.turns else ""
    rest = [y for y in order if y not in last]
    asked = last.endswith("more?")
    if asked or c.ch(0.5):
        x = c.r.random()
        if (x < 0.5 or asked) and rest:
            c.say(
                ["yes", "yes please", "sure", "yes, tell me more", "ok", "of course"]
                if asked
                else [
                    "tell me more" + END,
                    "more" + END,
                    "go on",
                    "what else",
                    "anything else",
                    "more about {t}" + END,
                    "one more about {t}",
                    "keep going",
                ],
                "{x}",
                x=rest[0],
                t=f[1],
            )
            if len(rest) > 1 and c.ch(0.4):
                c.say(["tell me more" + END, "more", "and", "what else", "one more"], "{x}", x=rest[1])
            if c.ch(0.15):
                c.say(
                    ["tell me more" + END, "what else", "more"],
                    [
                        "That is all that I know about {t}. A library book could tell you more.",
                        "I do not know more about {t}, sorry. Shall we pick another topic?",
                    ],
                    t=f[1],
                )
        elif x < 0.75:
            g = c.new("fact", BY_KIND.get(kind) or FACTS)
            if g is not f:
                c.say(
                    [
                        "another one" + END,
                        "another fact" + END,
                        "one more" + END,
                        "next" + END,
                        "a different one" + END,
                        "something else" + END,
                    ],
                    "{x}",
                    x=c.one(g[2:]),
                )
        elif x < 0.85:
            c.say(
                ["why", "why is that", "how come", "but why"],
                [
                    "I am not sure why. I am a small model. A good book could explain it better.",
                    "That is a good question, but I do not know the full reason.",
                ],
            )
        else:
            sk_react(c, (0, 1, 2))
