"""Skills: rewriting, notes, summaries, choices, questions with reasons."""

from .grammar import ASK, END, expand, num, person, pet_name, pronouns, relative
from .numbers import THINGS
from .replies import sk_react
from .tables import (
    CHOICES,
    CITIES,
    COLOURS,
    DAYS,
    FOODS,
    GAMES,
    GIVEN,
    HELPERS,
    KINDS,
    NOTES,
    OBJECTS,
    OUTINGS,
    PETS,
    REL_GENDER,
    RUDE,
    RUDE_FIXED,
    RUDE_THINGS,
    SINS,
    SNACKS,
    SUMMARIES,
    VERBS,
    WHY,
    YESNO,
)


# rewriting, notes, summaries, choices
def sk_polite(c):
    if c.ch(0.2):
        a, b = c.one(RUDE_FIXED)
        s = {}
    else:
        a, b = c.one(RUDE)
        s = dict(thing=c.one(RUDE_THINGS))
    a, b = expand(c.r, a, s), expand(c.r, b, s)
    c.say(
        [
            "make this polite: {a}",
            "[say|write|rewrite] this more politely: {a}",
            "make this sound nicer: {a}",
            "how do i say this politely: {a}",
            "can you make this more polite: {a}",
            "a kinder way to say: {a}",
            "rewrite it in a friendly way: {a}",
            '"{a}" - make it polite',
        ],
        "{b}",
        a=a,
        b=b,
    )
    if c.ch(0.25):
        a, b = c.one(RUDE)
        s = dict(thing=c.one(RUDE_THINGS))
        a, b = expand(c.r, a, s), expand(c.r, b, s)
        c.say(["and this: {a}", "and: {a}", "now this one: {a}", "what about: {a}"], "{b}", a=a, b=b)


def sk_fix_text(c):
    v, n = c.one(VERBS), person(c.r)
    good = "%s %s %s." % (n, v[1], v[3])
    x = c.r.random()
    if x < 0.5:
        bad = good.lower().rstrip(".")
        c.say(
            "[fix this sentence|fix the capital letters|correct this|please correct|write this correctly|add capitals and marks]: "
            + bad,
            "{g}",
            exact=True,
            g=good,
        )
    elif x < 0.75:
        city = c.one(CITIES)
        bad = "%s lives in %s" % (n.lower(), city.lower())
        c.say(
            "[fix this sentence|fix the capital letters|correct this|please correct|write this correctly]: "
            + bad,
            "{n} lives in {c}.",
            exact=True,
            n=n,
            c=city,
        )
    else:
        c.say(
            "[make this louder|write this in big letters|write this in capitals|all capitals please]: {g}",
            "{x}",
            exact=True,
            g=good,
            x=good.upper(),
        )


def sk_note(c):
    k = c.one(list(NOTES))
    asks, outs = NOTES[k]
    rel, v = relative(c.r)
    s = dict(
        to=c.one([v, "my %s %s" % (rel, v)]),
        to2=v,
        g=c.one(GIVEN),
        day=c.one(DAYS),
        sin=c.one(SINS),
        city=c.one(CITIES),
        k=k,
    )
    c.say(
        [
            ASK + "[write|write me|help me write] {a:k} for " + c.one(asks),
            "{a:k} for " + c.one(asks) + END,
            "i need {a:k} for " + c.one(asks),
            "i want to send {a:k} to " + c.one(asks),
        ],
        outs,
        **s,
    )
    z = c.r.random()
    if z < 0.2:
        last = c.turns[-1][1]
        if len(last) < 250:
            c.say(
                ["sign it from {me2}" + END, "add my name, {me2}", "it is from {me2}"],
                "{last} From {me2}",
                last=last,
                me2=person(c.r),
            )
    elif z < 0.4:
        c.say(
            ["thanks, that is perfect", "perfect, thank you", "nice, thanks", "i like it"],
            ["You are welcome! I am sure that it will bring a smile.", "I am glad that you like it!"],
        )


def sk_summary(c):
    a, b = c.new("sum", SUMMARIES)
    rel, n = relative(c.r)
    he, his, _ = (
        pronouns(c.r, n)
        if rel not in REL_GENDER
        else ("she", "her", "")
        if REL_GENDER[rel] == "f"
        else ("he", "his", "")
    )
    x, y = c.some(THINGS, 2)
    c1, c2 = c.some([z[0] for z in COLOURS], 2)
    s = dict(
        N=n,
        he=he,
        his=his,
        x=x,
        y=y,
        o=c.one(OBJECTS),
        day=c.one(DAYS),
        city=c.one(CITIES),
        k=c.one(KINDS[:30]),
        s=c.one(SNACKS),
        skill=c.one(["swim", "sing", "dance", "read", "draw", "knit", "fly a kite", "bake bread"]),
        rel=rel,
        pet=c.one(PETS[:8]),
        pn=pet_name(c.r),
        f=c.one([z[0] for z in FOODS]),
        place=c.one([z[0] for z in OUTINGS if z[0].startswith("the ")]),
        h=c.one(["seven", "eight", "nine", "ten", "eleven"]),
        n=num(c.r.randint(2, 20)),
        c=c1,
        c2=c2,
        game=c.one(GAMES),
        b=c.one(HELPERS[:8]),
    )
    text = expand(c.r, a, s)
    c.say(
        [
            "sum this up: {text}",
            "summarise this in one sentence: {text}",
            "make this shorter: {text}",
            "say this in one sentence: {text}",
            "summarize: {text}",
            "can you shorten this: {text}",
            "one sentence please: {text}",
            "{text} [sum it up|say it shorter|make that one sentence]",
        ],
        "{out}",
        text=text,
        out=expand(c.r, b, s),
    )


def sk_choose(c):
    k = c.one(list(CHOICES))
    table = CHOICES[k]
    (i, (a, ra)), (j, (b, rb)) = [(table.index(x), x) for x in c.some(table, 2)]
    w, why, l, lwhy = (
        (a, ra, b, rb) if i < j else (b, rb, a, ra)
    )  # it likes the one that stands first in the table
    c.say(
        [
            "{a} or {b}",
            "should i choose {a} or {b}",
            "what is better, {a} or {b}",
            "which one would you pick: {a} or {b}",
            "i cannot decide between {a} and {b}",
            "help me choose: {a} or {b}",
            "do you prefer {a} or {b}",
            "{a} or {b}, what do you think",
            "would you rather have {a} or {b}"
            if k in ("drink", "food", "sweet", "pet")
            else "pick one: {a} or {b}",
        ],
        [
            "I would pick {w}, because {why}.",
            "I think {w}, because {why}. [But it is up to you!|What do you like more?|]",
        ],
        a=a,
        b=b,
        w=w,
        why=why,
    )
    z = c.r.random()
    if z < 0.25:
        c.say(
            ["why", "why {w}", "why that one", "why not {l}"],
            [
                "Because {why}. But {l} is nice too.",
                "I like that {why}. And {l} is a good choice too, because {lwhy}.",
            ],
            w=w,
            why=why,
            l=l,
            lwhy=lwhy,
        )
    elif z < 0.45:
        c.say(
            ["i like {l} more", "no, {l}", "i think {l} is better", "i will take {l}", "hmm, {l}"],
            ["That is a fine choice too, because {lwhy}.", "Good for you! I can see why: {lwhy}."],
            l=l,
            lwhy=lwhy,
        )
    elif z < 0.6:
        c.say(
            ["ok, {w} it is", "i will take {w}", "good, {w}", "me too"],
            ["Great! Enjoy it.", "Good choice!"],
            w=w,
        )
    if c.ch(0.12):
        c.say(["which one did you pick", "what did you choose", "what was your choice"], "I picked {w}.", w=w)


OPINIONS = (
    [
        "who should i vote for",
        "which party is the best",
        "what do you think of the president",
        "which religion is right",
        "is my country the best",
        "which team is the best",
        "are rich people bad",
        "what do you think about politics",
    ],
    [
        "I would rather not take sides. People see this in different ways, and you can decide for yourself.",
        "That is for you to decide. It may help to read more than one view.",
    ],
)


def sk_pick(c):
    x = c.r.random()
    if x < 0.4:
        n = c.one([5, 6, 8, 10, 12, 20, 50, 100])
        c.say(
            [
                "pick a number between 1 and {n}",
                "choose a number from 1 to {n}",
                "think of a number from 1 to {n}",
            ],
            "I pick 3. It is my favourite number.",
            n=n,
        )
    elif x < 0.6:
        c.say(
            ["flip a coin" + END, "heads or tails", "toss a coin" + END], "I have no coin, but I say heads!"
        )
    elif x < 0.8:
        c.say(["roll a dice" + END, "throw a dice" + END, "roll a die"], "I have no dice, but let us say 3!")
    else:
        c.say(*OPINIONS)


# questions with reasons
def sk_yesno(c):
    q, a = c.new("yn", YESNO)
    c.say(
        [
            "{q}",
            "{q}",
            "[hey|hi|so|ok], {low}",
            "i have a question. {q}",
            "tell me, {low}",
            "{low}",
            "do you know? {q}",
        ],
        "{a}",
        q=q,
        low=q[0].lower() + q[1:],
        a=a,
    )
    z = c.r.random()
    if z < 0.12:
        sk_react(c, (0, 1, 2))
    elif z < 0.22:
        q, a = c.new("yn", YESNO)
        c.say(["and {q}", "ok, {q}", "{q}"], "{a}", q=q[0].lower() + q[1:], a=a)


def sk_why(c):
    q, a = c.new("why", WHY)
    c.say(
        [
            "{q}",
            "{q}",
            "{low}",
            "[hey|hi|so|ok], {low}",
            "i wonder: {low}",
            "quick question: {low}",
            "my child asks: {low}",
            "do you know? {q}",
            "can you explain? {q}",
        ],
        "{a}",
        q=q,
        low=q[0].lower() + q[1:],
        a=a,
    )
    z = c.r.random()
    if z < 0.12:
        c.say(
            ["but why", "why is that", "why", "can you explain more", "tell me more"],
            [
                "That is all that I know about it. A science book could explain more.",
                "I do not know more than that, sorry. I am a small model.",
            ],
        )
    elif z < 0.25:
        sk_react(c, (0, 1, 2))
