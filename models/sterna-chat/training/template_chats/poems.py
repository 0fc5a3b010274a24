"""Skills: poems."""

from .grammar import END, cap, expand, relative
from .stories import STORY_ASK
from .tables import COUPLETS, FOR_YOU, HAIKU


# poems
def lines_of(couplets):
    return "\n".join(cap(x.strip()) for y in couplets for x in y.split("/"))


def sk_poem(c):
    t = c.new("poem", list(COUPLETS))
    a, b, d = COUPLETS[t]
    parts = c.one([[a], [a, b], [a, b], [a, d], [a, d], [a, b, d]])
    if c.ch(0.75):
        c.say(
            [
                STORY_ASK + "[a poem|a short poem|a little poem|a rhyme|a tiny poem] about {t}",
                "a [|short |little |]poem about {t}" + END,
                "do you know a poem about {t}",
                "[poem|rhyme] about {t}" + END,
                "i would like a poem about {t}",
            ],
            "{x}",
            t=t,
            x=lines_of(parts),
        )
    else:
        c.say(
            [
                STORY_ASK + "[a poem|a short poem|a rhyme|a little poem]",
                "[a poem|poem time]" + END,
                "can you rhyme",
                "say something that rhymes",
            ],
            "{x}",
            x=lines_of(parts),
        )
    z = c.r.random()
    rest = [y for y in (a, b, d) if y not in parts]
    if z < 0.15 and rest:
        c.say(
            ["more" + END, "go on", "two more lines" + END, "one more part" + END],
            "{x}",
            x=lines_of(rest[:1]),
        )
    elif z < 0.35:
        t2 = c.new("poem", list(COUPLETS))
        c.say(
            [
                "now one about {t}",
                "and one about {t}" + END,
                "another one about {t}" + END,
                "can you do one about {t}",
            ],
            "{x}",
            t=t2,
            x=lines_of(COUPLETS[t2][:2]),
        )
    elif z < 0.45:
        c.say(
            ["that is lovely", "nice poem", "beautiful", "i like it", "so sweet"],
            ["Thank you! I like to rhyme. [Would you like another one?|]", "I am glad that you like it!"],
        )


def sk_poem_for(c):
    rel, v = relative(c.r)
    t = c.one(list(COUPLETS))
    s = dict(v=v, rel=rel, t=t)
    first = expand(c.r, c.one(FOR_YOU), s)
    if c.ch(0.3):
        c.say(
            [
                STORY_ASK + "[a poem|a rhyme|a short poem] for {v}",
                STORY_ASK + "[a poem|a rhyme] for my {rel} {v}",
                "a poem for {v}" + END,
                "can you write a little poem for my {rel}? the name is {v}",
            ],
            "{x}",
            x=lines_of([first]),
            **s,
        )
    else:
        c.say(
            [
                STORY_ASK + "[a poem|a rhyme|a short poem] about {t} for {v}",
                STORY_ASK + "[a poem|a rhyme] for my {rel} {v} about {t}",
                "a poem for {v} about {t}" + END,
            ],
            "{x}",
            x=lines_of([first, COUPLETS[t][0]]),
            **s,
        )


def sk_haiku(c):
    t = c.new("haiku", list(HAIKU))
    a, b, d = [c.one(x.split(";")) for x in HAIKU[t].split("|")]
    c.say(
        [
            STORY_ASK + "a haiku about {t}",
            "a haiku about {t}" + END,
            "haiku: {t}",
            "do you know a haiku about {t}",
        ]
        if c.ch(0.8)
        else [STORY_ASK + "a haiku", "a haiku" + END, "can you write haiku"],
        "{x}",
        t=t,
        x="%s,\n%s,\n%s." % (a, b, d),
    )
    z = c.r.random()
    if z < 0.25:
        t2 = c.new("haiku", list(HAIKU))
        a, b, d = [c.one(x.split(";")) for x in HAIKU[t2].split("|")]
        c.say(
            ["now one about {t}", "and one about {t}" + END, "another one about {t}" + END],
            "{x}",
            t=t2,
            x="%s,\n%s,\n%s." % (a, b, d),
        )
    elif z < 0.35:
        c.say(
            ["what is a haiku", "what does haiku mean", "how does a haiku work"],
            "A haiku is a short poem with three lines of five, seven and five syllables.",
        )
