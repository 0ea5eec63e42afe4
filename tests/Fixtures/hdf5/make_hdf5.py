"""Makes hdf5.zip: HDF5 files, and what h5py reads from them. Needs h5py 3 and HDF5 1.10 or later: python3 make_hdf5.py"""

import ctypes
import io
import itertools
import json
import os
import tempfile
import zipfile

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FILTERS = {
    "plain": {},
    "gzip": {"compression": "gzip"},
    "shuffle": {"shuffle": True, "compression": "gzip"},
    "fletcher32": {"fletcher32": True},
    "lzf": {"compression": "lzf"},
    "all": {"shuffle": True, "compression": "lzf", "fletcher32": True},
}


def numbers(shape, dtype="<f4", start=1):
    return np.arange(start, start + int(np.prod(shape))).reshape(shape).astype(dtype)


def low_level(file, name, shape, chunk, limits=None, dtype="<f4", set_up=lambda plist: None, **filters):
    """A dataset with properties that h5py has no argument for."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk(chunk)
    if "compression" in filters:
        plist.set_deflate(4)
    set_up(plist)
    limits = limits and tuple(h5py.h5s.UNLIMITED if limit is None else limit for limit in limits)
    space = h5py.h5s.create_simple(shape, limits)
    tid = dtype if isinstance(dtype, h5py.h5t.TypeID) else h5py.h5t.py_create(np.dtype(dtype))
    return h5py.Dataset(h5py.h5d.create(file.id, name.encode(), tid, space, plist))


def keep_edges_plain(plist):
    with open("/proc/self/maps", encoding="utf-8") as maps:
        library = ctypes.CDLL(next(line.split()[-1] for line in maps if "/libhdf5" in line and "_hl" not in line))
    library.H5Pset_chunk_opts.argtypes = [ctypes.c_int64, ctypes.c_uint]
    assert library.H5Pset_chunk_opts(plist.id, 2) >= 0


def early(plist):
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)


def lists_of_chunks(f):
    """Each way of listing chunks with each filter, in shapes that the chunks overhang."""
    low_level(f, "implicit", (7, 10), (3, 4), set_up=early)[...] = numbers((7, 10))
    low_level(f, "implicit_limits", (7, 10), (3, 4), (12, 15), set_up=early)[...] = numbers((7, 10))
    for name, filters in FILTERS.items():
        f.create_dataset(f"single_{name}", data=numbers((5, 6)), chunks=(5, 6), **filters)
        f.create_dataset(f"fixed_{name}", data=numbers((5, 6, 7)), chunks=(2, 4, 3), **filters)
        f.create_dataset(f"fixed_limits_{name}", data=numbers((7, 10)), chunks=(3, 4), maxshape=(12, 15), **filters)
        f.create_dataset(f"growing_{name}", data=numbers((90, 4)), chunks=(3, 3), maxshape=(None, 9), **filters)
        f.create_dataset(f"growing_last_{name}", data=numbers((2, 4, 40)), chunks=(1, 3, 3), maxshape=(2, 9, None), **filters)
        f.create_dataset(f"growing_all_{name}", data=numbers((30, 40)), chunks=(2, 3), maxshape=(None, None), **filters)
    f.create_dataset("growing_few", data=numbers((2, 4)), chunks=(3, 3), maxshape=(None, 9))
    f.create_dataset("growing_none", shape=(0, 4), chunks=(3, 3), maxshape=(None, 9), dtype="<f4")
    f.create_dataset("growing_all_three", data=numbers((5, 6, 7)), chunks=(2, 4, 3), maxshape=(None, 6, None))
    shrunk = f.create_dataset("shrunk", data=numbers((20, 20)), chunks=(3, 3), maxshape=(None, 40))
    shrunk.resize((8, 11))
    noise = np.random.default_rng(1).integers(0, 256, (6, 500)).astype(np.uint8)
    noise[2:4] = 5
    f.create_dataset("noise_lzf", data=noise, chunks=(2, 500), compression="lzf")
    for name, limits in (("fixed", None), ("growing", (None, 10)), ("growing_all", (None, None))):
        plain_edges = low_level(f, f"{name}_edges", (7, 10), (3, 4), limits, set_up=keep_edges_plain, compression="gzip")
        plain_edges[...] = numbers((7, 10))
    f.create_dataset("big_endian", data=numbers((7, 10), ">f4"), chunks=(3, 4), maxshape=(None, 10), compression="gzip")


def long_lists(f):
    """Lists in pages, with super blocks, and trees of several levels."""
    f.create_dataset("fixed_pages", data=numbers((2100,), "u1"), chunks=(1,))
    f.create_dataset("fixed_pages_gzip", data=numbers((1300,), "u1"), chunks=(1,), compression="gzip")
    some = f.create_dataset("fixed_pages_missing", (4500,), "u1", chunks=(1,), compression="gzip", fillvalue=3)
    some[1000:1030] = numbers((30,), "u1")
    some[4490:] = numbers((10,), "u1")
    f.create_dataset("growing_blocks", data=numbers((1500, 2), "u1"), chunks=(1, 2), maxshape=(None, 2))
    f.create_dataset("growing_blocks_gzip", data=numbers((700,), "u1"), chunks=(1,), maxshape=(None,), compression="gzip")
    some = f.create_dataset("growing_pages", (134_000, 1), "u1", chunks=(1, 96), maxshape=(None, 96))
    some[131_000:132_500] = numbers((1500, 1), "u1")
    some = f.create_dataset("growing_pages_gzip", (140_000,), "u1", chunks=(1,), maxshape=(None,), compression="gzip", fillvalue=9)
    for start in (0, 17, 240, 131_050, 132_084, 133_107, 135_000, 139_990):
        some[start : start + 10] = numbers((10,), "u1")
    deep = f.create_dataset("deep_tree", (80, 80), "u1", chunks=(1, 1), maxshape=(None, None))
    for row in range(79, 0, -3):
        deep[row] = numbers((80,), "u1", row)
    deep[...] = numbers((80, 80), "u1")
    f.create_dataset("tree_gzip", data=numbers((20, 25), "u1"), chunks=(1, 1), maxshape=(None, None), compression="gzip")
    f["target"] = numbers((3,), "u1")
    links = f.create_group("links")
    for i in range(2500):
        links[f"link_{i}"] = f["target"]


def missing_chunks(f):
    """Chunks that were never written, with and without a value for that."""
    for fill, (name, limits) in itertools.product(
        (None, 7), (("fixed", None), ("growing", (None, 12)), ("growing_all", (None, None)))
    ):
        some = f.create_dataset(
            f"{name}_{fill or 0}", (10, 12), ">i4", chunks=(3, 5), maxshape=limits, compression="gzip", fillvalue=fill
        )
        some[4:5, 6:7] = 5
    f.create_dataset("never", (10, 12), "<i4", chunks=(3, 12), compression="gzip")[0] = 1


def types(f):
    """Types of which a tensor has none, or not the same, in one piece and in chunks."""
    values = np.array([[0, 1, 200, 255], [7, 100, 3, 128], [9, 9, 9, 250]], "u8")
    for code in ("u1", "u2", "u4", "u8"):
        top = np.iinfo(code).max if code != "u8" else 2**63 - 1
        wide = values.copy()
        wide[0, 1], wide[2, 3] = top, top - 1
        for order, chunks in itertools.product("<>", (None, (2, 3))):
            f.create_dataset(f"{order}{code}_{'chunks' if chunks else 'whole'}".replace("<", "le_").replace(">", "be_"),
                             data=wide.astype(order + code), chunks=chunks)
    f.create_dataset("many_u2", data=np.arange(70_000).astype("<u2") // 100 * 100, compression="gzip", chunks=(9_000,))
    f.create_dataset("scalar_u4", data=np.uint32(2**32 - 1))
    f.create_dataset("bool", data=values > 99)
    f.create_dataset("bool_chunks", data=values > 99, chunks=(2, 3), compression="gzip")
    brain = h5py.h5t.IEEE_F32LE.copy()
    brain.set_fields(15, 7, 8, 0, 7)
    brain.set_size(2)
    brain.set_ebias(127)
    f["as_bfloat16"] = numbers((3, 4), "<f4") / 8
    low_level(f, "bfloat16", (3, 4), (2, 3), dtype=brain)[...] = numbers((3, 4), "<f4") / 8


def refused(f):
    """What is no array of numbers that a tensor has."""
    f["too_large"] = np.array([1, 2**63], "<u8")
    f.create_dataset("too_large_chunks", data=np.array([1, 2, 3, 2**64 - 1], ">u8"), chunks=(3,), compression="gzip")
    f.create_dataset("too_large_never", (1000,), "<u8", chunks=(10,), compression="gzip", fillvalue=2**63)[0] = 1
    f["colours"] = np.zeros(3, h5py.enum_dtype({"RED": 0, "BLUE": 1}, "i1"))
    f["complex"] = np.zeros(3, "c8")
    f["extended"] = np.zeros(3, np.longdouble)
    f["no_bool"] = np.array([True, False, True])


def in_tree(path, change):
    """A file with two chunks, whose second entry in the tree of chunks is changed; such a tree has no checksum."""
    with h5py.File(path, "w", libver="earliest") as f:
        chunks = f.create_dataset("two", data=np.ones((2, 600), "<f8"), chunks=(1, 600), compression="gzip").id
        first, second = (chunks.get_chunk_info(i).byte_offset.to_bytes(8, "little") for i in range(2))
    with open(path, "rb") as raw:
        content = bytearray(raw.read())
    at = content.index(second)
    if change == "overlap":
        content[at : at + 8] = first
    elif change == "twice":
        content[at - 24 : at - 16] = bytes(8)
    elif change == "size":
        content[at - 32 : at - 28] = (1).to_bytes(4, "little")
    with open(path, "wb") as raw:
        raw.write(content)


def rewritten(path, libver):
    """The weights of a model, by a program that packs each array in small chunks that may grow."""
    with zipfile.ZipFile(os.path.join(HERE, "..", "models", "refuse", "refuse.zip")) as archive:
        content = io.BytesIO(archive.read("_base.weights.h5"))
    with h5py.File(content) as old, h5py.File(path, "w", libver=libver) as new:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                made = new.require_group(name)
            elif item.ndim == 0:
                made = new.create_dataset(name, data=item[()])
            else:
                limits = (None,) * (1 + len(name) % item.ndim) + item.shape[1 + len(name) % item.ndim :]
                chunk = tuple(max(1, size // 3) for size in item.shape)
                made = new.create_dataset(name, data=item[()], chunks=chunk, maxshape=limits, compression="gzip", shuffle=True)
            made.attrs.update(item.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)


def expected(value):
    """What a tensor has of it."""
    wider = {"u2": "<i4", "u4": "<i8", "u8": "<i8"}.get(value.dtype.str[1:])
    return value.astype(wider or value.dtype.newbyteorder("<"))


def main():
    index = {}
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(os.path.join(HERE, "hdf5.zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        def add(name, content):
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)

        for name, libver, make in (
            ("latest", "latest", lists_of_chunks),
            ("earliest", "earliest", lists_of_chunks),
            ("long", "latest", long_lists),
            ("missing", "latest", missing_chunks),
            ("missing_earliest", "earliest", missing_chunks),
            ("types", "earliest", types),
            ("types_latest", "latest", types),
            ("refused", "latest", refused),
        ):
            path = os.path.join(folder, name + ".h5")
            with h5py.File(path, "w", libver=libver) as f:
                make(f)
            if make is refused:
                with h5py.File(path) as f:
                    offset = f["no_bool"].id.get_offset()
                with open(path, "r+b") as raw:
                    raw.seek(offset + 1)
                    raw.write(b"\2")
            with open(path, "rb") as raw:
                add(name + ".h5", raw.read())
            if make is refused:
                continue
            with h5py.File(path) as f:
                index[name] = {}
                for key in sorted(k for k in f if isinstance(f[k], h5py.Dataset)):
                    value = f["as_bfloat16"][()] if key == "bfloat16" else expected(f[key][()])
                    index[name][key] = {"dtype": "bfloat16" if key == "bfloat16" else value.dtype.name, "shape": list(value.shape)}
                    bytes_ = (value.view("<u4") >> 16).astype("<u2").tobytes() if key == "bfloat16" else value.tobytes()
                    add(f"{name}/{key}", bytes_)
        for change in ("none", "overlap", "twice", "size"):
            path = os.path.join(folder, "tree.h5")
            in_tree(path, change)
            with open(path, "rb") as raw:
                add(f"tree_{change}.h5", raw.read())
        for libver in ("latest", "earliest"):
            path = os.path.join(folder, "rewritten.weights.h5")
            rewritten(path, libver)
            with open(path, "rb") as raw:
                add(f"{libver}.weights.h5", raw.read())
        add("index.json", json.dumps(index, indent=1))


main()
