"""Scenes about what was said before, and about the chat itself."""

import re

from .about_itself import sk_persona
from .animals import sk_animal
from .definitions import sk_def
from .fun import sk_fact, sk_joke
from .grammar import END, an, expand, listing, person
from .memory import KNOWN, MEM, MEM_WEIGHT, tell
from .numbers import sk_add, sk_times
from .replies import PARTS, sk_how_are_you, sk_react
from .settings import MAX_TURNS
from .small_talk import sk_weather
from .tables import CITIES, COLOURS, FOODS, JOBS, PETS
from .words import sk_opposite, sk_spell
from .world import sk_capital
from .writing import sk_yesno

# Skills that fit anywhere, for a change of subject; scenes.py fills it, since it knows all skills.
MIXED = []


def scene_memory(c):
    """Two or three facts, something in between, and questions about them."""
    keys = []
    for _ in range(c.one([1, 1, 2, 2, 3])):
        k = c.one(MEM_WEIGHT)
        if k not in keys:
            keys.append(k)
    facts = []
    x = c.r.random()
    if x < 0.25 and len(keys) == 2 and all(k in KNOWN for k in keys):
        # both in one line
        a, b = keys
        sa, sb = MEM[a][0](c), MEM[b][0](c)
        ua, ub = expand(c.r, c.one(MEM[a][1]), sa), expand(c.r, c.one(MEM[b][1]), sb)
        ua = re.sub(r"^(hi|hello|hey), ", "", ua)
        ub = re.sub(r"^(hi|hello|hey), ", "", ub)
        c.say(
            ["{ua} and {ub}", "{ua}. {ub}", "hi! {ua} and {ub}", "{ua}, and {ub}"],
            ["Thank you for telling me! So {ka}, and {kb}.", "Nice to know! So {ka}, and {kb}."],
            ua=ua,
            ub=ub,
            ka=expand(c.r, KNOWN[a], sa),
            kb=expand(c.r, KNOWN[b], sb),
        )
        if a == "name" or b == "name":
            c.mem["name"] = (sa if a == "name" else sb)["v"]
        facts = [
            dict(key=a, s=sa, asks=MEM[a][3], recalls=MEM[a][4]),
            dict(key=b, s=sb, asks=MEM[b][3], recalls=MEM[b][4]),
        ]
    else:
        for k in keys:
            facts.append(tell(c, k))
    between = c.one([0, 0, 1, 1, 2])
    for _ in range(between):
        if c.room(2):
            n = len(c.turns)
            c.one(BETWEEN)(c)
            del c.turns[min(n + 1, MAX_TURNS - 1) :]
    # a change of mind
    f = c.one(facts)
    if (
        c.ch(0.18)
        and f["key"] in ("colour", "food", "animal", "number", "season", "sport", "word")
        and c.room(2)
    ):
        new = MEM[f["key"]][0](c)
        if new["v"] != f["s"]["v"]:
            c.say(
                {"word": ["no, the word is now {v}", "i changed the word to {v}", "the new word is {v}"]}.get(
                    f["key"],
                    [
                        "actually, i like {v} more now"
                        if f["key"] not in ("animal", "number")
                        else "actually, now it is {the}{v}",
                        "i changed my mind, it is {the}{v}",
                        "no wait, it is {the}{v}",
                    ],
                ),
                ["Okay! I have changed it to {the}{v}.", "Got it, {the}{v} it is."],
                the="the " if f["key"] == "animal" else "",
                **new,
            )
            f["s"] = new
    for f in c.some(facts, len(facts)):
        if c.room():
            c.say(f["asks"], f["recalls"], **f["s"])
    known = [f for f in facts if f["key"] in KNOWN]
    if c.ch(0.2) and known and c.room():
        c.say(
            [
                "what do you know about me",
                "what did i tell you about me",
                "what have i told you so far",
                "tell me what you know about me",
            ],
            ["You told me that {x}.", "I know that {x}."],
            x=listing([expand(c.r, KNOWN[f["key"]], f["s"]) for f in known]),
        )
    elif c.ch(0.15) and c.room():
        left = [
            k
            for k in ("name", "colour", "food", "hobby", "sport", "number", "season")
            if k not in [f["key"] for f in facts]
        ]
        k = c.one(left)
        if not (k == "name" and "name" in c.mem):
            c.say(MEM[k][3], MEM[k][5], **MEM[k][0](c))


def scene_two_people(c):
    """Two names that must not be mixed up."""
    a, b = person(c.r), person(c.r)
    if a == b:
        return
    k = c.one(["food", "colour", "city", "job", "age", "pet"])
    pick = {
        "food": [f[0] for f in FOODS],
        "colour": [x[0] for x in COLOURS],
        "city": CITIES,
        "job": JOBS,
        "age": list(range(5, 80)),
        "pet": [an(p) for p in PETS],
    }[k]
    va, vb = c.some(pick, 2)
    verb = {
        "food": ("likes {}", "what does {} like", "who likes {}"),
        "colour": ("wears a {} coat", "which colour is the coat of {}", "who wears a {} coat"),
        "city": ("lives in {}", "where does {} live", "who lives in {}"),
        "job": ("is a {}", "what is the job of {}", "who is the {}"),
        "age": ("is {} years old", "how old is {}", "who is {} years old"),
        "pet": ("has {}", "which pet does {} have", "who has {}"),
    }[k]

    def fix(t):
        return t.replace(" a engineer", " an engineer").replace(" a orange", " an orange")

    ta, tb = "%s %s" % (a, fix(verb[0].format(va))), "%s %s" % (b, fix(verb[0].format(vb)))
    c.say(
        ["{ta} and {tb}", "{ta}. {tb}.", "remember: {ta}, and {tb}", "{ta}, but {tb}"],
        ["I see: {ta}, and {tb}.", "Got it! {ta}, and {tb}."],
        ta=ta,
        tb=tb,
    )
    asks = [
        (verb[1].format(a), ta + "."),
        (verb[1].format(b), tb + "."),
        (fix(verb[2].format(va)), ta + "."),
        (fix(verb[2].format(vb)), tb + "."),
    ]
    if k == "age":
        asks += [
            ("who is older", "%s is older than %s." % ((a, b) if va > vb else (b, a))),
            ("who is younger", "%s is younger than %s." % ((a, b) if va < vb else (b, a))),
        ]
    for u, ans in c.some(asks, c.r.randint(1, 3)):
        c.say("[|and |so |tell me, |ok, ]" + u, "{ans}", ans=ans)


# about the chat itself
def sk_again(c):
    """Say it again, or say what the user wrote."""
    if not c.turns or not c.room():
        return
    u, b = c.turns[-1]
    x = c.r.random()
    if x < 0.4 and len(b) < 280:
        c.say(
            [
                "can you repeat that",
                "say that again" + END,
                "repeat that" + END,
                "what did you say",
                "sorry, what",
                "one more time" + END,
                "pardon",
                "again, what was that",
                "please say it again",
            ],
            "{b}",
            b=b,
        )
    elif x < 0.75:
        c.say(
            [
                "what did i just [ask|say|write]",
                "what was my last [question|message|line]",
                "repeat what i said" + END,
                "what did i say",
            ],
            'You wrote: "{u}"',
            u=u,
        )
    elif len(c.turns) > 1:
        c.say(
            [
                "what was the first thing that i said",
                "what did i write first",
                "how did i start this chat",
                "what was my first message",
            ],
            'Your first line was: "{u}"',
            u=c.turns[0][0],
        )


def scene_again(c):
    c.one(MIXED)(c)
    if c.ch(0.4) and c.room(2):
        c.one(MIXED)(c)
    sk_again(c)


def scene_tour(c):
    """A few questions about the assistant in a row."""
    for _ in range(c.r.randint(2, 5)):
        sk_persona(c)


def sk_nickname(c):
    v = person(c.r)
    if v == c.me:
        return
    if c.ch(0.5):
        c.say(
            ["[hi|hello|hey] {v}", "good {p}, {v}", "are you {v}", "hi {v}, how are you"],
            [
                "Hello! My name is {me}, but it is nice to meet you.",
                "Hi! I am {me}, not {v}. How can I help?",
            ],
            v=v,
            p=c.one(PARTS),
        )
    else:
        c.say(
            [
                "can i call you {v}",
                "i will call you {v}",
                "your name is {v} now",
                "may i call you {v}",
                "change your name to {v}",
            ],
            ["You can, but my real name is {me}.", "That is a nice name, but I am {me}."],
            v=v,
        )
    if c.ch(0.35):
        c.say(
            ["what is your name", "so what is your name", "what is your real name", "who are you then"],
            ["My name is {me}.", "I am {me}, a small chat model."],
        )


BETWEEN = [
    sk_joke,
    sk_add,
    sk_capital,
    sk_def,
    sk_opposite,
    sk_yesno,
    sk_weather,
    sk_spell,
    sk_persona,
    sk_animal,
    sk_fact,
    sk_times,
    sk_react,
    sk_how_are_you,
]
