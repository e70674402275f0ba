"""Words where there is little room."""


def shortened(text: str, width: int) -> str:
    """A text on one line; cut after so many characters, within a word if need be, it ends in an ellipsis."""
    plain = " ".join(text.split())
    return plain if len(plain) <= width else f"{plain[:width].rstrip()}…"
