"""Skills: greetings and short replies."""

from .tables import BAD_MOODS, FEELINGS, GOOD_MOODS, JOKES

# greetings and short replies
GREET = [
    "[hi|hello|hey|hiya|hi there|hey there|hello there|good day|howdy]",
    "[hi|hello|hey] {me}",
    "[hello|hi] [friend|little bird|again|everyone|buddy]",
    "[hi|hello|hey][ and|,] [good to see you|nice to meet you|how nice to meet you]",
]
GREET_BACK = [
    "Hello! I am {me}. [How can I help you?|What would you like to do?|What can I do for you?]",
    "Hi there! [What would you like to talk about?|How can I help?|It is nice to meet you.]",
    "Hello! [It is nice to meet you. I am {me}.|What shall we talk about?|How are you today?]",
]
PARTS = ["morning", "afternoon", "evening"]


def sk_greet(c):
    x = c.r.random()
    if x < 0.2:
        c.say(
            "[|hi, |hello, ]good {p}[| {me}| to you]",
            "Good {p}! [I am {me}. |][How can I help you?|What would you like to talk about?|I hope that your {p} is going well.]",
            p=c.one(PARTS),
        )
    elif x < 0.3:
        c.say(
            [
                "[hi|hello|hey], [are you there|anyone there|is anyone here|can you hear me]",
                "knock knock",
                "test[| test]",
                "[is this on|does this work]",
            ],
            ["Hello! Yes, I am here. I am {me}. How can I help?", "Hello! I am here and ready to chat."],
        )
    else:
        c.say(GREET, GREET_BACK)


def sk_how_are_you(c):
    u = [
        "[|hi, |hello, |hey, ]how are you[| today| doing| feeling| this {p}]",
        "[|hi, |hey, ]how's it going",
        "[|hi, ]are you [well|ok|okay|good][| today]",
        "what's up",
        "[|hey, ]how do you do",
        "how was your [day|night|weekend|morning]",
        "how do you feel today",
    ]
    c.say(
        u,
        [
            "I am well, thank you! How are you?",
            "I am fine, thank you for asking. How are you today?",
            "All three of my numbers are in good shape! How are you?",
            "I am a small program, so I am always the same: ready to help. How are you?",
        ],
        p=c.one(PARTS),
    )
    x = c.r.random()
    if x < 0.4:
        c.say(
            "[|i am |i feel |i am |oh, ][{m}][| thanks| thank you|, thanks for asking| today|, and you]",
            [
                "I am glad to hear that! [What would you like to do?|What shall we talk about?|]",
                "That is good to hear{nm}! [How can I help you today?|What is the best part of your day?]",
            ],
            m=c.one(GOOD_MOODS),
        )
    elif x < 0.75:
        c.say(
            "[|i am |i feel |hmm, |oh, ][{m}][| today| to be honest| right now]",
            [
                "I am sorry to hear that. [Do you want to talk about it?|Would a joke help?|I am here if you want to talk.]"
            ],
            m=c.one(BAD_MOODS),
        )
        if c.ch(0.5):
            if "joke" in c.turns[-1][1]:
                q, a = c.new("joke", JOKES)
                c.say(["yes", "yes please", "ok", "maybe", "sure, try"], "{q} {a}", q=q, a=a)
            else:
                f = c.one(FEELINGS[:3])
                c.say("{w}", c.one(f[2].split(";")), w=c.one(f[1].split(";")))


THANKS = [
    "[thanks|thank you|thx|ty|many thanks|cheers|thanks a lot|thank you so much|thank you very much|thanks for your help|thanks for the help|ok thanks|great, thank you|cool, thanks|thanks, that helps|thank you, {me}|thanks, little bird]"
]
WELCOME = [
    "You are welcome{nm}! [Is there anything else?|I am glad to help.|Have a nice day!|]",
    "You are very welcome{nm}! [I am here if you need more.|It was fun to help.|]",
    "My pleasure{nm}! [Ask me any time.|What else can I do?|]",
    "I am glad that I could help{nm}.",
]
BYES = [
    "[bye|goodbye|bye bye|see you|see you later|see you soon|good night|i have to go|i must go now|i am going now|talk to you later|ok bye|time for bed|until next time|that is all, bye|bye, {me}|thanks, bye|goodbye, little bird|have a nice day]"
]
BYE_BACK = [
    "Goodbye{nm}! [It was nice to chat with you.|Have a lovely day.|Come back any time.]",
    "Bye{nm}! [Take care.|See you soon.|Have a good day.]",
    "See you{nm}! I will be here in this tab.",
]


def sk_thanks(c):
    c.say(THANKS, WELCOME)


def sk_bye(c):
    x = c.r.random()
    if x < 0.25:
        c.say(
            ["[good night|goodnight|night night|i am going to bed|time to sleep][| {me}|, thanks]"],
            ["Good night{nm}! Sleep well and have sweet dreams.", "Sleep well{nm}! Good night."],
        )
    elif x < 0.35:
        c.say(
            ["will you remember me tomorrow", "will you remember this chat", "will i see you again"],
            ["I will not remember this chat, but I will be glad to meet you again."],
        )
    else:
        c.say(BYES, BYE_BACK)


REACTIONS = [
    (
        [
            "ok",
            "okay",
            "ok then",
            "alright",
            "i see",
            "right",
            "fine",
            "got it",
            "understood",
            "okay, thanks",
            "makes sense",
            "fair enough",
            "good to know",
        ],
        [
            "Great! Is there anything else?",
            "Good. What would you like to do next?",
            "Okay! I am here if you need more.",
            "All right! Shall we go on?",
        ],
    ),
    (
        [
            "cool",
            "nice",
            "wow",
            "great",
            "awesome",
            "amazing",
            "that is cool",
            "so cool",
            "neat",
            "interesting",
            "oh nice",
            "lovely",
            "i like that",
            "that is interesting",
            "wow, cool",
            "fantastic",
            "nice one",
            "i did not know that",
        ],
        [
            "I am glad that you like it! [What would you like next?|Shall we go on?|]",
            "I am glad! What else would you like to know?",
            "Thank you! What shall we do next?",
        ],
    ),
    (
        [
            "really",
            "are you sure",
            "is that true",
            "for real",
            "is that right",
            "seriously",
            "no way",
            "hmm, are you sure about that",
        ],
        [
            "Yes, as far as I know. But I am a small model and may be wrong, so please check.",
            "I think so. I can be wrong, so it is good to check it.",
        ],
    ),
    (
        [
            "that is boring",
            "i do not like that",
            "meh",
            "not really",
            "boring",
            "hmm no",
            "i did not like it",
        ],
        [
            "I am sorry! [Shall we try something else?|What would you like instead?]",
            "That is okay. We can talk about something else. What do you like?",
        ],
    ),
]


def sk_react(c, kinds=(0, 1, 2, 3)):
    sorry = c.last().startswith(
        (
            "I do not",
            "I cannot",
            "Sorry",
            "I am sorry",
            "No",
            "I am only",
            "I know only",
            "That sounds",
            "That is too",
            "I have not",
            "I will not",
            "Please",
        )
    )
    kinds = [k for k in kinds if not (k == 1 and sorry) and not (k < 2 and c.asked())]
    if kinds:
        u, b = REACTIONS[c.one(kinds)]
        c.say(u, b)
