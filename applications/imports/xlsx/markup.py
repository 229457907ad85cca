"""Reading XML from outside in small pieces: no declarations of types, no endless names, depths or tokens."""

from pyexpat import ExpatError, ParserCreate

from applications.imports.limits import MOST_UNPACKED, book_damaged, too_big

PIECE = 64 * 1024
#: The parser keeps each name for good and each open element until it ends; real parts have some dozens of each.
MOST_NAMES = 2_000
DEEPEST = 64
#: A tag that does not end: the parser would look through it again with each piece.
LONGEST_TAG = 1024 * 1024
#: Bytes of a part that is not read row by row (list of sheets, relations, styles).
MOST_SMALL = 32 * 1024 * 1024

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


def parser_made(*, separator=None):
    """A parser that refuses declarations of types, and with them entities; attributes come as a flat list."""
    parser = ParserCreate(namespace_separator=separator)
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def pieces_fed(parser, stream):
    """Feeds a stream to a parser piece by piece; yields the bytes read so far after each. Raises FileRefused."""
    fed = 0
    try:
        while piece := stream.read(PIECE):
            fed += len(piece)
            if fed > MOST_UNPACKED:
                raise too_big()
            parser.Parse(piece, False)
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise book_damaged()
            yield fed
        parser.Parse(b"", True)
    except (ExpatError, ValueError, LookupError) as error:
        raise book_damaged() from error
    yield fed


class Outline:
    """Watches depth and names of elements, so that a hostile part cannot fill the memory."""

    def __init__(self):
        self.depth = 0
        self._names = set()

    def start(self, name, attributes):
        """To be called at each start of an element whose name is not among the expected ones."""
        self.depth += 1
        self._names.add(name)
        self.watch(attributes)
        if self.depth > DEEPEST:
            raise book_damaged()

    def watch(self, attributes):
        """To be called with the attributes of an element whose name is."""
        self._names.update(attributes[::2])
        if len(self._names) > MOST_NAMES:
            raise book_damaged()

    def end(self, _name):
        """To be called at each end of such an element."""
        self.depth -= 1


def part_read(package, name, on_start, on_end=None):
    """Reads a small part. `on_start` gets each element's local name and its attributes by local name, as a dict.

    Returns the local name of the outermost element and its namespace.
    """
    if package.size(name) > MOST_SMALL:
        raise too_big()
    parser, outline, roots = parser_made(separator=" "), Outline(), []

    def start(tag, attributes):
        outline.start(tag, attributes)
        if outline.depth == 1:
            roots.append(tag)
        found = iter(attributes)
        on_start(_local(tag), {_local(key): value for key, value in zip(found, found, strict=True)})

    def end(tag):
        outline.end(tag)
        if on_end:
            on_end(_local(tag))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with package.stream(name) as stream:
        for _ in pieces_fed(parser, stream):
            pass
    namespace, _, root = roots[0].rpartition(" ")
    return root, namespace


def prefix_read(tag, attributes, expected):
    """The prefix (with its colon, or "") of a part's outermost element, whose name is known. Raises FileRefused.

    Large parts are parsed without resolving namespaces, which is faster; all elements of the workbook's own
    namespace have the prefix of the outermost one.
    """
    prefix, colon, local = tag.rpartition(":")
    declared = dict(zip(attributes[::2], attributes[1::2], strict=True))
    namespace = declared.get(f"xmlns:{prefix}" if colon else "xmlns")
    if local != expected or namespace not in _MAIN:
        raise book_damaged()
    return prefix + colon


def is_main(namespace):
    """Whether a namespace is the spreadsheet's, in the transitional or the strict form of the standard."""
    return namespace in _MAIN


def _local(name):
    return name.rpartition(" ")[2]


def _refuse(*_):
    raise book_damaged()
