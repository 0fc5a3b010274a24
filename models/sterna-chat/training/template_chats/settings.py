"""What fixes the output: label, seed, and the limits of a chat."""

SOURCE = "template-chat"
SEED = 20240617
MAX_TURNS = 6
USER_LEN, BOT_LEN = (2, 160), (10, 300)
