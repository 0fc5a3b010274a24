"""Skills: what people like."""

from .grammar import END, plural
from .tables import ANIMALS, FOODS, HOBBIES, RELATIVES


# small talk
def sk_like_food(c):
    f, d = c.one(FOODS)
    many = f.endswith("s") and not f.endswith("ss")
    s = dict(f=f, d=d, v="are" if many else "is", it="they" if many else "it", obj="them" if many else "it")
    x = c.r.random()
    if x < 0.35:
        c.say(
            [
                "[|i think ][i like|i love|i really like|i enjoy] {f}",
                "my favourite food {v} {f}" if not many else "my favourite food is {f}",
                "{f} {v} my favourite",
                "i [had|ate|made] {f} [today|yesterday|for lunch|for dinner]",
                "i could eat {f} [every day|all day]",
                "{f} {v} so good",
            ],
            [
                "{F}! I hear that {it} {v} {d}. [What do you like to eat with {obj}?|Do you make {obj} yourself?|Good choice!]"
            ],
            **s,
        )
        if c.ch(0.5):
            g = c.one(FOODS)[0]
            if g != f:
                if "make" in c.turns[-1][1]:
                    c.say(
                        [
                            "yes, [with|and] {g}",
                            "yes, sometimes",
                            "no, i buy {obj}",
                            "no, my {rel} makes {obj}",
                            "yes, every week",
                        ],
                        [
                            "That sounds good! Enjoy your {f}.",
                            "How nice! I hope that you enjoy {obj} for a long time.",
                        ],
                        g=g,
                        rel=c.one(RELATIVES),
                        **s,
                    )
                else:
                    c.say(
                        ["with {g}", "i eat {obj} with {g}", "{g}, mostly", "i like {obj} best with {g}"],
                        [
                            "{F} with {g}: that sounds like a good meal!",
                            "That sounds tasty! I will keep {f} with {g} in mind.",
                        ],
                        g=g,
                        **s,
                    )
    elif x < 0.7:
        c.say(
            [
                "do you like {f}",
                "have you ever [tried|had|eaten] {f}",
                "what do you think of {f}",
                "do you eat {f}",
                "would you like some {f}",
                "i made {f} for you",
            ],
            ["I cannot eat, but people say that {f} {v} {d}. Do you like {obj}?"],
            **s,
        )
        if c.ch(0.6):
            if c.ch(0.6):
                c.say(
                    [
                        "yes[|, a lot|, very much|, of course]",
                        "i do",
                        "yes, i [love|like] {obj}",
                        "of course",
                        "yep",
                        "{f} {v} great",
                    ],
                    [
                        "[Good choice!|Lovely!] [What is the best way to eat {obj}?|I am glad that you like {f}.]"
                    ],
                    **s,
                )
            else:
                g = c.one(FOODS)[0]
                if g != f:
                    c.say(
                        [
                            "no, i [like|prefer] {g}",
                            "not really, i like {g}",
                            "no, {g} for me",
                            "not much. i like {g} more",
                        ],
                        [
                            "That is fine! {G} it is. Everyone has their own taste.",
                            "{G}! That is a good choice too.",
                        ],
                        g=g,
                    )
    else:
        a, b, d = c.some([y[0] for y in FOODS], 3)
        c.say(
            [
                "[what should i|what can i|what shall i] [eat|cook|make] [today|tonight|for dinner|for lunch|now]",
                "i am [hungry|so hungry|very hungry]",
                "i do not know what to [eat|cook]",
                "give me an idea for [dinner|lunch|a meal]",
            ],
            [
                "How about {a} or {b}?",
                "You could try {a}. Or maybe {b} or {d}?",
                "Maybe {a} or {b}? It depends on what you have at home.",
            ],
            a=a,
            b=b,
            d=d,
        )
        x = c.r.random()
        if x < 0.4:
            w = c.one([a, b])
            c.say(
                ["[ok|good idea|yes|hmm], [i will make|let us have|i want] {w}", "{w} sounds good", "{w}!"],
                ["Good choice! Enjoy your {w}.", "Lovely! I hope that your {w} will be tasty."],
                w=w,
            )
        elif x < 0.6:
            e, g = c.some([y[0] for y in FOODS if y[0] not in (a, b, d)], 2)
            c.say(
                ["something else" + END, "no, i had {a} yesterday", "i do not like {b}", "other ideas" + END],
                ["Then maybe {e} or {g}?", "How about {e}? Or {g}?"],
                a=a,
                b=b,
                e=e,
                g=g,
            )


def sk_like_animal(c):
    a = c.one(ANIMALS)
    s = dict(a=a[0], p=plural(a[0]), y=a[3], food=a[4])
    if c.ch(0.6):
        c.say(
            [
                "[i like|i love|i really like] {p}",
                "my favourite animal is the {a}",
                "i think {p} are [cute|great|the best]",
                "{p} are my favourite animals",
                "i saw {a:a} [today|yesterday|on my way home]",
            ],
            [
                "{P} are wonderful. What do you like about them?",
                "{A:a} is a fine animal! [Its baby is called {a:y}.|It eats {food}.]",
                "{A:a} is a fine animal! What do you like about it?",
            ],
            **s,
        )
        if c.asked() and c.ch(0.6):
            c.say(
                [
                    "they are so [cute|soft|funny|clever|strong|fast|beautiful|strange]",
                    "i like [how they move|their eyes|how they look|the sound that they make]",
                    "i do not know, i just like them",
                ],
                [
                    "That makes sense! [Have you seen one up close?|I like them too.]",
                    "I understand. {P} are special.",
                ],
                **s,
            )
            if c.asked() and c.ch(0.6):
                c.pair(
                    [
                        (
                            ["yes, at [the zoo|a farm|my home|a friend's house]", "yes, many times"],
                            "How nice! Thank you for telling me.",
                        ),
                        (
                            ["no, not yet", "no", "only in [a book|a film|pictures]"],
                            "I see! Maybe one day you will.",
                        ),
                    ]
                )
    else:
        c.say(
            ["do you like {p}", "have you seen {a:a}", "what do you think of {p}", "are {p} nice"],
            [
                "I like all animals, and {p} too. Do you like them?",
                "I have never seen one, because I only read text. But I like {p}.",
            ],
            **s,
        )
        if c.asked() and c.ch(0.5):
            c.pair(
                [
                    (
                        ["yes", "yes, they are [cute|great|funny]", "i do", "yes, very much"],
                        ["I am glad! {P} are special.", "Me too! A baby {a} is called {a:y}."],
                    ),
                    (
                        ["no", "not really", "no, i am scared of them", "not so much"],
                        ["That is okay. You do not have to like {p}. Which animal do you like?"],
                    ),
                ],
                **s,
            )


def sk_like_hobby(c):
    h, say, ask = c.one(HOBBIES)
    if c.ch(0.7):
        c.say(
            [
                "[i like|i love|i enjoy] {h}",
                "my hobby is {h}",
                "in my free time i [like|enjoy] {h}",
                "[my favourite thing is|i am into] {h}",
                "i spend a lot of time {h}",
                "at the weekend i like {h}",
            ],
            ["{s} {q}", "That is a nice hobby! {s} {q}", "Lovely! {q}"],
            h=h,
            s=say,
            q=ask,
        )
        if c.ch(0.45):
            c.say(
                [
                    "what about you",
                    "and you",
                    "do you like {h}",
                    "can you do that too",
                    "what do you like to do",
                ],
                [
                    "I cannot do that, because I only read and write text. But I like to hear about it.",
                    "My only hobby is chatting. Tell me more about {h}!",
                ],
                h=h,
            )
    else:
        c.say(
            [
                "[can you suggest|suggest|i need|i want|give me] a [new hobby|hobby]",
                "what hobby should i [try|start]",
                "i have nothing to do in my free time",
            ],
            ["You could try {h}. {s}", "How about {h}? {s}"],
            h=h,
            s=say,
        )
        if c.ch(0.5):
            h2, s2, _ = c.one(HOBBIES)
            c.say(
                ["something else", "another one", "hmm, no", "what else", "i do not like that"],
                ["Then maybe {h2}? {s2}", "How about {h2}? {s2}"],
                h2=h2,
                s2=s2,
            )
