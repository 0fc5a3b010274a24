"""Skills: the calendar, places, colours, shapes."""

from .grammar import END
from .tables import CAPITALS, DAYS, MIXES, MONTH_DAYS, MONTHS, ORDINALS, SHAPES, THING_COLOURS


# the calendar and the world
def sk_day(c):
    i, x = c.r.randrange(7), c.r.random()
    d = DAYS[i]
    if x < 0.25:
        c.say(
            [
                "what day comes after {d}",
                "which day is after {d}",
                "what day is it after {d}",
                "the day after {d}" + END,
            ],
            "{e} comes after {d}.",
            d=d,
            e=DAYS[(i + 1) % 7],
        )
    elif x < 0.45:
        c.say(
            ["what day comes before {d}", "which day is before {d}", "the day before {d}" + END],
            "{e} comes before {d}.",
            d=d,
            e=DAYS[i - 1],
        )
    elif x < 0.65:
        k = c.ch(0.5)
        c.say(
            [
                "today is {d}. what day [is|will be] tomorrow",
                "if today is {d}, what is tomorrow",
                "it's {d} today, so what is tomorrow",
            ]
            if k
            else ["today is {d}. what day was yesterday", "if today is {d}, what was yesterday"],
            "If today is {d}, tomorrow is {e}." if k else "If today is {d}, yesterday was {e}.",
            d=d,
            e=DAYS[(i + 1) % 7] if k else DAYS[i - 1],
        )
    elif x < 0.8:
        n = c.r.randint(2, 5)
        c.say(
            [
                "what day is {n} days after {d}",
                "today is {d}. which day is it in {n} days",
                "{n} days after {d} is what day",
            ],
            "{n} days after {d} is {e}.",
            d=d,
            n=n,
            e=DAYS[(i + n) % 7],
        )
    elif x < 0.9:
        c.say(
            [
                "what are the days of the week",
                "name the days of the week",
                "say the days of the week" + END,
                "list the days",
            ],
            "The days are Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.",
        )
    else:
        c.say(
            ["is {d} [part of |on |]the weekend", "is {d} a weekend day"],
            "Yes, {d} is part of the weekend in many countries."
            if i > 4
            else "No, {d} is a weekday in most countries.",
            d=d,
        )


def sk_month(c):
    i, x = c.r.randrange(12), c.r.random()
    m = MONTHS[i]
    if x < 0.25:
        c.say(
            ["which month comes after {m}", "what month is after {m}", "the month after {m}" + END],
            "{e} comes after {m}.",
            m=m,
            e=MONTHS[(i + 1) % 12],
        )
    elif x < 0.45:
        c.say(
            ["which month comes before {m}", "what month is before {m}", "the month before {m}" + END],
            "{e} comes before {m}.",
            m=m,
            e=MONTHS[i - 1],
        )
    elif x < 0.65:
        c.say(
            [
                "how many days are in {m}",
                "how many days does {m} have",
                "how long is {m}",
                "days in {m}" + END,
            ],
            "{m} has 28 days, and 29 in a leap year." if i == 1 else "{m} has {n} days.",
            m=m,
            n=MONTH_DAYS[i],
        )
    elif x < 0.8:
        c.say(
            ["what is the {o} month", "which month is number {n}", "what month is the {o} month of the year"],
            "The {o} month is {m}.",
            o=ORDINALS[i],
            n=i + 1,
            m=m,
        )
    elif x < 0.9:
        c.say(
            ["which number is {m}", "what number month is {m}", "is {m} the {o} month"],
            "{m} is the {o} month of the year.",
            o=ORDINALS[i],
            m=m,
        )
    else:
        c.say(
            ["what are the months", "name the months of the year", "list all the months" + END],
            "January, February, March, April, May, June, July, August, September, October, November and December.",
        )


def sk_capital(c):
    k, city, cont = c.new("cap", CAPITALS)
    x = c.r.random()
    s = dict(k=k, c=city, t=cont)
    if x < 0.55:
        c.say(
            [
                "what is the capital of {k}",
                "capital of {k}" + END,
                "what's the capital city of {k}",
                "which city is the capital of {k}",
                "[do you know|tell me|name] the capital of {k}",
                "the capital of {k}?",
                "{k} capital",
            ],
            "The capital of {k} is {c}.",
            **s,
        )
    elif x < 0.7:
        c.say(
            [
                "{c} is the capital of which country",
                "which country has {c} as its capital",
                "where is {c}",
                "what country is {c} in",
            ],
            "{c} is the capital of {k}.",
            **s,
        )
    elif x < 0.8:
        c.say(
            ["where is {k}", "which continent is {k} in", "what continent is {k} in"], "{K} is in {t}.", **s
        )
    elif x < 0.87:
        o = c.one(["Europe", "Africa", "Asia", "South America", cont])
        c.say("is {k} in {o}", "Yes, {k} is in {t}." if o == cont else "No, {k} is in {t}.", o=o, **s)
    elif x < 0.94:
        c.say(
            ["is {c} the capital of {k}", "{c} is the capital of {k}, right"],
            "Yes, {c} is the capital of {k}.",
            **s,
        )
    else:
        o = c.one(CAPITALS)[1]
        if o == city:
            return
        c.say(
            ["is {o} the capital of {k}", "{o} is the capital of {k}, right"],
            "No, the capital of {k} is {c}.",
            o=o,
            **s,
        )
    if c.ch(0.3):
        if x < 0.55 and c.ch(0.6):
            k2, c2, _ = c.new("cap", CAPITALS)
            c.say(
                ["and {k}", "and of {k}", "what about {k}", "and the capital of {k}"],
                "The capital of {k} is {c}.",
                k=k2,
                c=c2,
            )
        elif x < 0.7:
            c.say(
                ["which continent is that in", "where is that", "what continent is that on"],
                "{K} is in {t}.",
                **s,
            )
        elif x < 0.87:
            c.say(
                ["and what is its capital", "what is the capital", "what is its capital city"],
                "The capital of {k} is {c}.",
                **s,
            )


def sk_mix(c):
    a, b, m = c.new("mix", MIXES)
    if c.ch(0.5):
        a, b = b, a
    x = c.r.random()
    if x < 0.8:
        c.say(
            [
                "what [colour|color|] do {a} and {b} make",
                "what do you get when you mix {a} and {b}",
                "mix {a} and {b}" + END,
                "what is {a} plus {b} in paint",
                "if i mix {a} and {b} paint, what do i get",
                "{a} and {b} make what colour",
            ],
            "If you mix {a} and {b} paint, you get {m}.",
            a=a,
            b=b,
            m=m,
        )
    else:
        c.say(
            ["how do i make {m}", "which colours make {m}", "how can i mix {m}"],
            "Mix {a} and {b} paint to make {m}.",
            a=a,
            b=b,
            m=m,
        )
    if c.ch(0.25):
        a, b, m = c.new("mix", MIXES)
        c.say(
            ["and {a} and {b}", "what about {a} and {b}", "and with {a} and {b}"],
            "If you mix {a} and {b} paint, you get {m}.",
            a=a,
            b=b,
            m=m,
        )


def sk_thing_colour(c):
    t, col = c.new("tc", THING_COLOURS)
    c.say(
        [
            "what colour is {t}",
            "what color is {t}",
            "which colour does {t} have",
            "what is the colour of {t}",
        ],
        "{T} is {col}.",
        t=t,
        col=col,
    )
    if c.ch(0.2):
        t, col = c.new("tc", THING_COLOURS)
        c.say(["and {t}", "what about {t}"], "{T} is {col}.", t=t, col=col)


def sk_shape(c):
    n, d, ex = c.new("shape", SHAPES)
    x = c.r.random()
    if x < 0.6:
        c.say(
            [
                "what does {a:n} look like",
                "tell me about the {n}",
                "what shape is {a:n}",
                "describe {a:n}",
                "explain the shape {n}",
                "what is {a:n} like",
            ],
            "{d}",
            n=n,
            d=d,
        )
    elif x < 0.85:
        c.say(
            [
                "give me an example of {a:n}",
                "what thing is shaped like {a:n}",
                "what looks like {a:n}",
                "name something that is shaped like {a:n}",
            ],
            "{Ex} is shaped like {a:n}."
            if not ex.startswith(("some", "the great"))
            else "{Ex} are shaped like {a:n}.",
            n=n,
            ex=ex,
        )
    elif x < 0.93:
        c.say(
            [
                "which shape has three sides",
                "what has three sides and three corners",
                "what shape has three corners",
            ],
            "A triangle has three sides and three corners.",
        )
    else:
        c.say(
            ["which shape is round", "what shape has no corners", "which flat shape has no corners"],
            "A circle is round and has no corners.",
        )
