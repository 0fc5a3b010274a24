"""Skills: numbers."""

from .grammar import END, num, person, pronouns
from .text import words

# numbers
THINGS = words(
    "apples, pears, cookies, books, stamps, coins, stones, shells, pens, cards, balls, eggs, buttons, candles, plums, cups, marbles, stickers, flowers, fish, socks, nuts, keys, hats, toy cars, pencils"
)
CHECKS = [
    (
        ["are you sure", "is that right", "really", "check it again", "can you check"],
        ["I counted again: {f} You can check it too."],
    ),
    (
        ["thanks", "thank you", "ok", "great", "cool"],
        ["You are welcome! Do you have another sum?", "Any time! Small sums are fun."],
    ),
]


def many(n, things):
    """1 pear, 2 pears"""
    return "%d %s" % (n, things[:-1] if n == 1 and things.endswith("s") else things)


def after_sum(c, f, ans):
    x = c.r.random()
    if x < 0.1:
        u, b = CHECKS[0]
        c.say(u, b, f=f)
    elif x < 0.16:
        u, b = CHECKS[1]
        c.say(u, b)
    elif x < 0.21:
        w = ans + c.one([-2, -1, 1, 2, 10])
        if w >= 0:
            c.say(
                [
                    "no, it is {w}",
                    "i think it is {w}",
                    "is it not {w}",
                    "my friend says {w}",
                    "but i got {w}",
                ],
                [
                    "Hmm, I still get {f} You can check with your fingers or a calculator.",
                    "I think {g} But I may be wrong, so please check it.",
                ],
                w=w,
                f=f,
                g=f,
            )


def sk_add(c, small=None):
    minus = c.ch(0.45)
    a, b = c.r.randint(0, 20), c.r.randint(0, 20)
    if minus:
        a, b = max(a, b), min(a, b)
    elif c.ch(0.7):
        a = c.r.randint(0, 20)
        b = c.r.randint(0, 20 - a)
    ans = a - b if minus else a + b
    s = dict(
        a=a,
        b=b,
        x=ans,
        aw=num(a),
        bw=num(b),
        xw=num(ans),
        op="-" if minus else "+",
        ow="minus" if minus else "plus",
    )
    x = c.r.random()
    f = "{} {} {} = {}.".format(a, s["op"], b, ans)
    if x < 0.5:
        c.say(
            [
                "{a} {op} {b}",
                "what is {a} {op} {b}",
                "what is {a} {ow} {b}",
                "{a}{op}{b}",
                "{a} {op} {b} =",
                "{a} {ow} {b}",
                "what's {a} {op} {b}",
                "how much is {a} {ow} {b}",
                "[calculate|solve|work out] {a} {op} {b}",
                "can you [add|do] {a} {op} {b}" if not minus else "can you do {a} {op} {b}",
                "tell me what {a} {op} {b} is",
                "[add {a} and {b}|{a} and {b} together|what do {a} and {b} make|the sum of {a} and {b}]"
                if not minus
                else "[take {b} from {a}|{a} take away {b}|subtract {b} from {a}]",
            ],
            "{a} {op} {b} = {x}.",
            **s,
        )
    elif x < 0.65:
        c.say(
            [
                "what is {aw} {ow} {bw}",
                "{aw} {ow} {bw}",
                "how much is {aw} {ow} {bw}",
                "{aw} {ow} {bw} is what",
            ],
            "{Aw} {ow} {bw} is {xw}.",
            **s,
        )
    elif b > 0:
        t, n = c.one(THINGS), person(c.r)
        s.update(
            t=t,
            n=n,
            he=pronouns(c.r, n)[0],
            at=many(a, t),
            bt=many(b, t),
            xt=many(ans, t),
            be="is" if a == 1 else "are",
        )
        if minus:
            c.say(
                [
                    "i have {at} and [give away|lose|use] {b}. how many are left",
                    "{n} has {at}. {He} gives me {b}. how many does {he} have left",
                    "there {be} {at}. i take {b} away. how many are there now",
                    "if i have {at} and lose {b}, how many do i have",
                ],
                "{a} - {b} = {x}, so the answer is {xt}.",
                **s,
            )
        else:
            c.say(
                [
                    "i have {at} and [get|buy|find] {b} more. how many do i have",
                    "{n} has {at}. i have {bt}. how many do we have together",
                    "there {be} {at} here and {b} there. how many in all",
                    "if i have {at} and {n} gives me {b}, how many do i have",
                ],
                "{a} + {b} = {x}, so the answer is {xt}.",
                **s,
            )
    if c.ch(0.25):
        d = c.r.randint(1, 5)
        if c.ch(0.5):
            c.say(
                ["and plus {d}", "now add {d}", "plus {d}", "and {d} more"],
                "{x} + {d} = {y}.",
                x=ans,
                d=d,
                y=ans + d,
            )
        elif ans >= d:
            c.say(
                ["and minus {d}", "now take away {d}", "minus {d}", "now subtract {d}"],
                "{x} - {d} = {y}.",
                x=ans,
                d=d,
                y=ans - d,
            )
    else:
        after_sum(c, f, ans)


def sk_times(c):
    a, b = c.r.randint(0, 10), c.r.randint(0, 10)
    t = c.one(THINGS)
    s = dict(a=a, b=b, x=a * b, aw=num(a), bw=num(b), xw=num(a * b), t=t, bt=many(b, t), xt=many(a * b, t))
    x = c.r.random()
    if x < 0.55:
        c.say(
            [
                "{a} x {b}",
                "what is {a} x {b}",
                "what is {a} times {b}",
                "{a} times {b}",
                "{a} * {b}",
                "how much is {a} x {b}",
                "multiply {a} by {b}",
                "{a}x{b}",
                "what's {a} times {b}",
                "tell me {a} times {b}",
                "{a} x {b} =",
            ],
            "{a} x {b} = {x}.",
            **s,
        )
    elif x < 0.68:
        c.say(
            ["what is {aw} times {bw}", "{aw} times {bw}", "how much is {aw} times {bw}"],
            "{Aw} times {bw} is {xw}.",
            **s,
        )
    elif x < 0.83 and a > 1 and b > 0:
        c.say(
            [
                "i have {a} bags with {bt} in each. how many {t} are there",
                "{a} boxes, {bt} in each box. how many {t}",
                "there are {a} tables with {bt} on each one. how many {t} in all",
            ],
            "{a} x {b} = {x}, so there are {xt}.",
            **s,
        )
    elif a > 0 and b > 0:
        c.say(
            [
                "{x} divided by {a}",
                "what is {x} divided by {a}",
                "what is {x} / {a}",
                "share {x} {t} between {a} [people|children]",
            ]
            if a > 1
            else ["what is {x} divided by {a}"],
            "{x} / {a} = {b}.",
            **s,
        )
    else:
        c.say("what is {a} times {b}", "{a} x {b} = {x}.", **s)
    if " x " in c.last():
        after_sum(c, "{} x {} = {}.".format(a, b, a * b), a * b)


def sk_table(c):
    a = c.r.randint(1, 10)
    lo = c.one([1, 1, 1, 6])
    c.say(
        [
            "say the {w} times table",
            "the {a} times table" + END,
            "what is the {w} times table",
            "help me with the {a} times table",
            "times table of {a}",
        ],
        "{t}.",
        a=a,
        w=num(a),
        t=", ".join("%d x %d = %d" % (k, a, k * a) for k in range(lo, lo + (10 if lo == 1 else 5))),
    )


def sk_compare(c):
    a, b = c.r.randint(0, 100), c.r.randint(0, 100)
    if c.ch(0.4):
        a, b = c.r.randint(0, 20), c.r.randint(0, 20)
    x = c.r.random()
    if a == b:
        c.say(
            ["which is bigger, {a} or {b}", "is {a} more than {b}"],
            "They are the same: {a} and {a}.",
            a=a,
            b=b,
        )
    elif x < 0.55:
        big = c.ch(0.6)
        w, l = (max(a, b), min(a, b)) if big else (min(a, b), max(a, b))
        c.say(
            [
                "which [number |one |]is {k}, {a} or {b}",
                "what is {k}: {a} or {b}",
                "{a} or {b}, which is {k}",
            ],
            "{w} is {k} than {l}.",
            a=a,
            b=b,
            w=w,
            l=l,
            k="bigger" if big else "smaller",
        )
    elif x < 0.85:
        more = c.ch(0.5)
        yes = (a > b) == more
        c.say(
            ["is {a} {k} than {b}"],
            "Yes, {a} is {k} than {b}." if yes else "No, {a} is {o} than {b}.",
            a=a,
            b=b,
            k=("bigger" if more else "smaller"),
            o=("smaller" if more else "bigger"),
        )
    else:
        ns = c.some(range(0, 41), 3)
        k = c.ch(0.5)
        c.say(
            [
                "which is the {k}: {a}, {b} or {d}",
                "what is the {k} number: {a}, {b}, {d}",
                "{k} of {a}, {b} and {d}",
            ],
            "{w} is the {k}.",
            a=ns[0],
            b=ns[1],
            d=ns[2],
            k="biggest" if k else "smallest",
            w=max(ns) if k else min(ns),
        )


def sk_count(c):
    x = c.r.random()
    if x < 0.35:
        a = c.r.randint(0, 20)
        b = a + c.r.randint(3, 10)
        c.say(
            [
                "count from {a} to {b}",
                "can you count from {a} to {b}",
                "count {a} to {b}" + END,
                "please count from {a} to {b}",
            ]
            + (["count to {b}", "can you count to {b}"] if a == 1 else []),
            "{t}.",
            a=a,
            b=b,
            t=", ".join(map(str, range(a, b + 1))),
        )
    elif x < 0.45:
        b = c.r.randint(4, 20)
        c.say(
            ["count to {b}", "can you count to {b}", "count up to {b}" + END],
            "{t}.",
            b=b,
            t=", ".join(map(str, range(1, b + 1))),
        )
    elif x < 0.6:
        a = c.r.randint(4, 20)
        b = c.r.randint(0, a - 3)
        c.say(
            ["count [down|back|backwards] from {a} to {b}", "count down from {a} to {b}" + END],
            "{t}.",
            a=a,
            b=b,
            t=", ".join(map(str, range(a, b - 1, -1))),
        )
    elif x < 0.7:
        k = c.one([2, 3, 5, 10])
        n = c.r.randint(4, 10)
        c.say(
            ["count by {w}s to {m}", "count in {w}s up to {m}", "skip count by {k} to {m}"],
            "{t}.",
            k=k,
            w=num(k) if k != 5 else "five",
            m=k * n,
            t=", ".join(str(k * i) for i in range(1, n + 1)),
        )
    elif x < 0.85:
        a = c.r.randint(1, 99)
        up = c.ch(0.5)
        c.say(
            ["what [number |]comes {k} {a}", "which number is {k} {a}", "the number {k} {a}" + END],
            "{b} comes {k} {a}.",
            a=a,
            b=a + 1 if up else a - 1,
            k="after" if up else "before",
        )
    elif x < 0.93:
        a = c.r.randint(0, 50)
        c.say(
            ["is {a} even or odd", "is {a} an even number", "is {a} odd"],
            "{a} is an even number." if a % 2 == 0 else "{a} is an odd number.",
            a=a,
        )
    else:
        a = c.r.randint(1, 10)
        c.pair(
            [
                (["what is [double|two times|twice] {a}", "double {a}" + END], "Double {a} is {b}."),
                (["what is half of {b}", "half of {b}" + END], "Half of {b} is {a}."),
            ],
            a=a,
            b=2 * a,
        )


def sk_sort_numbers(c):
    ns = c.some(range(0, 31), c.r.randint(3, 5))
    up = c.ch(0.7)
    c.say(
        [
            "[sort|order|put in order] these numbers: {t}"
            if up
            else "sort these numbers from big to small: {t}",
            "put these numbers in order: {t}" if up else "order these from largest to smallest: {t}",
        ],
        "{x}.",
        t=", ".join(map(str, ns)),
        x=", ".join(map(str, sorted(ns, reverse=not up))),
    )


def sk_big_sum(c):
    a, b = c.r.randint(101, 9999), c.r.randint(21, 9999)
    op = c.one(["+", "-", "x", "times", "plus", "divided by"])
    c.say(
        ["what is {a} {op} {b}", "{a} {op} {b}", "how much is {a} {op} {b}", "can you do {a} {op} {b}"],
        [
            "That sum is too big for me. A calculator is safer.",
            "I am only good at small sums, so I may get that wrong. Please use a calculator.",
        ],
        a=a,
        b=b,
        op=op,
    )


def sk_number_word(c):
    n = c.r.randint(0, 100)
    if c.ch(0.5):
        c.say(
            [
                "how do you write {n} in words",
                "{n} in words" + END,
                "write {n} as a word",
                "what is {n} in words",
            ],
            "{n} in words is {w}.",
            n=n,
            w=num(n),
        )
    else:
        c.say(
            [
                "write {w} as a number",
                "what number is {w}",
                "{w} in digits" + END,
                "how do i write {w} with digits",
            ],
            "{W} is {n}." if n > 99 or len(num(n)) > 5 else "The number {w} is {n}.",
            n=n,
            w=num(n),
        )
