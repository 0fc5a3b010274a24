"""Scenes: how skills are joined to make one chat, and the generator."""

import random
import re

from .about_itself import sk_persona
from .animals import sk_animal, sk_animal_guess, sk_feature, sk_scale, sk_use
from .care import (
    sk_advice,
    sk_crisis,
    sk_future,
    sk_harm,
    sk_live,
    sk_private,
    sk_secret,
    sk_too_big,
    sk_unclear,
)
from .definitions import sk_def, sk_unknown
from .dialogue import sk_change, sk_correct, sk_offer
from .fun import sk_fact, sk_joke, sk_riddle, sk_twister
from .games import sk_guess, sk_quiz, sk_role
from .grammar import Chat
from .likes import sk_like_animal, sk_like_food, sk_like_hobby
from .lists import sk_gift, sk_group, sk_howto, sk_list_memory, sk_name_some, sk_packing, sk_pet_name
from .memory import MEM, sk_ask_unknown, sk_tell, tell
from .memory_scenes import (
    MIXED,
    scene_again,
    scene_memory,
    scene_tour,
    scene_two_people,
    sk_again,
    sk_nickname,
)
from .numbers import (
    sk_add,
    sk_big_sum,
    sk_compare,
    sk_count,
    sk_number_word,
    sk_sort_numbers,
    sk_table,
    sk_times,
)
from .poems import sk_haiku, sk_poem, sk_poem_for
from .replies import sk_bye, sk_greet, sk_how_are_you, sk_react, sk_thanks
from .settings import BOT_LEN, MAX_TURNS, SEED, SOURCE, USER_LEN
from .small_talk import sk_feeling, sk_outing, sk_school, sk_season, sk_sport_music, sk_weather
from .stories import sk_story, sk_story_continue, sk_story_mine
from .words import (
    sk_alphabet,
    sk_hello_in,
    sk_opposite,
    sk_order_words,
    sk_plural,
    sk_repeat,
    sk_rhyme,
    sk_spell,
    sk_synonym,
    sk_tense,
)
from .world import sk_capital, sk_day, sk_mix, sk_month, sk_shape, sk_thing_colour
from .writing import sk_choose, sk_fix_text, sk_note, sk_pick, sk_polite, sk_summary, sk_why, sk_yesno

# name of the scene, what writes it, its share of all chats
SCENES = [
    ("greet", sk_greet, 900),
    ("how_are_you", sk_how_are_you, 1600),
    ("persona", sk_persona, 6500),
    ("tour", scene_tour, 2500),
    ("food", sk_like_food, 2600),
    ("animals", sk_like_animal, 2000),
    ("hobby", sk_like_hobby, 2600),
    ("weather", sk_weather, 1500),
    ("outing", sk_outing, 3000),
    ("season", sk_season, 700),
    ("school", sk_school, 1500),
    ("sport", sk_sport_music, 1500),
    ("feeling", sk_feeling, 5500),
    ("joke", sk_joke, 2800),
    ("riddle", sk_riddle, 2500),
    ("twister", sk_twister, 500),
    ("fact", sk_fact, 6500),
    ("def", sk_def, 8500),
    ("unknown", sk_unknown, 1600),
    ("opposite", sk_opposite, 1500),
    ("synonym", sk_synonym, 900),
    ("rhyme", sk_rhyme, 900),
    ("plural", sk_plural, 600),
    ("tense", sk_tense, 1500),
    ("spell", sk_spell, 2800),
    ("alphabet", sk_alphabet, 900),
    ("order_words", sk_order_words, 900),
    ("repeat", sk_repeat, 1800),
    ("hello_in", sk_hello_in, 450),
    ("add", sk_add, 5500),
    ("times", sk_times, 3000),
    ("table", sk_table, 120),
    ("compare", sk_compare, 2200),
    ("count", sk_count, 1500),
    ("sort", sk_sort_numbers, 700),
    ("big_sum", sk_big_sum, 500),
    ("number_word", sk_number_word, 500),
    ("day", sk_day, 700),
    ("month", sk_month, 800),
    ("capital", sk_capital, 3200),
    ("mix", sk_mix, 450),
    ("thing_colour", sk_thing_colour, 350),
    ("shape", sk_shape, 350),
    ("animal", sk_animal, 2600),
    ("animal_guess", sk_animal_guess, 250),
    ("feature", sk_feature, 350),
    ("scale", sk_scale, 1300),
    ("use", sk_use, 800),
    ("name_some", sk_name_some, 1800),
    ("group", sk_group, 1500),
    ("list_memory", sk_list_memory, 2600),
    ("howto", sk_howto, 3600),
    ("packing", sk_packing, 1300),
    ("gift", sk_gift, 1300),
    ("pet_name", sk_pet_name, 1600),
    ("story", sk_story, 13500),
    ("story_continue", sk_story_continue, 3200),
    ("story_mine", sk_story_mine, 1800),
    ("poem", sk_poem, 1100),
    ("poem_for", sk_poem_for, 700),
    ("haiku", sk_haiku, 900),
    ("polite", sk_polite, 1600),
    ("fix_text", sk_fix_text, 700),
    ("note", sk_note, 1800),
    ("summary", sk_summary, 1900),
    ("choose", sk_choose, 2000),
    ("pick", sk_pick, 150),
    ("yesno", sk_yesno, 1400),
    ("why", sk_why, 800),
    ("harm", sk_harm, 800),
    ("advice", sk_advice, 900),
    ("crisis", sk_crisis, 220),
    ("secret", sk_secret, 150),
    ("live", sk_live, 1200),
    ("future", sk_future, 450),
    ("private", sk_private, 800),
    ("too_big", sk_too_big, 200),
    ("unclear", sk_unclear, 900),
    ("correct", sk_correct, 1900),
    ("change", sk_change, 900),
    ("offer", sk_offer, 900),
    ("quiz", sk_quiz, 2000),
    ("guess", sk_guess, 700),
    ("role", sk_role, 2600),
    ("tell", sk_tell, 1600),
    ("ask_unknown", sk_ask_unknown, 1300),
    ("memory", scene_memory, 9500),
    ("two_people", scene_two_people, 2200),
    ("again", scene_again, 2500),
    ("nickname", sk_nickname, 500),
    ("mixed", None, 11000),
]
MIXED.extend(
    s[1]
    for s in SCENES
    if s[1]
    and s[0]
    not in (
        "crisis",
        "role",
        "memory",
        "offer",
        "change",
        "table",
        "story_mine",
        "guess",
        "greet",
        "unclear",
        "again",
        "nickname",
        "tour",
    )
)


def write(r, me, scene, fn):
    c = Chat(r, me)
    x = r.random()
    if scene not in ("greet", "correct", "memory", "tell", "ask_unknown", "crisis"):
        if x < 0.05:
            sk_greet(c)
        elif x < 0.10:
            tell(c, "name")
        elif x < 0.12:
            sk_how_are_you(c)
    if fn:
        n = len(c.turns)
        fn(c)
        if len(c.turns) == n:
            return None
        if (
            scene in ("def", "opposite", "capital", "yesno", "why", "plural", "use", "thing_colour")
            and c.ch(0.12)
            and c.room()
        ):
            fn(c)
        if c.ch(0.3) and scene not in ("crisis", "greet") and c.room(2):
            c.one(MIXED)(c)  # people change the subject
    else:
        for f in c.some(MIXED, c.one([2, 2, 3, 3, 4])):
            if c.room(2):
                f(c)
    if (
        "name" in c.mem
        and scene not in ("memory", "tell", "ask_unknown", "correct")
        and len(c.turns) > 2
        and c.ch(0.3)
    ):
        c.say(MEM["name"][3], MEM["name"][4], v=c.mem["name"])
    if scene not in ("crisis", "greet") and len(c.turns) < 4:
        x = r.random()
        if x < 0.04:
            sk_react(c, (0, 1))
        elif x < 0.065:
            sk_again(c)
    if scene != "crisis" and c.room():
        x = r.random()
        if x < 0.09:
            sk_thanks(c)
        if 0.06 < x < 0.12:
            sk_bye(c)
    return c.turns


KEY = re.compile(r"[^a-z0-9]+")


def fits(turns):
    """Lengths, plain ASCII and no grammar marks left over."""
    if not turns or len(turns) > MAX_TURNS:
        return False
    for u, b in turns:
        if not (USER_LEN[0] <= len(u) <= USER_LEN[1] and BOT_LEN[0] <= len(b) <= BOT_LEN[1]):
            return False
        if not (u + b).isascii() or any(ch in u + b for ch in "{}[]|"):
            return False
    return True


def generate(name="", total=120000):
    """All chats, in a fixed shuffled order; name is the assistant's name (Tern when empty)."""
    me = name.strip() or "Tern"
    chats, seen = [], set()
    share = sum(s[2] for s in SCENES)
    for index, (scene, fn, weight) in enumerate(SCENES):
        r = random.Random(SEED + index)
        want = round(total * weight / share)
        got = tries = 0
        while got < want and tries < want * 5 + 200:
            tries += 1
            turns = write(r, me, scene, fn)
            if not turns or not fits(turns):
                continue
            key = KEY.sub(
                " ", "\n".join(u + "\n" + b for u, b in turns).lower()
            ).strip()  # case and marks make no new chat
            if key in seen:
                continue
            seen.add(key)
            got += 1
            chats.append((scene, turns))
    random.Random(SEED).shuffle(chats)
    for scene, turns in chats:
        messages = []
        for u, b in turns:
            messages += [{"role": "user", "content": u}, {"role": "assistant", "content": b}]
        yield {"messages": messages, "source": SOURCE}
