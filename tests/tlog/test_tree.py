"""The tree: held against the text of RFC 6962 and its well-known test vectors; every proof holds, and no changed one does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog import naive
from tests.tries import tries

from ourword.tlog.tiles import WIDTH, Growing, Tile, hash_from, hashes_in, packed, tiles_of, unpacked
from ourword.tlog.tree import (
    consistency_proof,
    full_root,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    root,
    root_from_inclusion,
)

# Certificate Transparency's own vectors (RFC 6962's reference implementation): eight entries and the roots of the trees over them.
ENTRIES = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hash_at(entries: list[bytes]):
    return lambda level, index: full_root([leaf_hash(each) for each in entries[index << level : (index + 1) << level]])


def numbered(size: int) -> list[bytes]:
    return [b"%d" % each for each in range(size)]


def test_the_roots_are_those_of_certificate_transparency():
    """Whoever has a verifier for one of these logs has one for ours."""
    assert ROOTS == [root(size, hash_at(ENTRIES)).hex() for size in range(9)]
    assert ROOTS == [naive.mth(ENTRIES[:size]).hex() for size in range(9)]


def test_every_proof_of_every_small_tree_is_the_one_of_the_rfc_and_holds():
    """No place and no size is special: each was tried."""
    for size in range(1, 40):
        entries = numbered(size)
        whole, at = naive.mth(entries), hash_at(entries)
        for index in range(size):
            proof = inclusion_proof(index, size, at)
            assert naive.path(index, entries) == proof
            assert whole == root_from_inclusion(index, size, leaf_hash(entries[index]), proof)
        for old in range(1, size + 1):
            proof = consistency_proof(old, size, at)
            assert naive.proof(old, entries) == proof
            assert is_consistent(old, naive.mth(entries[:old]), size, whole, proof)


def test_a_tree_of_nothing_is_where_every_log_began():
    """The empty checkpoint, signed before the first entry, is consistent with whatever followed; no other root of nothing is."""
    empty, seven = naive.mth([]), naive.mth(numbered(7))

    assert is_consistent(0, empty, 7, seven, [])
    assert not is_consistent(0, seven, 7, seven, [])
    assert not is_consistent(0, empty, 7, seven, [empty])
    assert not is_consistent(7, seven, 0, empty, [])


sizes = st.integers(1, 600)


@given(sizes, st.data())
def test_no_changed_proof_of_an_entry_holds(size, data):
    """Who changes the entry, its place, the size or one hash of the path has proved nothing."""
    entries = numbered(size)
    index = data.draw(st.integers(0, size - 1))
    proof, whole = inclusion_proof(index, size, hash_at(entries)), naive.mth(entries)
    leaf = leaf_hash(entries[index])
    assert whole == root_from_inclusion(index, size, leaf, proof)

    assert whole != root_from_inclusion(index, size, leaf_hash(b"another"), proof)
    other = data.draw(st.integers(0, size + 1).filter(lambda each: each != index))
    assert whole != root_from_inclusion(other, size, leaf, proof)
    assert root_from_inclusion(index, size, leaf, [*proof, whole]) is None
    if proof:
        at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        assert whole != root_from_inclusion(index, size, leaf, [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]])
        assert root_from_inclusion(index, size, leaf, proof[:-1]) is None


@given(sizes, st.data())
def test_no_changed_proof_of_growth_holds(size, data):
    """A company that rewrites what it had published finds no proof for it."""
    entries = numbered(size)
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(old, size, hash_at(entries))
    before, after = naive.mth(entries[:old]), naive.mth(entries)
    assert is_consistent(old, before, size, after, proof)

    assert not is_consistent(old, flipped(before, 3), size, after, proof)
    assert not is_consistent(old, before, size, flipped(after, 5), proof)
    assert not is_consistent(old, before, size, after, [*proof, after])
    if proof:
        at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        assert not is_consistent(old, before, size, after, [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]])
        assert not is_consistent(old, before, size, after, proof[:-1])


@settings(max_examples=tries(25), deadline=None)
@given(st.integers(0, 70_000), st.integers(0, 66_000), st.data())
def test_a_log_that_grows_in_steps_has_the_tiles_of_one_that_was_made_at_once(size, first, data):
    """However often it was closed and opened in between; and all proofs come out of the tiles alone."""
    first = min(first, size)
    leaves = [leaf_hash(b"%d" % each) for each in range(min(size, 700))]
    leaves += [leaves[each % 700] for each in range(len(leaves), size)]
    kept: dict[Tile, list[bytes]] = {}
    tree = Growing(lambda tile, hashes: kept.update({tile: list(hashes)}))
    for each in leaves[:first]:
        tree.add(each)
    again = Growing(lambda tile, hashes: kept.update({tile: list(hashes)}))
    again.resume(first, [tree_level(tree, level) for level in range(8)])
    for each in leaves[first:]:
        again.add(each)
    kept |= {tile: list(hashes) for tile, hashes in again.partial()}

    assert [each for each in tiles_of(size) if not each.is_bundle] == sorted(kept, key=lambda tile: (tile.level, tile.number))
    assert all(len(hashes) == tile.width for tile, hashes in kept.items())
    at = hash_from(kept.__getitem__, size)
    assert root(size, at) == again.root() == naive_root(leaves)
    if size:
        index = data.draw(st.integers(0, size - 1))
        assert again.root() == root_from_inclusion(index, size, leaves[index], inclusion_proof(index, size, at))


def tree_level(tree: Growing, level: int) -> list[bytes]:
    return next((hashes for tile, hashes in tree.partial() if tile.level == level), [])


def naive_root(leaves: list[bytes]) -> bytes:
    """The tree of RFC 6962 over hashes, level by level: an odd one at the end goes up as it is."""
    if not leaves:
        return naive.mth([])
    while len(leaves) > 1:
        pairs = [naive.sha256(b"\1" + leaves[at] + leaves[at + 1]).digest() for at in range(0, len(leaves) - 1, 2)]
        leaves = pairs + leaves[len(leaves) - len(leaves) % 2 :]
    return leaves[0]


def test_a_log_of_seventy_thousand_has_the_tiles_that_the_standard_counts():
    """The example of C2SP tlog-tiles."""
    found = [each for each in tiles_of(70_000) if not each.is_bundle]

    assert [273, 1, 1, 1, 1] == [
        sum(each.level == level and (each.width < WIDTH) is partial for each in found)
        for level, partial in ((0, False), (0, True), (1, False), (1, True), (2, True))
    ]
    assert [112, 17, 1] == [each.width for each in found if each.width < WIDTH]
    assert "tile/0/x001/x234/067" == Tile(0, 1_234_067).path


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_a_bundle_gives_back_its_entries_and_a_shorter_one_does_not(entries):
    """A bundle that was cut off is never read as a shorter one with the same last entry."""
    bundle = packed(entries)

    assert entries == unpacked(bundle)
    if bundle:
        assert unpacked(bundle[:-1]) != entries
    assert hashes_in(b"".join(leaf_hash(each) for each in entries)) == [leaf_hash(each) for each in entries]


def flipped(written: bytes, bit: int) -> bytes:
    changed = bytearray(written)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)
