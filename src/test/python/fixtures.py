"""Writes the weight files that the tests read, with NumPy and PyTorch themselves.

The files are committed; run this only to make them anew: python fixtures.py ../resources/weights
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np


def arrays(folder):
    rows = np.arange(24).reshape(2, 3, 4)
    kinds = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8"]
    values = {kind: (rows - 5 if kind != "uint8" else rows).astype(kind) for kind in kinds}
    values["bool"] = rows % 3 == 0
    values["columns"] = np.asfortranarray(rows.astype(np.float32))
    values["columns64"] = np.asfortranarray(rows.astype(np.int64))
    values["swapped"] = rows.astype(">f4")
    values["scalar"] = np.float32(7)
    values["line"] = np.array([1.5, -2.5], np.float32)
    values["empty"] = np.zeros((0, 3), np.float32)
    np.savez(folder / "stored.npz", **values)
    np.savez_compressed(folder / "deflated.npz", **values)
    with zipfile.ZipFile(folder / "versions.npz", "w") as out:
        for version in [(1, 0), (2, 0), (3, 0)]:
            data = io.BytesIO()
            np.lib.format.write_array(data, rows.astype(np.float32), version=version)
            out.writestr(f"version{version[0]}.npy", data.getvalue())
    np.savez(folder / "objects.npz", what=np.array([{"a": 1}], object))
    np.savez(folder / "complex.npz", what=np.ones(2, np.complex64))


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    arrays(place)
