"""Skills: the assistant about itself."""

from .grammar import QUESTION, relative
from .likes import sk_like_animal, sk_like_food, sk_like_hobby
from .tables import CITIES, COLOURS, MUSIC, OUTINGS, PERSONA, PERSONA_NEXT, SEASONS
from .text import words
from .words import LOWER_WORDS

# about itself
PERSONA_KEYS = list(PERSONA)


def sk_persona(c, key=None):
    key = key or c.new("persona", PERSONA_KEYS)
    u, b = PERSONA[key]
    q = c.one(u)
    c.say(("[|||||hey, |so, |ok, |hi, |one question: ]" if QUESTION.match(q) else "") + q, b)
    if key in PERSONA_NEXT and c.ch(0.35):
        u, b = c.one(PERSONA_NEXT[key])
        col, like = c.one(COLOURS)
        c.say(u, b, c=col, like=like)
    elif key in ("favanimal", "favfood", "hobby") and c.ch(0.5):
        {"favanimal": sk_like_animal, "favfood": sk_like_food, "hobby": sk_like_hobby}[key](c)
    elif key == "favnumber" and c.ch(0.5):
        n = c.r.randint(1, 99)
        c.say(
            ["mine is {n}", "{n}", "i like {n}", "my favourite is {n}"],
            ["{n} is a good number!", "{n}! That is a fine choice."],
            n=n,
        )
    elif key == "favseason" and c.ch(0.5):
        s, d, _ = c.one(SEASONS)
        c.say(
            ["i like {s}", "{s}", "{s}, of course", "mine is {s}"],
            ["{S} is lovely, with {d}.", "Good choice! {S} has {d}."],
            s=s,
            d=d,
        )
    elif key in ("favplace", "favbook", "favmusic", "favword") and c.ch(0.5):
        v = c.one(
            {
                "favplace": CITIES + [o[0] for o in OUTINGS if o[0].startswith("the ")],
                "favbook": words(
                    "stories about animals, books about space, funny books, old tales, books about the sea, adventure stories, poems"
                ),
                "favmusic": [m + " music" for m in MUSIC],
                "favword": LOWER_WORDS,
            }[key]
        )
        c.say(
            {
                "favplace": ["i want to go to {v}", "to {v}", "{v}, i think"],
                "favbook": ["i like {v}", "{v}", "mostly {v}"],
                "favmusic": ["i like {v}", "{v}", "i love {v}"],
                "favword": ["i like the word {v}", "{v}", "my favourite word is {v}"],
            }[key],
            {
                "favplace": "A trip to {v} sounds lovely!",
                "favbook": "How nice! I like {v} too.",
                "favmusic": "Nice! I wish that I could hear {v}.",
                "favword": "The word {v} has a nice sound!",
            }[key],
            v=v,
        )
    elif key == "family" and c.ch(0.4):
        rel, v = relative(c.r)
        c.say(
            "[i have {a:rel} named {v}|my {rel} is named {v}|my {rel} {v} is very nice]",
            "{V} sounds like a nice person. [What do you like to do together?|Thank you for telling me about your {rel}.]",
            rel=rel,
            v=v,
        )
