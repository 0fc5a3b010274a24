"""Skills: weather, outings, school, sport, feelings."""

from .fun import sk_joke, sk_riddle
from .grammar import person, you_for_i
from .tables import (
    DAYS,
    FEELINGS,
    INSTRUMENTS,
    MUSIC,
    OUTINGS,
    RELATIVES,
    SEASONS,
    SPORTS,
    SUBJECTS,
    WEATHERS,
)


def sk_weather(c):
    w, say, ask = c.one(WEATHERS)
    if c.ch(0.8):
        c.say(
            [
                "it is {w} [today|outside|here|now|again]",
                "the weather is {w}",
                "it's so {w} [today|here]",
                "what {a:w} day",
                "{w} again today",
                "the day is {w} here",
            ],
            ["{s} {q}", "{s}", "I cannot see the sky, so thank you for telling me! {q}"],
            w=w,
            s=say,
            q=ask,
        )
    else:
        c.say(
            ["i [like|love|do not like] {w} days", "{w} days are [the best|not for me]"],
            ["I see! {s}", "{W} days have their own charm. {s}"],
            w=w,
            s=say,
        )
    if c.turns[-1][1].endswith("?") and c.ch(0.6):
        if c.ch(0.5):
            c.say(
                ["yes", "yes, i think so", "i think so", "yes, of course", "yes, a bit"],
                ["Good! I hope that you have a nice day.", "All right! Enjoy your day."],
            )
        else:
            c.say(
                ["no", "not really", "not today", "no, i will stay at home", "maybe later"],
                ["I see. Take care of yourself, then.", "That is fine. A quiet day at home is nice too."],
            )


def sk_outing(c):
    p, did, say = c.one(OUTINGS)
    rel, v, when = (
        c.one(RELATIVES),
        person(c.r),
        c.one(["yesterday", "last weekend", "on " + c.one(DAYS), "this morning", "last week"]),
    )
    who, who2 = c.one(
        [("", ""), ("", ""), (" with my " + rel, " with your " + rel), (" with " + v, " with " + v)]
    )
    s = dict(p=p, d=did, d2=did.replace("my ", "your "), when=when, who=who, who2=who2, s=say)
    c.say(
        [
            "{when} i went to {p}{who}",
            "i went to {p}{who} {when}",
            "i was at {p}{who} {when}",
            "guess what, {when} i went to {p}{who}",
        ],
        ["{s} What did you do there?", "That sounds nice! What did you do at {p}?", "{s}"],
        **s,
    )
    told = c.ch(0.75)
    if told:
        c.say(
            ["i {d}", "we {d}", "oh, i {d}", "i {d}, it was [fun|great|nice]"],
            [
                "How nice! [I hope that you had fun.|Would you do it again?]",
                "That sounds fun! What was the best part?",
            ],
            **s,
        )
    if c.ch(0.55):
        c.say(
            [
                "where did i go",
                "do you remember where i went",
                "where was i {when}",
                "which place did i tell you about",
            ],
            ["You told me that you went to {p}.", "You went to {p}{who2}."],
            **s,
        )
    if told and c.ch(0.25):
        c.say(
            ["what did i do there", "do you remember what i did there", "and what did i do"],
            ["You told me that you {d2}.", "You said that you {d2}."],
            **s,
        )
    if who and c.ch(0.3):
        c.say(
            ["who was with me", "who did i go with", "did i go alone"],
            ["You went{who2}.", "You told me that you went{who2}."],
            **s,
        )


def sk_season(c):
    s, d, months = c.one(SEASONS)
    x = c.r.random()
    if x < 0.5:
        c.say(
            [
                "[i like|i love] {s}",
                "my favourite season is {s}",
                "{s} is the best",
                "i cannot wait for {s}",
                "it is {s} here",
            ],
            ["{S} has {d}. What do you like about it?", "{S} is lovely. It brings {d}."],
            s=s,
            d=d,
        )
    elif x < 0.75:
        c.say(
            ["what is {s} like", "tell me about {s}", "what happens in {s}"],
            ["{S} brings {d}.", "In {s} there are {d}."],
            s=s,
            d=d,
        )
    else:
        c.say(
            ["which months are in {s}", "when is {s}", "what are the months of {s}"],
            "In the north, {s} is in {m}. In the south it is half a year later.",
            s=s,
            m=months,
        )


def sk_school(c):
    s, say = c.one(SUBJECTS)
    if c.ch(0.6):
        c.say(
            [
                "my favourite subject is {s}",
                "i like {s} [at school|most|best]",
                "i have {s} [today|tomorrow|on {d}]",
                "i am good at {s}",
                "today we had {s}",
            ],
            ["{S} is a good subject. {t} [What are you learning now?|]", "{t} What do you like about {s}?"],
            s=s,
            t=say,
            d=c.one(DAYS),
        )
    else:
        c.say(
            [
                "i do not like {s}",
                "{s} is hard",
                "i am bad at {s}",
                "i find {s} boring",
                "{s} is too difficult for me",
            ],
            [
                "That is okay. Many people find {s} hard. Small steps every day can help.",
                "I understand. Which part of {s} is the hardest?",
            ],
            s=s,
        )
        if c.ch(0.4):
            c.say(
                ["all of it", "the tests", "i do not know", "the homework", "the big words"],
                [
                    "I see. Try to ask your teacher about one small part first. You can do it.",
                    "That happens. Start with one small thing that you understand, and go on from there.",
                ],
            )


def sk_sport_music(c):
    x = c.r.random()
    if x < 0.4:
        s = c.one(SPORTS)
        team = s in ("football", "basketball", "volleyball", "hockey", "cricket", "rugby")
        c.say(
            [
                "i [like|love|watch] {s}",
                "{s} is my favourite sport",
                "i had {s} [today|practice today]",
                "my team plays {s} on {d}" if team else "i have {s} on {d}",
                "do you like {s}",
            ],
            [
                "I cannot do sports, but {s} sounds fun. How often do you do it?"
                if not team
                else "I cannot play, but {s} sounds fun. How often do you play?",
                "{S} is good for the body and the mind. [Do you have a team?|]"
                if team
                else "{S} is good for the body and the mind.",
            ],
            s=s,
            d=c.one(DAYS),
        )
        if "How often" in c.last() and c.ch(0.6):
            c.say(
                [
                    "[once|twice|three times] a week",
                    "every {d}",
                    "not very often",
                    "every day",
                    "only in summer",
                ],
                ["That is great! Have fun with {s}.", "Nice! Keep going, and enjoy {s}."],
                s=s,
                d=c.one(DAYS),
            )
        elif "team" in c.last() and c.ch(0.6):
            c.say(
                ["yes, with my friends", "yes, my school has one", "no, not yet", "no, i just watch"],
                [
                    "I see! I hope that you have a lot of fun with {s}.",
                    "That sounds good! Enjoy the next game.",
                ],
                s=s,
            )
    elif x < 0.75:
        i = c.one(INSTRUMENTS)
        n = c.r.randint(2, 9)
        c.pair(
            [
                (
                    ["i play the {i}", "i am learning the {i}"],
                    [
                        "The {i} is a lovely instrument. How long have you played?",
                        "How nice! A little practice each day goes a long way.",
                    ],
                ),
                (
                    ["i want to learn the {i}", "should i learn the {i}", "how do i start with the {i}"],
                    [
                        "Good idea! Start with easy songs and practise a little each day.",
                        "The {i} is fun to learn. A teacher can help you with the first steps.",
                    ],
                ),
                (
                    ["i love the sound of the {i}", "do you like the {i}", "the {i} sounds so nice"],
                    [
                        "I cannot hear it, but I have read that the {i} has a lovely sound.",
                        "The {i} is a lovely instrument. Do you play it?",
                    ],
                ),
            ],
            i=i,
        )
        if "How long" in c.last() and c.ch(0.7):
            c.say(
                ["for {n} years", "{n} months", "since i was {n}", "only for {n} weeks"],
                [
                    "That is great! I hope that you enjoy the {i} for a long time.",
                    "Nice! Step by step, it gets easier.",
                ],
                n=n,
                i=i,
            )
        elif c.asked() and c.ch(0.6):
            c.say(
                ["yes, a little", "yes, every day", "no, i only listen", "not yet"],
                ["I see! Have fun with it.", "How nice! Music makes the day brighter."],
            )
    else:
        m = c.one(MUSIC)
        c.say(
            ["[i like|i love|i listen to] {m} music", "do you like {m} music", "my favourite music is {m}"],
            [
                "{M} music has its own mood. When do you listen to it?",
                "I cannot hear music, but many people love {m} music.",
            ],
            m=m,
        )
        if c.asked() and c.ch(0.6):
            c.say(
                [
                    "when i [cook|work|walk|rest|drive]",
                    "in the [morning|evening]",
                    "all the time",
                    "at the weekend",
                ],
                [
                    "That sounds like a nice moment for {m} music.",
                    "Lovely! Music can make that time even better.",
                ],
                m=m,
            )


def sk_feeling(c):
    f, causes, replies = c.one(FEELINGS)
    why = c.one(causes.split(";"))
    ans = replies.split(";")
    if c.ch(0.45):
        c.say(
            [
                "i am [|so |very |a bit |really |]{f} [because|since] {w}",
                "i feel {f}, {w}",
                "i'm {f}. {w}",
                "{w}, and i am [so |]{f}",
                "i feel [so |a bit |]{f} because {w}",
            ],
            ans,
            f=f,
            w=why,
        )
    else:
        c.say(
            [
                "i am [|so |very |a bit |really |]{f}[| today| right now| tonight]",
                "i feel [|so |very |a bit |]{f}[| today| now]",
                "i'm [feeling |]{f}",
            ],
            {
                "happy": ["That is lovely! What made you happy?"],
                "proud": ["That is great! What did you do?"],
                "excited": ["How nice! What are you excited about?"],
                "bored": ["Oh! Why are you bored?"],
            }.get(
                f,
                [
                    "I am sorry to hear that. What happened?",
                    "I understand. Do you want to tell me why you are {f}?",
                    "That is not easy. What is the reason?",
                ],
            ),
            f=f,
        )
        c.say(["{w}", "because {w}", "well, {w}", "it is because {w}"], ans, f=f, w=why)
    if c.ch(0.35):
        if f in ("happy", "proud", "excited"):
            c.say(
                ["thank you", "thanks, i am so glad", "yes, i am [so |]{f}", "it feels [great|good]"],
                ["Enjoy it! You deserve a good day.", "I am glad for you{nm}!"],
                f=f,
            )
        elif f == "bored":
            sk_joke(c) if c.ch(0.5) else sk_riddle(c)
        else:
            c.say(
                [
                    "thank you",
                    "that helps",
                    "i will try that",
                    "what can i do",
                    "it is hard",
                    "i do not know what to do",
                    "thanks, i feel a bit better",
                    "maybe you are right",
                ],
                [
                    "I am here to listen. If it does not get better, please talk to someone you trust.",
                    "One small step is enough for now. And it is good to talk to a person who cares for you.",
                    "You are doing well. Be kind to yourself today.",
                ],
            )
    if c.ch(0.15) and f != "bored":
        if c.ch(0.5):
            c.say(
                ["how did i say i feel", "do you remember how i feel", "what did i say about how i feel"],
                ["You told me that you feel {f}.", "You said that you are {f}."],
                f=f,
            )
        else:
            c.say(
                ["why did i say i am {f}", "do you remember why i am {f}", "what did i tell you happened"],
                ["You told me that {y}.", "Because {y}."],
                f=f,
                y=you_for_i(why),
            )
