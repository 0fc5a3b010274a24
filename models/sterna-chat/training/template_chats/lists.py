"""Skills: lists and groups, how to, packing, gifts, pet names."""

from .definitions import sk_def
from .fun import sk_joke
from .grammar import ASK, END, listing, num, relative
from .numbers import sk_add
from .tables import APART, CATEGORIES, GIFTS, HOWTO, ORDINALS, PACKING, PET_STYLES, PETS, SINGULAR
from .text import words
from .words import LOWER_WORDS
from .world import sk_capital

# lists and groups
CAT_KEYS = list(CATEGORIES)


def sk_name_some(c):
    k = c.new("cat", CAT_KEYS)
    n = c.r.randint(2, min(5, len(CATEGORIES[k])))
    items = c.some(CATEGORIES[k], n)
    c.say(
        [
            "[name|list|tell me|give me|can you name] {n} {k}",
            "{n} {k}" + END,
            "what are {n} {k}",
            "i need {n} {k}",
        ],
        ["{X}.", "Here are {n}: {x}."],
        n=num(n),
        k=k,
        x=listing(items),
    )
    if c.ch(0.4):
        rest = [y for y in CATEGORIES[k] if y not in items]
        x = c.r.random()
        if x < 0.4 and rest:
            c.say(
                ["one more" + END, "another one" + END, "and one more"],
                ["{W} is one more.", "Another one is {w}."],
                w=c.one(rest),
            )
        elif x < 0.7:
            i = c.r.randrange(n)
            c.say(
                ["which one was {o}", "what was the {o} one", "which was the {o} on your list"],
                "The {o} one was {w}.",
                o=ORDINALS[i],
                w=items[i],
            )
        else:
            c.say(
                ["make it a list", "write it as a list" + END, "put them in a list"],
                "{t}",
                t="- " + "\n- ".join(items),
            )


def sk_group(c):
    k = c.one(APART)
    w = c.one(CATEGORIES[k])
    x = c.r.random()
    near = [
        {"fruits", "vegetables"},
        {"animals", "birds"},
        {"animals", "insects"},
        {"birds", "insects"},
    ]  # too close to set apart
    far = [y for y in APART if y != k and {y, k} not in near]
    one = SINGULAR[k]
    if x < 0.2:
        c.say(
            ["is {a:w} {a:s}", "is {a:w} a kind of {s}" if " of " not in one else "is {a:w} {a:s}"],
            "Yes, {a:w} is {a:s}.",
            w=w,
            s=one,
        )
    elif x < 0.4:
        c.say("is {a:w} {a:o}", "No, {a:w} is {a:s}.", w=w, s=one, o=SINGULAR[c.one(far)])
    elif x < 0.6:
        c.say(
            [
                "what kind of thing is {a:w}",
                "what is {a:w}: {a:s} or {a:o}",
                "what group does {a:w} belong to",
            ],
            "{A:w} is {a:s}.",
            w=w,
            s=one,
            o=SINGULAR[c.one(far)],
        )
    else:
        odd = c.one(CATEGORIES[c.one(far)])
        items = c.some(CATEGORIES[k], 3)
        items.insert(c.r.randrange(4), odd)
        c.say(
            [
                "which one does not fit: {t}",
                "find the odd one out: {t}",
                "which is the odd one out: {t}",
                "which of these is not {a:s}: {t}",
            ],
            "{Odd} does not fit, because the others are {k}.",
            t=", ".join(items),
            odd=odd,
            k=k,
            s=one,
        )


def be(things):
    """is or are, for one thing of a list"""
    return (
        "are"
        if things.endswith("s")
        and not things.endswith(("ss", "us", "is", "maths"))
        and not things.startswith("a ")
        else "is"
    )


def sk_list_memory(c):
    """A list that the user gives and asks back."""
    kind = c.one(["shopping list", "packing list", "list"])
    pool = {
        "shopping list": words(
            "milk, eggs, bread, apples, rice, soap, tea, honey, cheese, butter, carrots, candles, jam, pasta, flour, onions, lemons, oats"
        ),
        "packing list": words(
            "socks, a hat, a towel, a map, a book, a torch, water, snacks, a scarf, gloves, a camera, boots, a comb"
        ),
        "list": LOWER_WORDS,
    }[kind]
    items = c.some(pool, c.r.randint(3, 5))
    c.say(
        [
            "[remember|please remember|keep] [this|my] {k}: {t}",
            "my {k} is {t}",
            "here is my {k}: {t}",
            "i need to [remember|buy|bring] {t}" if kind != "list" else "remember these: {t}",
        ],
        ["Got it: {u}.", "Okay! Your {k} has {u}."] if kind != "list" else ["Got it: {u}."],
        k=kind,
        t=", ".join(items),
        u=listing(items),
    )
    if c.ch(0.35):
        extra = c.one([y for y in pool if y not in items])
        items.append(extra)
        c.say(
            ["add {e}" + END, "and {e}", "also {e}", "put {e} on it too"],
            ["Added! Now it is {u}.", "Okay, {e} {be} on the list now: {u}."],
            e=extra,
            be=be(extra),
            u=listing(items),
        )
    elif c.ch(0.3):
        gone = c.one(items)
        items.remove(gone)
        c.say(
            ["remove {e}" + END, "take {e} off the list", "i do not need {e}", "cross out {e}"],
            ["Done! Now it is {u}.", "Okay, {e} {be} gone. The list is {u}."],
            e=gone,
            be=be(gone),
            u=listing(items),
        )
    if c.ch(0.3) and c.room(2):
        c.one([sk_joke, sk_add, sk_def, sk_capital])(c)
    x = c.r.random()
    if x < 0.6:
        c.say(
            [
                "what is on my list",
                "what was on my {k}",
                "read me my {k}" + END,
                "tell me my {k}",
                "can you say my list again",
            ],
            ["Your list has {u}.", "You have {u} on your list."],
            k=kind,
            u=listing(items),
        )
    elif x < 0.75:
        c.say(
            ["how many things are on my list", "how long is my list"],
            "There are {n} things on your list: {u}.",
            n=num(len(items)),
            u=listing(items),
        )
    else:
        w = c.one(items)
        o = c.one(pool)
        if o in items or c.ch(0.5):
            c.say(["{be} {w} on my list", "did i say {w}"], "Yes, {w} {be} on your list.", w=w, be=be(w))
        else:
            c.say(["{be} {w} on my list", "did i say {w}"], "No, {w} {be} not on your list.", w=o, be=be(o))


# how to, packing, gifts, pet names
def steps(items, style):
    if style == 0:
        return "\n".join("- " + x for x in items)
    first = ["First, ", "Then ", "Next, ", "After that, ", "Then ", "Last, "]
    low = [x[0].lower() + x[1:] for x in items]
    out = [first[0] + low[0]] + [first[1 + i % 3] + x for i, x in enumerate(low[1:-1])] + ["Last, " + low[-1]]
    return " ".join(out)


def sk_howto(c):
    t, st = c.new("howto", HOWTO)
    items = st.split(";")
    c.say(
        [
            "how do i {t}",
            "how can i {t}",
            "how do you {t}",
            ASK + "[tell me|show me|explain] how to {t}",
            "[how to|steps to] {t}" + END,
            "i want to {t}",
            "what is the best way to {t}",
            "can you help me {t}",
            "what are the steps to {t}",
            "i do not know how to {t}",
            "teach me to {t}" + END,
        ],
        "{x}",
        t=t,
        x=steps(items, 0 if c.ch(0.6) else 1),
    )
    x = c.r.random()
    n = len(items)
    if x < 0.16:
        i = c.r.randrange(n)
        c.say(
            ["what is step {k}", "what was the {o} step", "say step {k} again", "can you repeat step {k}"],
            "{x}",
            k=i + 1,
            o=ORDINALS[i],
            x="Step %d: %s" % (i + 1, items[i]),
        )
    elif x < 0.26:
        c.say(
            ["what is the last step", "what do i do last", "and at the end"],
            "The last step: {x}",
            x=items[-1],
        )
    elif x < 0.34:
        c.say(["how many steps are there", "how many steps is that"], "There are {n} steps.", n=num(n))
    elif x < 0.5:
        c.say(
            ["thanks, i will try it", "ok, i will try", "that is easy", "sounds easy", "thanks, that helps"],
            ["Good luck! Take your time.", "Have fun with it!", "You can do it. Tell me how it goes!"],
        )
    elif x < 0.56:
        c.say(
            ["it did not work", "it is too hard", "i cannot do it", "that did not work for me"],
            [
                "I am sorry! Which step went wrong? We can look at it again.",
                "That happens. Try again slowly, or ask someone to help you.",
            ],
        )
    elif x < 0.62:
        c.say(
            ["what do i do first", "where do i start", "what is the first step"],
            "The first step: {x}",
            x=items[0],
        )


def sk_packing(c):
    t, st = c.new("pack", PACKING)
    items = c.some(st.split(";"), c.r.randint(3, 6))
    listed = c.ch(0.4)
    x = "\n".join("- " + y for y in items) if listed else "Take " + listing(items) + "."
    c.say(
        [
            "what should i [pack|take|bring] for {t}",
            "what do i need for {t}",
            "[make|write|give me] a packing list for {t}",
            "help me pack for {t}",
            "packing list for {t}" + END,
            "i am going to {t}. what should i take"
            if t.startswith(("the ", "a ")) and t.split()[-1] in ("beach", "pool", "gym", "festival")
            else "what to pack for {t}",
        ],
        "{x}",
        t=t,
        x=x,
    )
    rest = [y for y in st.split(";") if y not in items]
    z = c.r.random()
    if z < 0.3 and rest:
        c.say(
            ["anything else", "what else", "did you forget something", "and", "is that all", "more" + END],
            "You could also take {y}.",
            y=listing(rest[:2]),
        )
    elif z < 0.45:
        o = c.one(words("sun cream, a toy, my diary, an apple, a camera, a pillow, a kite, a spoon"))
        if o not in items:
            c.say(
                ["can i take {o} too", "should i bring {o}", "i also want to take {o}"],
                ["Sure! {O} is a good idea if you have room.", "Yes, take {o} too if it fits in your bag."],
                o=o,
            )
    elif z < 0.55:
        c.say(
            ["i have all of that", "ok, all packed", "done", "my bag is full"],
            ["Great! Have a lovely time.", "Well done! You are ready to go."],
        )


def sk_gift(c):
    h, st = c.new("gift", GIFTS)
    items = c.some(st.split(";"), 2)
    rest = [y for y in st.split(";") if y not in items]
    rel, v = relative(c.r)
    c.say(
        [
            "[what should i|what can i] [give|get|buy] my {rel} who likes {h}",
            "gift ideas for my {rel}, who likes {h}",
            "i need a [gift|present] for my {rel}. {v} likes {h}",
            "my {rel} likes {h}. what is a good gift",
            "what is a nice present for someone who likes {h}",
            "[gift|present] for my {rel} {v}, who loves {h}",
        ],
        ["How about {a} or {b}?", "Someone who likes {h} may enjoy {a} or {b}."],
        rel=rel,
        h=h,
        v=v,
        a=items[0],
        b=items[1],
    )
    z = c.r.random()
    if z < 0.3:
        c.say(
            ["something else", "another idea" + END, "no, something else", "what else", "more ideas" + END],
            ["Then maybe {a}? Or {b}?", "You could also give {a} or {b}."],
            a=rest[0],
            b=rest[1],
        )
    elif z < 0.5:
        c.say(
            [
                "good idea, {a}",
                "i will take {a}",
                "{a} is nice" if items[0].startswith(("a ", "an ")) else "i like that: {a}",
                "yes, {a}",
            ],
            [
                "Lovely! I think that your {rel} will like it.",
                "Good choice! A kind card would go well with it.",
            ],
            a=items[0],
            rel=rel,
        )
    elif z < 0.62:
        c.say(
            ["i do not have much money", "that is too expensive", "something cheap" + END, "i have no money"],
            [
                "You could make a card by hand and write something kind in it. That costs almost nothing.",
                "A gift can be your time: cook a meal or go for a walk together.",
            ],
        )
    if c.ch(0.15):
        c.say(
            [
                "what does my {rel} like",
                "do you remember what my {rel} likes",
                "what did i say about my {rel}",
            ],
            ["You told me that your {rel} likes {h}."],
            rel=rel,
            h=h,
        )


def sk_pet_name(c):
    s, st = c.new("style", PET_STYLES)
    pet = c.one(PETS)
    names = c.some(st.split(";"), 3)
    rest = [y for y in st.split(";") if y not in names]
    c.say(
        [
            "[what is|give me|suggest|i need] a [good |nice |]name for my {s} {pet}",
            "names for {a:s} {pet}" + END,
            "what should i call my {s} {pet}",
            "i have a new {pet}. it is {s}. what name is good",
            "help me name my {s} {pet}",
            "how can i name {a:s} {pet}",
        ],
        [
            "How about {a}, {b} or {d}?",
            "For {a:s} {pet}, I like {a} or {b}.",
            "You could call it {a}, {b} or {d}.",
        ],
        s=s,
        pet=pet,
        a=names[0],
        b=names[1],
        d=names[2],
    )
    z = c.r.random()
    if z < 0.3:
        c.say(
            ["more names" + END, "something else", "other ideas" + END, "more" + END, "i do not like those"],
            "Maybe {a} or {b}?",
            a=rest[0],
            b=rest[1],
        )
    elif z < 0.6:
        n = c.one(names[:2])
        c.say(
            ["i like {n}", "{n} it is", "{n} is nice", "i will take {n}", "ok, {n}"],
            ["{n} is a great name for {a:s} {pet}!", "Lovely! Say hello to {n} from me."],
            n=n,
            s=s,
            pet=pet,
        )
        if c.ch(0.4):
            c.say(
                ["what is my {pet} called now", "what is the name of my {pet}", "so what name did i choose"],
                ["Your {pet} is called {n}.", "You chose {n}."],
                pet=pet,
                n=n,
            )
