"""Tables written as text."""


def rows(text, sep="|"):
    """A table written as text: one row on each line, fields split by sep."""
    return [[f.strip() for f in line.split(sep)] for line in text.strip().split("\n") if line.strip()]


def lines(text):
    return [x.strip() for x in text.strip().split("\n") if x.strip()]


def words(text, sep=","):
    return [x.strip() for x in text.replace("\n", " ").split(sep) if x.strip()]
