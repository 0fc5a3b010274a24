"""The data tables of the template chats, from the JSON files in tables/.

Each name is one table; the files group them by subject. Texts use the grammar of grammar.py."""

import json
from pathlib import Path


def _load(subject):
    path = Path(__file__).parent / "tables" / f"{subject}.json"
    return json.loads(path.read_text(encoding="utf-8"))


_people = _load("people")
NAMES_F = _people["NAMES_F"]
NAMES_M = _people["NAMES_M"]
ONSETS = _people["ONSETS"]
VOWELS = _people["VOWELS"]
CODAS = _people["CODAS"]
PET_NAMES = _people["PET_NAMES"]
PETS = _people["PETS"]
RELATIVES = _people["RELATIVES"]
REL_GENDER = _people["REL_GENDER"]
CITIES = _people["CITIES"]
JOBS = _people["JOBS"]
NAMES = NAMES_F + NAMES_M + "Alex Kim Jin Lin Noor Quinn Sam Sasha Ola Robin".split()

_small_talk = _load("small_talk")
COLOURS = _small_talk["COLOURS"]
FOODS = _small_talk["FOODS"]
HOBBIES = _small_talk["HOBBIES"]
SPORTS = _small_talk["SPORTS"]
INSTRUMENTS = _small_talk["INSTRUMENTS"]
MUSIC = _small_talk["MUSIC"]
SUBJECTS = _small_talk["SUBJECTS"]
WEATHERS = _small_talk["WEATHERS"]
SEASONS = _small_talk["SEASONS"]
OUTINGS = _small_talk["OUTINGS"]
DAYS = _small_talk["DAYS"]
MONTHS = _small_talk["MONTHS"]
MONTH_DAYS = _small_talk["MONTH_DAYS"]
ORDINALS = _small_talk["ORDINALS"]
BIRTHDAY_WISHES = _small_talk["BIRTHDAY_WISHES"]

_feelings = _load("feelings")
FEELINGS = _feelings["FEELINGS"]
GOOD_MOODS = _feelings["GOOD_MOODS"]
BAD_MOODS = _feelings["BAD_MOODS"]

_jokes = _load("jokes")
JOKES = _jokes["JOKES"]
RIDDLES = _jokes["RIDDLES"]
TWISTERS = _jokes["TWISTERS"]

_facts = _load("facts")
FACTS = _facts["FACTS"]
KIND_NAMES = _facts["KIND_NAMES"]

_definitions = _load("definitions")
DEFS = _definitions["DEFS"]
PROPER = _definitions["PROPER"]

_words = _load("words")
OPPOSITES = _words["OPPOSITES"]
SYNONYMS = _words["SYNONYMS"]
RHYMES = _words["RHYMES"]
PLURALS = _words["PLURALS"]
VERBS = _words["VERBS"]
SPELL_WORDS = _words["SPELL_WORDS"]
CATEGORIES = _words["CATEGORIES"]
SINGULAR = _words["SINGULAR"]
APART = _words["APART"]
HELLOS = _words["HELLOS"]

_world = _load("world")
CAPITALS = _world["CAPITALS"]
ANIMALS = _world["ANIMALS"]
FEATURES = _world["FEATURES"]
SHAPES = _world["SHAPES"]
MIXES = _world["MIXES"]
THING_COLOURS = _world["THING_COLOURS"]
SCALES = _world["SCALES"]
USES = _world["USES"]

_reasons = _load("reasons")
YESNO = _reasons["YESNO"]
WHY = _reasons["WHY"]

_howto = _load("howto")
HOWTO = _howto["HOWTO"]
PACKING = _howto["PACKING"]
GIFTS = _howto["GIFTS"]
PET_STYLES = _howto["PET_STYLES"]

_choices = _load("choices")
CHOICES = _choices["CHOICES"]

_stories = _load("stories")
KINDS = _stories["KINDS"]
HELPERS = _stories["HELPERS"]
STORY_ADJ = _stories["STORY_ADJ"]
PLACES = _stories["PLACES"]
OBJECTS = _stories["OBJECTS"]
SNACKS = _stories["SNACKS"]
LEARN = _stories["LEARN"]
INTROS = _stories["INTROS"]
FRAMES = _stories["FRAMES"]
KIND_FRAMES = _stories["KIND_FRAMES"]
MORALS = _stories["MORALS"]
NEXT = _stories["NEXT"]
SHE = _stories["SHE"]
HE = _stories["HE"]
STARTS = _stories["STARTS"]

_poems = _load("poems")
COUPLETS = _poems["COUPLETS"]
FOR_YOU = _poems["FOR_YOU"]
HAIKU = _poems["HAIKU"]

_persona = _load("persona")
NAME_WHY_TERN = _persona["NAME_WHY_TERN"]
NAME_WHY_OTHER = _persona["NAME_WHY_OTHER"]
PERSONA = _persona["PERSONA"]
PERSONA_NEXT = _persona["PERSONA_NEXT"]

_limits = _load("limits")
HARM = _limits["HARM"]
HARM_NO = _limits["HARM_NO"]
HARM_END = _limits["HARM_END"]
CHEAT = _limits["CHEAT"]
CHEAT_NO = _limits["CHEAT_NO"]
MEDICAL = _limits["MEDICAL"]
MEDICAL_NO = _limits["MEDICAL_NO"]
URGENT = _limits["URGENT"]
URGENT_NO = _limits["URGENT_NO"]
CRISIS = _limits["CRISIS"]
CRISIS_NO = _limits["CRISIS_NO"]
LEGAL = _limits["LEGAL"]
LEGAL_NO = _limits["LEGAL_NO"]
MONEY = _limits["MONEY"]
MONEY_NO = _limits["MONEY_NO"]
SECRETS = _limits["SECRETS"]
SECRETS_NO = _limits["SECRETS_NO"]
LIVE = _limits["LIVE"]
FUTURE = _limits["FUTURE"]
FUTURE_NO = _limits["FUTURE_NO"]
PRIVATE = _limits["PRIVATE"]
PRIVATE_NO = _limits["PRIVATE_NO"]
TOO_BIG = _limits["TOO_BIG"]
TOO_BIG_NO = _limits["TOO_BIG_NO"]
UNCLEAR = _limits["UNCLEAR"]
UNCLEAR_ASK = _limits["UNCLEAR_ASK"]
GIBBERISH = _limits["GIBBERISH"]
GIBBERISH_ASK = _limits["GIBBERISH_ASK"]

_roles = _load("roles")
SHOP_ITEMS = _roles["SHOP_ITEMS"]
ROLES = _roles["ROLES"]

_rewriting = _load("rewriting")
RUDE = _rewriting["RUDE"]
RUDE_THINGS = _rewriting["RUDE_THINGS"]
RUDE_FIXED = _rewriting["RUDE_FIXED"]
GAMES = _rewriting["GAMES"]
SINS = _rewriting["SINS"]
GIVEN = _rewriting["GIVEN"]
SUMMARIES = _rewriting["SUMMARIES"]
NOTES = _rewriting["NOTES"]
