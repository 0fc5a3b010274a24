"""What the user tells about themselves and asks back."""

from .grammar import fresh_name, person, pet_name, relative
from .tables import (
    ANIMALS,
    BIRTHDAY_WISHES,
    CITIES,
    COLOURS,
    DAYS,
    FOODS,
    HOBBIES,
    INSTRUMENTS,
    JOBS,
    MONTHS,
    OUTINGS,
    PETS,
    SEASONS,
    SPORTS,
)
from .text import words
from .words import LOWER_WORDS


# what the user tells about themselves, and asks back
def m_name(c):
    return dict(v=person(c.r))


def m_colour(c):
    v, like = c.one(COLOURS)
    return dict(v=v, like=like)


def m_pet(c):
    return dict(v=pet_name(c.r), pet=c.one(PETS))


def m_rel(c):
    rel, v = relative(c.r)
    return dict(v=v, rel=rel)


def m_thing(c):
    o = c.one(
        words(
            "keys, glasses, book, phone, hat, umbrella, bag, wallet, scarf, ticket, pen, map, camera, lunch box, notebook, gloves"
        )
    )
    v = c.one(
        words(
            "on the table, in the drawer, under the bed, in the kitchen, by the door, in my coat, on the shelf, in the car, next to the lamp, behind the sofa, in the blue box, under the chair, on the stairs, in the garden"
        )
    )
    return dict(
        o=o, v=v, v2=v.replace(" my ", " your "), be="are" if o in ("keys", "glasses", "gloves") else "is"
    )


def m_plan(c):
    return dict(v=c.one(OUTINGS)[0], day=c.one(DAYS))


def m_friend(c):
    return dict(n=person(c.r), v=c.one([f[0] for f in FOODS]))


# key: what to pick, how the user says it, what the model answers, how the user asks, how the model recalls, how it says that it does not know
MEM = {
    "name": (
        m_name,
        [
            "my name is {v}",
            "i am {v}",
            "i'm {v}",
            "call me {v}",
            "you can call me {v}",
            "hi, i am {v}",
            "hello, my name is {v}",
            "{v} here",
            "people call me {v}",
            "my friends call me {v}",
            "the name is {v}",
            "hey, it's {v}",
        ],
        [
            "Nice to meet you, {v}! [How can I help you?|I am {me}.|What would you like to talk about?|]",
            "Hello, {v}! [I am {me}.|It is nice to meet you.|How are you today?]",
            "Hi {v}! [What can I do for you?|I am glad that you are here.]",
        ],
        [
            "what is my name",
            "what's my name",
            "do you [know|remember] my name",
            "who am i",
            "say my name",
            "how am i called",
            "can you tell me my name",
            "what did i say my name was",
            "tell me my name",
        ],
        ["Your name is {v}.", "You are {v}!", "You told me that your name is {v}."],
        [
            "I do not know your name yet. What is it?",
            "You have not told me your name yet. What should I call you?",
        ],
    ),
    "colour": (
        m_colour,
        [
            "my favourite colour is {v}",
            "my favorite color is {v}",
            "i love the colour {v}",
            "i like {v} best",
            "{v} is my favourite colour",
            "my colour is {v}",
        ],
        ["{V} is a lovely colour! It makes me think of {like}.", "{V}! That makes me think of {like}."],
        [
            "what is my favourite colour",
            "what's my favorite color",
            "which colour do i like",
            "do you [know|remember] my favourite colour",
            "what colour do i like best",
        ],
        ["Your favourite colour is {v}.", "You told me that your favourite colour is {v}."],
        [
            "You have not told me your favourite colour yet. What is it?",
            "I do not know your favourite colour yet.",
        ],
    ),
    "pet": (
        m_pet,
        [
            "i have a {pet} named {v}",
            "i have a {pet} called {v}",
            "my {pet} is called {v}",
            "my {pet}'s name is {v}",
            "my {pet} {v} is with me",
            "this is my {pet} {v}",
            "we have a {pet}, {v}",
        ],
        [
            "{v} is a lovely name for a {pet}!",
            "How nice! Say hello to {v} from me.",
            "A {pet} named {v}! [What does {v} like to do?|How old is {v}?|]",
        ],
        [
            "what is my {pet}'s name",
            "what is my {pet} called",
            "do you [know|remember] my {pet}'s name",
            "what is the name of my {pet}",
            "who is my {pet}",
        ],
        ["Your {pet} is called {v}.", "The name of your {pet} is {v}."],
        ["You have not told me about a pet yet. Do you have one?", "I do not know about your pet yet."],
    ),
    "rel": (
        m_rel,
        [
            "my {rel} is called {v}",
            "my {rel}'s name is {v}",
            "i have {a:rel} named {v}",
            "my {rel} {v} lives near me",
            "{v} is my {rel}",
            "i live with my {rel} {v}",
        ],
        [
            "Thank you for telling me about your {rel} {v}!",
            "{v} is a nice name. What do you and your {rel} like to do?",
            "How nice! I hope that your {rel} {v} is well.",
        ],
        [
            "what is my {rel}'s name",
            "what is my {rel} called",
            "who is my {rel}",
            "do you remember my {rel}'s name",
        ],
        ["Your {rel} is called {v}.", "Your {rel}'s name is {v}."],
        ["You have not told me that yet.", "I do not know that yet. Please tell me."],
    ),
    "food": (
        lambda c: dict(v=c.one(FOODS)[0]),
        [
            "my favourite food is {v}",
            "i love to eat {v}",
            "i like {v} more than any other food",
            "the best food is {v}",
            "i could eat {v} every day",
        ],
        ["{V}! That sounds tasty.", "Good choice! Many people like {v}."],
        [
            "what is my favourite food",
            "which food do i like",
            "what do i like to eat",
            "do you remember my favourite food",
        ],
        ["Your favourite food is {v}.", "You told me that you like {v}."],
        ["You have not told me your favourite food yet. What is it?"],
    ),
    "animal": (
        lambda c: dict(v=c.one(ANIMALS)[0]),
        [
            "my favourite animal is the {v}",
            "the {v} is my favourite animal",
            "i like the {v} best of all animals",
            "of all animals, i love the {v} most",
        ],
        ["The {v} is a great animal!", "Good choice! I like the {v} too."],
        [
            "what is my favourite animal",
            "which animal do i like",
            "do you remember my favourite animal",
            "which animal do i like best",
        ],
        ["Your favourite animal is the {v}.", "You told me that you like the {v} best."],
        ["You have not told me your favourite animal yet. What is it?"],
    ),
    "number": (
        lambda c: dict(v=c.r.randint(1, 99)),
        [
            "my lucky number is {v}",
            "my favourite number is {v}",
            "{v} is my lucky number",
            "i like the number {v}",
        ],
        ["{v} is a good number!", "Nice! I will keep {v} in mind for this chat."],
        [
            "what is my lucky number",
            "what is my favourite number",
            "which number do i like",
            "do you remember my number",
        ],
        ["Your number is {v}.", "You told me that your number is {v}."],
        ["You have not told me a number yet."],
    ),
    "age": (
        lambda c: dict(v=c.r.randint(6, 90)),
        [
            "i am {v} years old",
            "my age is {v}",
            "i'm {v} years old",
            "i turned {v} this year",
            "i am {v} [this year|now]",
        ],
        ["{v} is a fine age!", "Thank you for telling me. {v} is a good age to learn new things."],
        ["how old am i", "what is my age", "do you know my age", "do you remember how old i am"],
        ["You are {v} years old.", "You told me that you are {v}."],
        ["You have not told me your age, and you do not have to.", "I do not know how old you are."],
    ),
    "city": (
        lambda c: dict(v=c.one(CITIES)),
        [
            "i live in {v}",
            "i am from {v}",
            "my home is in {v}",
            "i come from {v}",
            "i moved to {v}",
            "{v} is my home town",
        ],
        [
            "{v} sounds like a nice place! What do you like about it?",
            "How nice! I have read about {v}, but I cannot travel.",
        ],
        [
            "where do i live",
            "where am i from",
            "which city am i from",
            "do you remember where i live",
            "what is my home town",
        ],
        ["You told me that you are from {v}.", "You are from {v}."],
        ["You have not told me where you live, and you do not have to.", "I do not know where you live."],
    ),
    "job": (
        lambda c: dict(v=c.one(JOBS)),
        ["i am {a:v}", "i work as {a:v}", "my job is {a:v}", "i'm {a:v}", "i have a job as {a:v}"],
        [
            "Being {a:v} must be interesting! What do you like about it?",
            "How nice! I think that {a:v} does useful work.",
        ],
        ["what is my job", "what do i do", "what did i say about my job", "do you remember my job"],
        ["You are {a:v}.", "You told me that you are {a:v}."],
        ["You have not told me about your job yet."],
    ),
    "hobby": (
        lambda c: dict(v=c.one(HOBBIES)[0]),
        [
            "my hobby is {v}",
            "my favourite hobby is {v}",
            "i like {v} in my free time",
            "i spend my weekends {v}",
        ],
        ["{V} is a fine hobby!", "How nice! I like to hear about {v}."],
        [
            "what is my hobby",
            "what do i like to do",
            "do you remember my hobby",
            "what do i do in my free time",
        ],
        ["Your hobby is {v}.", "You told me that you like {v}."],
        ["You have not told me about your hobby yet. What do you like to do?"],
    ),
    "month": (
        lambda c: dict(v=c.one(MONTHS)),
        ["my birthday is in {v}", "i was born in {v}", "my birth month is {v}"],
        ["{v} is a good month for a birthday!", "How nice! I hope that you will have cake in {v}."],
        [
            "when is my birthday",
            "in which month was i born",
            "do you remember my birthday",
            "which month is my birthday in",
        ],
        ["Your birthday is in {v}.", "You told me that your birthday is in {v}."],
        ["You have not told me when your birthday is."],
    ),
    "season": (
        lambda c: dict(v=c.one(SEASONS)[0]),
        ["my favourite season is {v}", "i like {v} best", "the season that i like most is {v}"],
        ["{V} is a lovely season!", "Good choice! I like {v} too."],
        ["what is my favourite season", "which season do i like", "do you remember my favourite season"],
        ["Your favourite season is {v}.", "You told me that you like {v} best."],
        ["You have not told me your favourite season yet."],
    ),
    "sport": (
        lambda c: dict(v=c.one(SPORTS)),
        ["my favourite sport is {v}", "the sport that i like is {v}", "{v} is my sport"],
        ["{V} is a great sport!", "Nice! I hope that you have fun with {v}."],
        ["what is my favourite sport", "which sport do i like", "do you remember my sport"],
        ["Your favourite sport is {v}.", "You told me that you like {v}."],
        ["You have not told me your favourite sport yet."],
    ),
    "thing": (
        m_thing,
        [
            "i put my {o} {v}",
            "my {o} {be} {v}",
            "i left my {o} {v}",
            "remember that my {o} {be} {v}",
            "my {o} {be} now {v}",
        ],
        ["Okay, I will keep that in mind for this chat.", "Got it! Your {o} {be} {v2}."],
        [
            "where {be} my {o}",
            "where did i put my {o}",
            "where did i leave my {o}",
            "do you remember where my {o} {be}",
        ],
        ["Your {o} {be} {v2}.", "You told me that your {o} {be} {v2}."],
        ["I do not know where that is. You have not told me."],
    ),
    "plan": (
        m_plan,
        [
            "i will go to {v} on {day}",
            "on {day} i am going to {v}",
            "on {day} we will go to {v}",
            "my plan for {day} is to go to {v}",
            "i want to go to {v} on {day}",
        ],
        ["That sounds like a nice plan! I hope that you enjoy {day}.", "How nice! What will you do there?"],
        [
            "what is my plan for {day}",
            "where will i go on {day}",
            "what am i doing on {day}",
            "do you remember my plan",
        ],
        ["You told me that you will go to {v} on {day}.", "On {day} you will go to {v}."],
        ["You have not told me your plan yet."],
    ),
    "friend": (
        m_friend,
        [
            "my friend {n} likes {v}",
            "{n} loves {v}",
            "my friend {n} eats {v} every day",
            "{n} really likes {v}",
        ],
        ["{n} has good taste!", "I see! {V} must be good."],
        [
            "what does {n} like",
            "what does {n} like to eat",
            "do you remember what {n} likes",
            "which food does {n} like",
        ],
        ["You told me that {n} likes {v}.", "{n} likes {v}."],
        ["I do not know that person yet."],
    ),
    "word": (
        lambda c: dict(v=c.one(LOWER_WORDS) if c.ch(0.7) else fresh_name(c.r).lower()),
        [
            "the secret word is {v}",
            "remember the word {v}",
            "our code word is {v}",
            "the magic word is {v}",
            "keep this word in mind: {v}",
        ],
        ["Okay, I will remember it in this chat.", "Got it! The word is {v}."],
        [
            "what is the secret word",
            "what was the word",
            "tell me the code word",
            "what was the magic word",
            "which word should you remember",
        ],
        ["The word is {v}.", "You told me the word {v}."],
        ["You have not told me a word yet."],
    ),
    "instrument": (
        lambda c: dict(v=c.one(INSTRUMENTS)),
        ["i play the {v}", "my instrument is the {v}", "i am learning to play the {v}"],
        ["The {v} has a lovely sound!", "How nice! Do you play the {v} every day?"],
        ["what instrument do i play", "which instrument do i play", "do you remember my instrument"],
        ["You play the {v}.", "You told me that you play the {v}."],
        ["You have not told me if you play one."],
    ),
    "gift": (
        lambda c: dict(v=c.one(BIRTHDAY_WISHES)),
        ["i want {v} for my birthday", "for my birthday i would like {v}", "my birthday wish is {v}"],
        ["{V} would be a fine gift! I hope that you get it.", "Good wish! I hope that it comes true."],
        ["what do i want for my birthday", "what is my birthday wish", "do you remember my wish"],
        ["You want {v} for your birthday.", "You told me that you would like {v}."],
        ["You have not told me your birthday wish yet."],
    ),
}
MEM_KEYS = list(MEM)
MEM_WEIGHT = ["name"] * 4 + ["colour", "pet", "rel"] * 2 + MEM_KEYS
KNOWN = {
    "name": "your name is {v}",
    "colour": "your favourite colour is {v}",
    "pet": "you have a {pet} called {v}",
    "rel": "your {rel} is called {v}",
    "food": "your favourite food is {v}",
    "animal": "your favourite animal is the {v}",
    "number": "your number is {v}",
    "age": "you are {v} years old",
    "city": "you are from {v}",
    "hobby": "you like {v}",
    "month": "your birthday is in {v}",
    "season": "your favourite season is {v}",
    "sport": "your favourite sport is {v}",
    "instrument": "you play the {v}",
}


def tell(c, key):
    pick, says, acks, asks, recalls, _ = MEM[key]
    s = pick(c)
    c.say(says, acks, **s)
    if key == "name":
        c.mem["name"] = s["v"]
    return dict(key=key, s=s, asks=asks, recalls=recalls)


def sk_tell(c):
    """One thing told, and perhaps asked back at once."""
    k = c.one(MEM_WEIGHT)
    if k == "name" and "name" in c.mem:
        return
    m = tell(c, k)
    if c.ch(0.4):
        c.say(m["asks"], m["recalls"], **m["s"])


def sk_ask_unknown(c):
    k = c.one([x for x in MEM_KEYS if x not in ("rel", "friend", "thing", "plan")])
    if k == "name" and "name" in c.mem:
        return
    pick, says, acks, asks, recalls, unknown = MEM[k]
    s = pick(c)
    c.say(asks, unknown, **s)
    if c.ch(0.5) and k not in ("age", "city"):
        c.say(
            ["it is {v}", "{v}", "it's {v}"]
            if k in ("name", "colour", "food", "number", "hobby", "season", "sport", "word")
            else says,
            acks,
            **s,
        )
        if k == "name":
            c.mem["name"] = s["v"]
        if c.ch(0.4):
            c.say(asks, recalls, **s)
