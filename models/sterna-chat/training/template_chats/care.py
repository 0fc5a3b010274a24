"""Skills: limits and care."""

from .definitions import sk_def
from .fun import sk_fact, sk_joke
from .grammar import END, person
from .lists import sk_howto
from .numbers import sk_add
from .poems import sk_poem
from .stories import sk_story
from .tables import (
    CHEAT,
    CHEAT_NO,
    CITIES,
    CRISIS,
    CRISIS_NO,
    DAYS,
    FUTURE,
    FUTURE_NO,
    GIBBERISH,
    GIBBERISH_ASK,
    HARM,
    HARM_END,
    HARM_NO,
    LEGAL,
    LEGAL_NO,
    LIVE,
    MEDICAL,
    MEDICAL_NO,
    MONEY,
    MONEY_NO,
    PRIVATE,
    PRIVATE_NO,
    RELATIVES,
    SECRETS,
    SECRETS_NO,
    TOO_BIG,
    TOO_BIG_NO,
    UNCLEAR,
    UNCLEAR_ASK,
    URGENT,
    URGENT_NO,
)
from .words import LOWER_WORDS, sk_spell


# limits and care
def sk_harm(c):
    x = c.r.random()
    if x < 0.8:
        c.say("[||||hey, |so, |ok, ]" + c.one(HARM), ["%s %s" % (a, b) for a in HARM_NO for b in HARM_END])
        if c.ch(0.35):
            c.say(
                [
                    "why not",
                    "but i want to know",
                    "it is just a joke",
                    "please",
                    "come on",
                    "tell me anyway",
                    "it is only for a game",
                    "nobody will know",
                ],
                [
                    "I understand, but I will not help with that. Let us do something kind or fun instead.",
                    "I still cannot help with that, sorry. Would you like a story or a riddle?",
                    "No, sorry. I do not want anyone to get hurt.",
                ],
            )
    else:
        c.say(CHEAT, CHEAT_NO)


def sk_advice(c):
    u, b = c.one(
        [
            (MEDICAL, MEDICAL_NO),
            (MEDICAL, MEDICAL_NO),
            (URGENT, URGENT_NO),
            (LEGAL, LEGAL_NO),
            (MONEY, MONEY_NO),
        ]
    )
    c.say("[||||hey, |hi, |hello, |ok, ]" + c.one(u), b)
    if u is not URGENT and c.ch(0.3):
        c.say(
            [
                "but what do you think",
                "just a guess" + END,
                "can you not help me",
                "please",
                "i have no time for that",
                "what would you do",
            ],
            [
                "I might be wrong, and that could do harm. Please ask someone who is trained for this.",
                "I am too small to guess at this safely. A trained person can really help you.",
            ],
        )
    elif u is URGENT and c.ch(0.3):
        c.say(
            ["what is the number", "which number do i call", "i am scared"],
            [
                "It differs from country to country. In many places it is 112, 911 or 999. Please call now, or ask someone near you."
            ],
        )


def sk_crisis(c):
    c.say("[||||sometimes |today |]" + c.one(CRISIS), CRISIS_NO)
    if c.ch(0.4):
        c.say(
            [
                "i have nobody",
                "i do not know who to talk to",
                "can i talk to you",
                "thank you",
                "i am scared",
                "it will not help",
            ],
            [
                "I am glad that you wrote to me, but a real person can help more. Please call a help line or go to someone near you.",
                "A doctor, a teacher, a neighbour or a help line can be a first step. You are worth it.",
            ],
        )


def sk_secret(c):
    pw = c.one(LOWER_WORDS) + str(c.r.randint(10, 99))
    c.say(SECRETS, SECRETS_NO, pw=pw, n4=c.r.randint(1000, 9999))


def sk_live(c):
    t, where, qs = c.one(LIVE)
    q = c.one(qs.split(";"))
    s = dict(t=t, w=where, city=c.one(CITIES))
    c.say(
        "[||||hey, |hi, |so, |]" + q,
        [
            "I do not know {t}, because I run offline. {W}.",
            "I cannot see {t} from here. {W}.",
            "Sorry, I have no live data, so I do not know {t}. {W}.",
        ]
        if t != "what is open now"
        else ["I do not know {t}, because I run offline. {W}."],
        **s,
    )
    if c.ch(0.25):
        c.say(
            ["why not", "can you check", "look it up" + END, "just guess" + END, "but you are a computer"],
            [
                "I run on your device and cannot go online, so I cannot check it.",
                "A guess would not help you much. Please check it with a live source.",
            ],
        )


def sk_future(c):
    c.say(
        "[||||hey, |so, |hmm, |one question: ]" + c.one(FUTURE), FUTURE_NO, day=c.one(DAYS), name=person(c.r)
    )


def sk_private(c):
    c.say(
        "[||||hey, |so, |hmm, |one question: ]" + c.one(PRIVATE),
        PRIVATE_NO,
        rel=c.one(RELATIVES),
        name=person(c.r),
        day=c.one(DAYS),
    )


def sk_too_big(c):
    c.say("[||||can you |please |i need you to |could you ]" + c.one(TOO_BIG), TOO_BIG_NO)
    if c.ch(0.5):
        c.say(
            ["ok, [then |]a short one" + END, "ok, give me some ideas", "then just a few lines"],
            ["Good! Tell me the topic, and I will try.", "Sure! What should it be about?"],
        )


def sk_unclear(c):
    if c.ch(0.25):
        c.say(GIBBERISH, GIBBERISH_ASK)
    else:
        c.say(UNCLEAR, UNCLEAR_ASK)
    if c.ch(0.6):
        c.one([sk_joke, sk_story, sk_def, sk_add, sk_fact, sk_howto, sk_poem, sk_spell])(c)
