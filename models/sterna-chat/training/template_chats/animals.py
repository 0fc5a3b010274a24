"""Skills: animals, scales, what things are for."""

from .grammar import END, num, plural
from .tables import ANIMALS, FEATURES, SCALES, USES

CALLS, CUBS = [a[1] for a in ANIMALS], [a[3] for a in ANIMALS]


def sk_animal(c):
    a, sound, home, baby, food, legs, cls = c.new("ani", ANIMALS)
    legs = int(legs)
    s = dict(a=a, p=plural(a), sound=sound, home=home, baby=baby, food=food, legs=num(legs), cls=cls)
    says = not sound.startswith(("a ", "no ", "almost", "many", "clicks", "chatter"))
    place = {
        "the coast": "on the coast",
        "a cold coast": "on a cold coast",
        "a ledge or a loft": "on a ledge or in a loft",
        "almost anywhere": "almost anywhere",
        "a den": "in a den",
    }.get(home, "in " + home)
    facts = {  # kind: questions, short questions, answer
        "sound": (
            [
                "what [sound|noise] does {a:a} make",
                "what does {a:a} say",
                "how does {a:a} sound",
                "what noise do {p} make",
            ],
            ["and what sound does it make", "what does it say"],
            "{A:a} says {sound}." if says else "{A:a} makes {sound}.",
        ),
        "home": (
            [
                "where does {a:a} live",
                "where do {p} live",
                "what is the home of {a:a}",
                "where can i find {a:a}",
            ],
            ["where does it live", "and where does it live"],
            "{A:a} lives {place}.",
        ),
        "baby": (
            [
                "what is a baby {a} called",
                "what do you call a baby {a}",
                "the name of a baby {a}" + END,
                "what is a young {a} called",
            ],
            ["what is its baby called", "and its baby"],
            "A baby {a} is called {a:baby}.",
        ),
        "food": (
            [
                "what does {a:a} eat",
                "what do {p} eat",
                "what is the food of {a:a}",
                "what does {a:a} like to eat",
            ],
            ["what does it eat", "and what does it eat"],
            "{A:a} eats {food}.",
        ),
        "legs": (
            ["how many legs does {a:a} have", "how many legs do {p} have", "legs of {a:a}" + END],
            ["how many legs does it have", "and how many legs"],
            "{A:a} has {legs} legs." if legs else "{A:a} has no legs.",
        ),
        "class": (
            [
                "is {a:a} a mammal, a bird or something else",
                "what kind of animal is {a:a}",
                "what type of animal is {a:a}",
            ],
            ["what kind of animal is it", "is it a mammal or something else"],
            "{A:a} is {a:cls}.",
        ),
    }
    k, k2 = c.some(list(facts), 2)
    x = c.r.random()
    if x < 0.08:
        c.say("is {a:a} {a:cls}", "Yes, {a:a} is {a:cls}.", **s)
    elif x < 0.16:
        o = c.one(["mammal", "bird", "fish", "reptile", "insect"])
        c.say("is {a:a} {a:o}", "Yes, {a:a} is {a:cls}." if o == cls else "No, {a:a} is {a:cls}.", o=o, **s)
    else:
        c.say(facts[k][0], facts[k][2], place=place, **s)
    if c.ch(0.4):
        c.say(facts[k2][1], facts[k2][2], place=place, **s)


def sk_animal_guess(c):
    """The user describes an animal, the model names it."""
    a, sound, _, baby, *_ = c.one(ANIMALS)
    s = dict(a=a, sound=sound, baby=baby)
    if CUBS.count(baby) == 1 and c.ch(0.6):
        c.say(
            [
                "which animal has a baby called {a:baby}",
                "whose baby is {a:baby}",
                "{a:baby} is the baby of which animal",
                "what does {a:baby} grow up to be",
            ],
            "{A:baby} is a baby {a}.",
            **s,
        )
    elif CALLS.count(sound) == 1 and not sound.startswith(("a ", "no ", "almost", "many")):
        c.say(
            [
                "which animal says {sound}",
                "who says {sound}",
                "what animal says {sound}",
                "i am thinking of an animal that says {sound}",
            ],
            "{A:a} says {sound}.",
            **s,
        )


def sk_feature(c):
    t, n = c.new("feat", FEATURES)
    unit = n.split(" ")[1].rstrip(",")
    c.say(
        ["how many {u} does {a:t} have", "how many {u} are in {a:t}", "how many {u} has {a:t} got"]
        if unit != "things"
        else ["how many things are in {a:t}", "how much is {a:t}", "how many is {a:t}"],
        "{A:t} has {n}." if unit != "things" else "{A:t} is {n}.",
        t=t,
        n=n,
        u=unit,
    )


def sk_scale(c):
    k = c.one(list(SCALES))
    up, down = k.split()[:2]
    items = SCALES[k]
    i, j = sorted(c.some(range(len(items)), 2))
    small, big = items[i], items[j]
    x, y = (small, big) if c.ch(0.5) else (big, small)
    use_up = c.ch(0.7)
    w, l, adj = (big, small, up) if use_up else (small, big, down)
    z = c.r.random()
    if z < 0.6:
        c.say(
            [
                "which is {k}, {x} or {y}",
                "what is {k}: {x} or {y}",
                "{x} or {y}, which is {k}",
                "is {x} or {y} {k}",
            ],
            "{W} is {k} than {l}.",
            x=x,
            y=y,
            w=w,
            l=l,
            k=adj,
        )
    else:
        yes = x == w
        c.say(
            ["is {x} {k} than {y}", "is {x} really {k} than {y}"],
            "Yes, {x} is {k} than {y}." if yes else "No, {y} is {k} than {x}.",
            x=x,
            y=y,
            k=adj,
        )


def sk_use(c):
    t, u = c.new("use", USES)
    are = t in ("scissors", "gloves", "glasses")
    s = dict(t=t, u=u, v="are" if are else "is", d="do" if are else "does")
    if c.ch(0.7):
        c.say(
            [
                "what {v} {t} for",
                "what {d} {t} do",
                "what do you use {t} for",
                "what can i do with {t}",
                "why do people use {t}",
            ],
            "{T} {v} for {u}.",
            **s,
        )
    else:
        c.say(
            ["what do i need for {u}", "which thing is good for {u}", "what can i use for {u}"],
            "You can use {t} for {u}.",
            **s,
        )
