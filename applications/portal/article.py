"""The words of an article with the sentences that items rest on made to stand out."""

from dataclasses import dataclass

from measures.item import Measure


@dataclass(frozen=True)
class Piece:
    """A piece of a paragraph. `marked` is what a rule rests on; `item` is the code of the item that it founds, or ""."""

    text: str
    marked: bool = False
    item: str = ""


def article_paragraphs(measure: Measure) -> list[list[Piece]]:
    """Return the article's paragraphs as pieces that add up to its words."""
    items = {item.code for item in measure.items}
    return [_pieces(paragraph, measure.clauses, items) for paragraph in measure.article.split("\n")]


def _pieces(paragraph, clauses, items):
    found = sorted(
        (paragraph.index(sentence), clause, sentence)
        for clause, sentence in clauses.items()
        if sentence in paragraph
    )
    pieces, end = [], 0
    for start, clause, sentence in found:
        pieces += [Piece(paragraph[end:start])] if start > end else []
        pieces.append(Piece(sentence, True, clause if clause in items else ""))
        end = start + len(sentence)
    return [*pieces, Piece(paragraph[end:])] if end < len(paragraph) else pieces
