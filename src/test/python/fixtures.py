"""Writes the weight files that the tests read, with NumPy, PyTorch and safetensors themselves.

The files are committed, made with PyTorch 2.7.1 and NumPy 2.4.6; run this only to make them anew:
python fixtures.py ../resources/weights
"""

import argparse
import io
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file


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



def count(*shape, dtype=torch.float32):
    """0, 1, 2, … in a shape, less 5 where the type has a sign."""
    values = torch.arange(int(np.prod(shape)))
    signed = dtype not in (torch.uint8, torch.bool)
    return (values - 5 if signed else values).reshape(shape).to(dtype)


TYPES = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]


def tensors():
    """Every type, and views of one storage."""
    state = OrderedDict((kind, count(2, 3, 4, dtype=getattr(torch, kind))) for kind in TYPES)
    whole = count(6, 4)
    state["whole"] = whole
    state["transposed"] = whole.t()
    state["columns"] = whole[:, 1:3]
    state["tail"] = whole[4:]
    state["strided"] = whole[::2, ::3]
    state["scalar"] = torch.tensor(7.0)
    state["empty"] = torch.zeros(0, 3)
    state["parameter"] = torch.nn.Parameter(count(2, 2))
    return state


def odd():
    """Tensors that say more than numbers, and tensors of types that are not read."""
    def pair(dtype=torch.complex64):
        return torch.tensor([1 + 2j, 3 + 4j], dtype=dtype)

    return OrderedDict(
        imaginary=pair().conj().imag,
        half=pair(torch.complex128).conj().imag[1:],
        parameter=torch.nn.Parameter(pair().conj().imag),
        plain=pair().imag,
        conjugated=pair().conj(),
        complex=pair(),
        float8=torch.ones(2).to(torch.float8_e4m3fn),
        uint16=torch.ones(2).to(torch.uint16),
        sparse=torch.eye(2).to_sparse(),
        quantised=torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
    )


class Net(torch.nn.Module):
    """Small, with names as networks have them."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 2, 3, padding=1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(2)
        self.linear = torch.nn.Linear(2, 3)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return self.linear(x.mean((2, 3)))


def net():
    torch.manual_seed(0)
    made = Net()
    made.train()
    for _ in range(3):
        made(torch.rand(8, 1, 5, 5))
    return made.eval()


def trained():
    """What training scripts save around the weights."""
    made = net()
    optimizer = torch.optim.Adam(made.parameters())
    made(torch.rand(2, 1, 5, 5)).sum().backward()
    optimizer.step()
    prefixed = OrderedDict(("module." + name, tensor) for name, tensor in made.state_dict().items())
    return {
        "epoch": 3,
        "state_dict": prefixed,
        "best": np.float64(0.5),
        "accuracy": torch.tensor(0.5),
        "args": argparse.Namespace(rate=0.1, gpu=None, drops=[75, 90], device=torch.device("cpu"), kind=torch.float32),
        "ema": OrderedDict((name, tensor * 2) for name, tensor in prefixed.items()),
        "optimizer": optimizer.state_dict(),
    }


def earlier(file):
    """A file of the form before 1.6 with a view of a storage, as versions before 0.4 wrote them."""

    class Storage:
        def __init__(self, metadata):
            self.metadata = metadata

    class Tensor:
        def __init__(self, storage, *layout):
            self.storage, self.layout = storage, layout

        def __reduce__(self):
            return torch._utils._rebuild_tensor, (self.storage, *self.layout)

    class Pickler(pickle._Pickler):
        def persistent_id(self, obj):
            if isinstance(obj, Storage):
                return ("storage", torch.FloatStorage, "94000", "cpu", 12, obj.metadata)
            return None

    with open(file, "wb") as out:
        pickle.dump(torch.serialization.MAGIC_NUMBER, out, protocol=2)
        pickle.dump(torch.serialization.PROTOCOL_VERSION, out, protocol=2)
        sizes = {"short": 2, "int": 4, "long": 4}
        pickle.dump({"protocol_version": 1001, "little_endian": True, "type_sizes": sizes}, out, protocol=2)
        state = OrderedDict(
            root=Tensor(Storage(None), 0, (3, 4), (4, 1)), view=Tensor(Storage(("94001", 5, 6)), 1, (2, 2), (2, 1))
        )
        Pickler(out, protocol=2).dump(state)
        pickle.dump(["94000"], out, protocol=2)
        out.write(struct.pack("<q12f", 12, *range(12)))


def big(source, file):
    """The same zip as a big-endian machine writes it, for tensors of 32-bit floats."""
    with zipfile.ZipFile(source) as zipped, zipfile.ZipFile(file, "w") as out:
        for name in zipped.namelist():
            data = zipped.read(name)
            if name.endswith("byteorder"):
                data = b"big"
            elif "/data/" in name:
                data = np.frombuffer(data, "<f4").astype(">f4").tobytes()
            out.writestr(name, data)


class Normalize(torch.nn.Module):
    """What RobustBench puts before a network."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.25]).view(1, 1, 1, 1))
        self.register_buffer("std", torch.tensor([0.5]).view(1, 1, 1, 1))

    def forward(self, x):
        return (x - self.mean) / self.std


def networks(folder):
    made = net()
    images = torch.rand(3, 1, 5, 5, generator=torch.Generator().manual_seed(1))
    torch.save({"net": made.state_dict()}, folder / "net.pth")
    torch.save(torch.nn.DataParallel(made).half().state_dict(), folder / "net-half.pth")
    made = net()
    normalised = torch.nn.Sequential(OrderedDict(normalize=Normalize(), model=made))
    torch.save(normalised.state_dict(), folder / "net-normalised.pth")
    np.savez(
        folder / "net.npz",
        images=images.numpy(),
        logits=made(images).detach().numpy(),
        normalised=normalised(images).detach().numpy(),
    )


class Robust(torch.nn.Module):
    """What a robustness library trains: the network, its normalisation, and both once more inside of its attacker."""

    def __init__(self):
        super().__init__()
        self.normalizer = torch.nn.Module()
        self.normalizer.register_buffer("new_mean", torch.tensor([0.25]).view(1, 1, 1))
        self.normalizer.register_buffer("new_std", torch.tensor([0.5]).view(1, 1, 1))
        self.model = net()
        self.attacker = torch.nn.Module()
        self.attacker.normalize = self.normalizer
        self.attacker.model = self.model


def collections(folder):
    """Files in which the weights lie otherwise than under a usual key."""
    state = net().state_dict()
    torch.save([state, OrderedDict((name, tensor * 2) for name, tensor in state.items())], folder / "list.pth")
    torch.save({"epoch": torch.tensor(3), "weights_best": state}, folder / "epoch.pth")
    torch.save(torch.optim.swa_utils.AveragedModel(net()).state_dict(), folder / "averaged.pth")
    robust = torch.nn.DataParallel(Robust()).state_dict()
    torch.save({"model": robust, "epoch": 3, "schedule": None}, folder / "robust.pth")


class Odd(torch.nn.Module):
    """A program that no teacher should be, of a kind."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.net = net()

    def forward(self, x):
        if self.kind == "one":
            return self.net(x.unsqueeze(0)).squeeze(0)
        z = self.net(x)
        if self.kind == "fixed":
            return z.reshape(2, 3)
        if self.kind == "tuple":
            return z, x
        if self.kind == "detached":
            return z.detach()
        if self.kind == "random":
            return torch.nn.functional.dropout(z, 0.5, True)
        return z


def program(file, made):
    """A TorchScript archive without its notes on where the source lay."""
    bytes_ = io.BytesIO()
    torch.jit.save(made, bytes_)
    with zipfile.ZipFile(bytes_) as zipped, zipfile.ZipFile(file, "w") as out:
        for name in zipped.namelist():
            if not name.endswith(".debug_pkl"):
                out.writestr(zipfile.ZipInfo("program/" + name.split("/", 1)[1]), zipped.read(name))


def programs(folder):
    two = torch.rand(2, 1, 5, 5)
    program(folder / "traced.pt", torch.jit.trace(net(), two))
    program(folder / "scripted.pt", torch.jit.script(net().train()))
    program(folder / "training.pt", torch.jit.trace(net().train(), two, check_trace=False))
    for kind in ("fixed", "tuple", "detached", "random"):
        program(folder / f"{kind}.pt", torch.jit.trace(Odd(kind).eval(), two, check_trace=False))
    program(folder / "one.pt", torch.jit.trace(Odd("one").eval(), two[0]))


def weights(folder):
    state = tensors()
    torch.save(state, folder / "types.pth")
    torch.save(state, folder / "types-earlier.pth", _use_new_zipfile_serialization=False)
    for protocol in (3, 4, 5):
        torch.save(state, folder / f"types-protocol{protocol}.pth", pickle_protocol=protocol)
    torch.save(trained(), folder / "trained.pth")
    torch.save(trained(), folder / "trained-earlier.pth", _use_new_zipfile_serialization=False)
    torch.save({"a": count(2, 3), "b": count(4)}, folder / "little.pth")
    big(folder / "little.pth", folder / "big.pth")
    earlier(folder / "view-earlier.pth")
    save_file({name: tensor.contiguous().clone() for name, tensor in state.items()}, folder / "types.safetensors")
    torch.save(net(), folder / "module.pth")
    torch.save(odd(), folder / "odd.pth")
    old = OrderedDict((name, tensor) for name, tensor in odd().items() if name not in ("float8", "uint16"))
    torch.save(old, folder / "odd-earlier.pth", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    arrays(place)
    weights(place)
    networks(place)
    collections(place)
    programs(place)
