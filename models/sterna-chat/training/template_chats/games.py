"""Skills: quizzes, guessing games, role play."""

from .animals import CALLS, CUBS
from .grammar import END, LETTERS, an, cap, num
from .tables import ANIMALS, CAPITALS, MONTHS, PLURALS, ROLES, SHOP_ITEMS
from .text import words
from .words import OPP, OPP_WORDS

QUIZ_KINDS = words("capital add times opposite animal month letter plural", " ")


def sk_quiz(c):
    """The model asks, the user answers, the model checks."""
    kind = c.one(QUIZ_KINDS)
    named = c.ch(0.5)
    c.say(
        [
            "[quiz me|test me] on {t}" + END,
            "ask me about {t}" + END,
            "i want to practise {t}",
            "can you quiz me on {t}",
            "a quiz on {t}" + END,
        ]
        if named
        else [
            "[quiz me|ask me a question|test me|give me a quiz|ask me something|let us do a quiz]" + END,
            "can you [quiz|test] me",
            "let's play a quiz",
        ],
        ["{q}", "Here we go. {q}", "Okay! {q}"],
        **quiz_item(c, kind),
    )
    for _ in range(c.r.randint(1, 3)):
        q = c.mem["quiz"]
        right = c.ch(0.6)
        if c.ch(0.12):
            c.say(
                ["i do not know", "no idea", "tell me", "i give up", "help"],
                ["No problem. {full}", "That is okay. {full}"],
                **q,
            )
        else:
            ans = q["right"] if right else q["wrong"]
            c.say(
                ["{ans}", "it is {ans}", "is it {ans}", "{ans}?", "i think {ans}", "hmm, {ans}"],
                ["Yes! {full} [Well done!|]", "That is right! {full}", "Correct! {full}"]
                if right
                else ["Not quite. {full}", "Good try, but no. {full}", "Almost! {full}"],
                ans=ans,
                **q,
            )
        if c.ch(0.5) and c.room():
            c.say(
                ["next" + END, "another one" + END, "one more" + END, "next question" + END, "again" + END],
                "{q}",
                **quiz_item(c, kind if named else c.one(QUIZ_KINDS)),
            )
        else:
            break


def quiz_item(c, k):
    if k == "capital":
        a, b = c.some([x for x in CAPITALS if x[0] != x[1]], 2)
        q = dict(
            q="What is the capital of %s?" % a[0],
            right=a[1],
            wrong=b[1],
            full="The capital of %s is %s." % (a[0], a[1]),
            t="capitals",
        )
    elif k in ("add", "times"):
        a, b = c.r.randint(1, 10), c.r.randint(1, 10)
        op, z = ("+", a + b) if k == "add" else ("x", a * b)
        q = dict(
            q="What is %d %s %d?" % (a, op, b),
            right=z,
            wrong=z + c.one([-1, 1, 2, 3]),
            full="%d %s %d = %d." % (a, op, b, z),
            t="sums" if k == "add" else "times tables",
        )
    elif k == "opposite":
        w, v = c.some(OPP_WORDS, 2)
        while OPP[v] == w or OPP[w] == v:
            v = c.one(OPP_WORDS)
        q = dict(
            q="What is the opposite of %s?" % w,
            right=OPP[w],
            wrong=v,
            full="The opposite of %s is %s." % (w, OPP[w]),
            t="opposites",
        )
    elif k == "animal":
        a, b = c.some(ANIMALS, 2)
        while b[3] == a[3]:
            b = c.one(ANIMALS)
        q = dict(
            q="What is a baby %s called?" % a[0],
            right=an(a[3]),
            wrong=an(b[3]),
            full="A baby %s is called %s." % (a[0], an(a[3])),
            t="animals",
        )
    elif k == "month":
        i = c.r.randrange(12)
        q = dict(
            q="Which month comes after %s?" % MONTHS[i],
            right=MONTHS[(i + 1) % 12],
            wrong=MONTHS[(i + 5) % 12],
            full="%s comes after %s." % (MONTHS[(i + 1) % 12], MONTHS[i]),
            t="months",
        )
    elif k == "letter":
        i = c.r.randrange(25)
        q = dict(
            q="Which letter comes after %s?" % LETTERS[i],
            right=LETTERS[i + 1],
            wrong=LETTERS[(i + 4) % 26],
            full="%s comes after %s." % (LETTERS[i + 1], LETTERS[i]),
            t="letters",
        )
    else:
        a, b = c.one([p for p in PLURALS if p[0] != p[1]])
        q = dict(
            q="What is the plural of %s?" % a,
            right=b,
            wrong=a,
            full="The plural of %s is %s." % (a, b),
            t="plurals",
        )
    c.mem["quiz"] = q
    return q


def sk_guess(c):
    """The model guesses the user's animal; a wrong guess is put right by the user."""
    a = c.one(
        [
            x
            for x in ANIMALS
            if CALLS.count(x[1]) == 1 and not x[1].startswith(("no ", "almost", "a ", "clicks"))
        ]
    )
    b = c.one(ANIMALS)
    if a is b:
        return
    c.say(
        [
            "guess my favourite animal",
            "guess which animal i am thinking of",
            "can you guess my animal",
            "i am thinking of an animal. guess it",
            "guess my animal",
        ],
        ["Is it {a:b}?", "Hmm, is it {a:b}?"],
        b=b[0],
    )
    x = c.r.random()
    s = dict(a=a[0], b=b[0], s=a[1], y=a[3], h=a[2])
    if x < 0.3:
        c.say(
            ["yes", "yes!", "that is right", "correct", "wow, yes", "yes, it is {a:b}"],
            ["Hooray, I guessed it! {A:b} is a fine animal.", "I got it! {A:b} is a fine animal."],
            **s,
        )
    elif x < 0.6:
        c.say(
            ["no, it is {a:a}", "wrong, it is {a:a}", "no, {a:a}", "not {a:b}, {a:a}"],
            [
                "{A:a}! Then my guess was wrong. Thank you for telling me.",
                "Ah, {a:a}! I was wrong. {A:a} is a fine animal too.",
            ],
            **s,
        )
    elif x < 0.8 or CUBS.count(a[3]) > 1:
        c.say(["no, it says {s}", "no. it says {s}", "wrong. it says {s}"], "Then it must be {a:a}!", **s)
        c.say(
            ["yes", "right", "yes, well done", "correct"],
            ["Hooray! Thank you for the hint.", "Great! {A:a} says {s}, so that helped."],
            **s,
        )
    else:
        c.say(
            ["no", "no, try again", "wrong", "nope"],
            ["Oh! Can you give me a hint?", "Hmm. Please give me a hint."],
        )
        c.say(["its baby is called {a:y}", "it says {s}", "its baby is {a:y}"], "Then it must be {a:a}!", **s)


# role play
def sk_role(c):
    role = c.new("role", list(ROLES))
    opening, talk, closing = ROLES[role]
    c.say(
        [
            "[be|pretend to be|pretend you are|act like|play|speak like|talk like] {role}" + END,
            "let's play: you are {role}",
            "can you [be|play] {role}",
            "i want to talk to {role}",
            "you are {role} now",
            "role play: {role}",
        ],
        opening,
        role=role,
    )
    if talk is None:
        n, item = c.r.randint(1, 12), c.one(SHOP_ITEMS)
        price = c.r.randint(1, 4)
        one = item[:-1] if not item.endswith("oes") else item[:-2]
        if c.ch(0.5):
            c.say(
                [
                    "how much is one {one}" if item[0] not in "aeiou" else "how much is one {one}",
                    "what do {i} cost",
                    "how much are the {i}",
                ],
                ["One {one} costs {p} coin{s}. How many would you like?"],
                one=one,
                i=item,
                p=num(price),
                s="" if price == 1 else "s",
            )
            c.say(
                ["{n} please", "i take {n}", "{n} {i} please", "give me {n}"],
                [
                    "{N} {i}, here you go! That is {t} coins, please."
                    if n * price > 1
                    else "One {one}, here you go! That is one coin, please."
                ],
                n=n,
                N=cap(num(n)),
                i=item if n > 1 else one,
                one=one,
                t=n * price,
            )
        else:
            c.say(
                [
                    "i want {n} {i}",
                    "{n} {i} please",
                    "can i have {n} {i}",
                    "do you have {i}? i need {n}",
                    "i would like to buy {n} {i}",
                ],
                ["{N} {i}, here you go! One costs one coin, so that is {n} coin{s}, please."],
                n=n,
                N=cap(num(n)),
                i=item if n > 1 else one,
                s="" if n == 1 else "s",
            )
        if c.ch(0.4):
            o = c.one(SHOP_ITEMS)
            c.say(
                ["do you have {o} too", "do you also sell {o}", "and {o}"],
                [
                    "Yes, we have fresh {o} today! How many would you like?"
                    if o in ("eggs", "buns", "rolls", "flowers", "apples", "pears", "plums")
                    else "Yes, we have {o} today! How many would you like?",
                    "I am sorry, the {o} are sold out today. Please come back tomorrow.",
                ],
                o=o,
            )
        if c.ch(0.6):
            c.say(
                [
                    "here is the money",
                    "here you are",
                    "here are the coins, thank you",
                    "thank you, bye",
                    "thanks",
                ],
                closing,
            )
    else:
        for u, b in c.some(talk, min(len(talk), c.r.randint(1, 3))):
            c.say(u, b)
        if c.ch(0.35):
            c.say(["bye", "goodbye", "i must go", "thank you, goodbye", "see you"], closing)
    if c.ch(0.3):
        c.say(
            [
                "stop the game" + END,
                "ok, stop",
                "be yourself again" + END,
                "end of the game",
                "that was fun, stop now",
                "you can stop now",
            ],
            ["Okay! I am {me} again. That was fun.", "The game is over, and I am {me} again. What next?"],
        )
