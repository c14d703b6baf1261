"""The C2SP tlog-tiles layout: a Merkle log as a folder of static files.

`tile/<level>/<n>` holds up to 256 hashes of 32 bytes, `tile/entries/<n>` the same leaves'
entries, each behind its length as two big-endian bytes; a tile of w < 256 is at `<n>.p/<w>`.
Paths are relative to the log's folder. Source: c2sp.org/tlog-tiles.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.merkle import HASH_BYTES, Tree, leaf_hash

TILE_WIDTH = 256
TILE_HEIGHT = 8
MAX_ENTRY_BYTES = 65_535


class TileError(ValueError):
    """A tile that is missing, malformed or not what the others hash to; begins with its path."""


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/0/x001/x234/067` of index 1234067; level is 0… or "entries"."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def hash_tiles(leaf_hashes: Sequence[bytes]) -> dict[str, bytes]:
    """All hash tiles of a log, full and partial."""
    levels = Tree(leaf_hashes).levels
    files: dict[str, bytes] = {}
    for level in range(0, len(levels), TILE_HEIGHT):
        for path, hashes in _tiles(levels[level], level // TILE_HEIGHT):
            files[path] = b"".join(hashes)
    return files


def entry_bundles(entries: Sequence[bytes]) -> dict[str, bytes]:
    """All entry bundles of a log; an entry over 65,535 bytes is refused."""
    for index, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY_BYTES:
            raise TileError(f"entry {index} has {len(entry)} bytes, at most {MAX_ENTRY_BYTES} fit")
    return {
        path: b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
        for path, bundle in _tiles(entries, "entries")
    }


def tree_files(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Every tile of the log of these entries, by path."""
    return hash_tiles([leaf_hash(entry) for entry in entries]) | entry_bundles(entries)


def tile_paths(size: int) -> list[str]:
    """The paths that a log of `size` entries has, no more and no fewer."""
    paths = [tile_path("entries", *tile) for tile in _widths(size)]
    level = 0
    while size:
        paths += [tile_path(level, *tile) for tile in _widths(size)]
        size, level = size >> TILE_HEIGHT, level + 1
    return paths


def read_leaf_hashes(files: Mapping[str, bytes], size: int) -> list[bytes]:
    """The leaf hashes of a log of `size` from its level-0 tiles."""
    hashes: list[bytes] = []
    for index, width in _widths(size):
        path = tile_path(0, index, width)
        data = _file(files, path)
        if len(data) != width * HASH_BYTES:
            raise TileError(f"{path}: {len(data)} bytes are not {width} hashes")
        hashes += [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]
    return hashes


def read_entries(files: Mapping[str, bytes], size: int) -> list[bytes]:
    """The entries of a log of `size` from its bundles; their hashes are not looked at."""
    entries: list[bytes] = []
    for index, width in _widths(size):
        path = tile_path("entries", index, width)
        bundle = _split_bundle(_file(files, path), path)
        if len(bundle) != width:
            raise TileError(f"{path}: holds {len(bundle)} entries instead of {width}")
        entries += bundle
    return entries


def read_tree(files: Mapping[str, bytes], size: int) -> list[bytes]:
    """The entries of a log whose every tile is there and is exactly what its entries hash to.

    `files` are the log's tile files by path. Raises TileError naming the first wrong one.
    """
    entries = read_entries(files, size)
    expected = tree_files(entries)
    for path, data in expected.items():
        if _file(files, path) != data:
            raise TileError(f"{path}: is not what the entries hash to")
    for path in files:
        if path not in expected:
            raise TileError(f"{path}: does not belong to a log of {size} entries")
    return entries


def _tiles(items: Sequence[bytes], level: int | str) -> list[tuple[str, Sequence[bytes]]]:
    return [
        (
            tile_path(level, index, width),
            items[index * TILE_WIDTH : index * TILE_WIDTH + width],
        )
        for index, width in _widths(len(items))
    ]


def _widths(size: int) -> Iterator[tuple[int, int]]:
    """(index, width) of the tiles that hold `size` items, one by one: a size can be a lie."""
    full, rest = divmod(size, TILE_WIDTH)
    for index in range(full):
        yield index, TILE_WIDTH
    if rest:
        yield full, rest


def _file(files: Mapping[str, bytes], path: str) -> bytes:
    try:
        return files[path]
    except KeyError:
        raise TileError(f"{path}: is missing") from None


def _split_bundle(data: bytes, path: str) -> list[bytes]:
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if at + 2 > len(data) or len(entry) != length:
            raise TileError(f"{path}: ends in the middle of an entry")
        entries.append(entry)
        at += 2 + length
    return entries
