"""The life of a claim as a picture for the README, drawn from the table of transitions."""

from .table import TRANSITIONS, Who

#: Steps that lead back, or that leave a claim where it is; left out, so that the way can be seen.
_BACK = ("recall", "withdraw", "part_return")


def life_picture():
    """A Mermaid state diagram of every transition but withdrawing and recalling, which start nearly everywhere, and those that
    lead nowhere else."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    arrows = {}
    for row in TRANSITIONS.values():
        if row.action in _BACK:
            continue
        for source in sorted(row.sources):
            for target in row.targets:
                arrows.setdefault((str(source), str(target)), []).append(_words(row))
    lines += [f"    {source} --> {target}: {' / '.join(words)}" for (source, target), words in arrows.items()]
    return "\n".join([*lines, "    paid --> [*]"])


def _words(row):
    return f"{row.action}*" if row.who is Who.SYSTEM else row.action
