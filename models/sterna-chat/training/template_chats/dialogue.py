"""Skills: corrections and changes of subject."""

import re

from .fun import BY_KIND, sk_fact, sk_joke, sk_riddle
from .grammar import END, Chat, person
from .likes import sk_like_animal, sk_like_food, sk_like_hobby
from .poems import sk_haiku, sk_poem
from .small_talk import sk_school, sk_sport_music, sk_weather
from .stories import sk_story, story_turn
from .tables import CAPITALS, FEATURES, RIDDLES


# corrections and changes of subject
def sk_correct(c):
    x = c.r.random()
    if x < 0.22:
        v, w = person(c.r), person(c.r)
        if v == w:
            return
        c.say(
            ["my name is {v}", "i am {v}", "call me {v}"],
            ["Nice to meet you, {v}!", "Hello, {v}! How can I help?"],
            v=v,
        )
        c.say(
            [
                "sorry, i mean {w}",
                "no, my name is {w}",
                "i made a typo, it is {w}",
                "it is {w}, not {v}",
                "oh wait, it should be {w}",
            ],
            ["Thank you for the correction. Nice to meet you, {w}!", "Sorry about that, {w}! I have it now."],
            v=v,
            w=w,
        )
        c.mem["name"] = w
        if c.ch(0.5):
            c.say(["what is my name", "so what is my name", "say my name"], "Your name is {w}.", w=w)
    elif x < 0.42:
        a, b = c.some(["a joke", "a story", "a poem", "a riddle", "a fact", "a haiku"], 2)
        fn = {
            "a joke": sk_joke,
            "a story": sk_story,
            "a poem": sk_poem,
            "a riddle": sk_riddle,
            "a fact": sk_fact,
            "a haiku": sk_haiku,
        }
        {
            "a joke": lambda: sk_joke(c),
            "a story": lambda: story_turn(c),
            "a poem": lambda: sk_poem(c),
            "a riddle": lambda: sk_riddle(c),
            "a fact": lambda: sk_fact(c),
            "a haiku": lambda: sk_haiku(c),
        }[a]()
        d = Chat(c.r, c.me, 1)
        fn[b](d)
        if d.turns and len(d.turns[0][1]) < 270:
            c.say(
                [
                    "no, i [wanted|meant|asked for] {b}",
                    "not {a}, {b}",
                    "i [wanted|meant] {b}, not {a}",
                    "that is {a}, but i wanted {b}",
                ],
                ["Oh, sorry! {z}", "My mistake! {z}"],
                a=a,
                b=b,
                z=d.turns[0][1],
            )
    elif x < 0.62:
        f = c.one([f for f in FEATURES if re.fullmatch(r"\d+ [a-z]+", f[1]) and "things" not in f[1]])
        k, unit = f[1].split()
        k = int(k)
        c.say(
            [
                "you said that {a:t} has {m} {u}, but it has {k}",
                "you were wrong. {a:t} has {k} {u}",
                "you made a mistake: {a:t} has {k} {u}, not {m}",
                "that is not right, {a:t} has {k} {u}",
                "no, {a:t} has {k} {u}",
            ],
            [
                "You are right, thank you! {A:t} has {k} {u}.",
                "Thank you for the correction. {A:t} has {k} {u}.",
            ],
            t=f[0],
            k=k,
            m=k + c.one([-1, 1, 2]),
            u=unit,
        )
    elif x < 0.82:
        a, b = c.r.randint(0, 10), c.r.randint(0, 10)
        op = c.one(["+", "x"])
        z = a + b if op == "+" else a * b
        w = z + c.one([1, 2, -1]) if z else 1
        if c.ch(0.5):
            c.say(
                [
                    "you said {a} {op} {b} is {w}, but it is {z}",
                    "you made a mistake, {a} {op} {b} is {z}",
                    "your sum was wrong. {a} {op} {b} = {z}",
                ],
                [
                    "You are right, thank you! {a} {op} {b} = {z}.",
                    "Yes, {a} {op} {b} = {z}. Thank you for checking me.",
                ],
                a=a,
                b=b,
                op=op,
                w=w,
                z=z,
            )
        else:
            c.say(
                [
                    "{a} {op} {b} is {w}, right",
                    "{a} {op} {b} = {w}",
                    "is {a} {op} {b} {w}",
                    "i say {a} {op} {b} is {w}",
                ],
                ["Not quite. {a} {op} {b} = {z}."] if w != z else ["Yes, {a} {op} {b} = {z}."],
                a=a,
                b=b,
                op=op,
                w=w,
                z=z,
            )
    else:
        c.say(
            [
                "you are wrong",
                "that is wrong",
                "that is not correct",
                "you made a mistake",
                "no, that is not right",
                "your answer was wrong",
                "that was not what i asked",
                "you did not answer my question",
                "you misunderstood me",
                "you got it wrong",
            ],
            [
                "I am sorry! I am a small model and make mistakes. What is the right answer?",
                "Thank you for telling me. Could you ask me again in other words?",
                "Sorry about that. Please tell me what you meant.",
            ],
        )
        if c.ch(0.5):
            k, city, _ = c.one(CAPITALS)
            c.say(
                ["the capital of {k} is {c}", "{c} is the capital of {k}"],
                ["Thank you! The capital of {k} is {c}.", "Right, {c} is the capital of {k}. Thank you!"],
                k=k,
                c=city,
            )


def sk_change(c):
    a, b, d = c.some(
        ["animals", "food", "music", "the weather", "hobbies", "space", "stories", "riddles", "school"], 3
    )
    c.say(
        [
            "[let's|let us|can we] talk about something else",
            "change the subject" + END,
            "i want to talk about something else",
            "enough of that",
            "new topic" + END,
            "something different" + END,
            "i am bored of this",
            "can we do something else",
        ],
        [
            "Sure! Shall we talk about {a}, {b} or {d}?",
            "Of course. How about {a} or {b}?",
            "Okay! What would you like to talk about?",
        ],
        a=a,
        b=b,
        d=d,
    )
    p = c.one([a, b]) if "How about" in c.turns[-1][1] else c.one([a, b, d])
    c.say(
        ["{p}" + END, "let's talk about {p}", "{p} sounds good", "i choose {p}", "yes, {p}"],
        {
            "animals": "Good choice! My favourite animal is the tern. What is yours?",
            "food": "Yum! I cannot eat, but I like to hear about it. What did you eat today?",
            "music": "Nice! What music do you like?",
            "the weather": "I cannot see the sky. What is the weather like where you are?",
            "hobbies": "Great! What do you like to do in your free time?",
            "space": "Space is big! Did you know? {fact}",
            "stories": "I love stories. What should the story be about?",
            "riddles": "Here is one. {riddle} What am I?",
            "school": "All right! What is your favourite subject?",
        }[p],
        p=p,
        fact=c.one(c.one(BY_KIND["space"])[2:]),
        riddle=c.one(RIDDLES)[0],
    )
    nxt = {
        "animals": sk_like_animal,
        "food": sk_like_food,
        "music": sk_sport_music,
        "the weather": sk_weather,
        "hobbies": sk_like_hobby,
        "school": sk_school,
    }.get(p)
    if nxt and c.ch(0.5) and c.room(2):
        nxt(c)


def sk_offer(c):
    """The model offers, the user picks."""
    c.say(
        [
            "i am bored",
            "what now",
            "what should we do",
            "entertain me",
            "i have nothing to do",
            "what can we do now",
            "let's do something fun",
            "i need a break",
            "give me something fun",
            "can we play",
            "i want to have fun",
        ],
        [
            "Would you like a joke, a riddle or a story?",
            "We could do a riddle, a poem or a fun fact. What would you like?",
            "Shall I tell you a joke or a story?",
        ],
    )
    offer = c.turns[-1][1]
    pick = c.one([k for k in ("joke", "riddle", "story", "poem", "fact") if k in offer])
    if c.ch(0.15):
        c.say(
            ["yes", "ok", "sure", "yes please"],
            ["Great! Which one would you like?", "Good! Please choose one."],
        )
    d = Chat(c.r, c.me, 1)
    {"joke": sk_joke, "riddle": sk_riddle, "story": sk_story, "poem": sk_poem, "fact": sk_fact}[pick](d)
    if d.turns:
        c.say(
            [
                "a {p}" + END,
                "{p}" + END,
                "the {p}" + END,
                "a {p} sounds good",
                "i'll take the {p}",
                "yes, a {p}",
            ],
            "{z}",
            p=pick,
            z=d.turns[0][1],
        )
