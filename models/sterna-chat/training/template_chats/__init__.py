"""Template-written chats for a very small, friendly, offline English chat model.

scenes.generate(name) yields {"messages": [{"role", "content"}, ...], "source": "template-chat"}.
Every line was written for this project. Standard library only, and deterministic: random.Random with fixed seeds,
no clock, no hash(), no sets in order.

    python3 -m template_chats [--name NAME] [--out FILE.jsonl]    counts, checks, 15 samples

Tables (tables.py, tables/*.json) hold the texts; grammar.py turns them into sentences; the skill modules add a turn
or more, one job each; scenes.py joins skills to chats.
Grammar: [a|b] chooses, {x} is a slot, {X} the slot with a capital, {a:x} adds a or an.
"""
