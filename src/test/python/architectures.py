"""Writes what the published architectures compute, with PyTorch itself: names, shapes, sizes, logits and gradients.

Weights and images are counted, not drawn, so that the tests make the same ones: python architectures.py ../resources/weights
The modules state the published forms (K. Liu's pytorch-cifar, TRADES, RSLAD, DeepMind's model zoo) in few lines.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def conv(a, b, kernel, stride=1, padding=None, groups=1):
    padding = kernel // 2 if padding is None else padding
    return nn.Conv2d(a, b, kernel, stride, padding, groups=groups, bias=False)


class Basic(nn.Module):
    def __init__(self, a, b, stride, last=3):
        super().__init__()
        self.conv1, self.bn1 = conv(a, b, 3, stride), nn.BatchNorm2d(b)
        self.conv2, self.bn2 = conv(b, b, 3), nn.BatchNorm2d(b)
        same = stride == 1 and a == b
        self.shortcut = nn.Sequential() if same else nn.Sequential(conv(a, b, 1, stride), nn.BatchNorm2d(b))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class Bottleneck(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        c = b // 4
        self.conv1, self.bn1 = conv(a, c, 1), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = conv(c, c, 3, stride), nn.BatchNorm2d(c)
        self.conv3, self.bn3 = conv(c, b, 1), nn.BatchNorm2d(b)
        same = stride == 1 and a == b
        self.shortcut = nn.Sequential() if same else nn.Sequential(conv(a, b, 1, stride), nn.BatchNorm2d(b))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + self.shortcut(x))


class PreAct(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(a), conv(a, b, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(b), conv(b, b, 3)
        if stride != 1 or a != b:
            self.shortcut = nn.Sequential(conv(a, b, 1, stride))

    def forward(self, x):
        y = F.relu(self.bn1(x))
        kept = self.shortcut(y) if hasattr(self, "shortcut") else x
        return self.conv2(F.relu(self.bn2(self.conv1(y)))) + kept


class ResNet(nn.Module):
    def __init__(self, block, depths, width, classes, growth=1, stem=True, end=False):
        super().__init__()
        self.conv1 = conv(3, width, 3)
        self.bn1 = nn.BatchNorm2d(width) if stem else None
        a = width
        for stage, depth in enumerate(depths):
            b = width * 2**stage * growth
            blocks = []
            for i in range(depth):
                blocks.append(block(a, b, 2 if stage and not i else 1))
                a = b
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        if end:
            self.bn = nn.BatchNorm2d(a)
        self.linear = nn.Linear(a, classes)

    def forward(self, x):
        x = self.conv1(x)
        x = x if self.bn1 is None else F.relu(self.bn1(x))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        x = F.relu(self.bn(x)) if hasattr(self, "bn") else x
        return self.linear(F.avg_pool2d(x, 4).flatten(1))


class WideBlock(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(a), conv(a, b, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(b), conv(b, b, 3)
        self.convShortcut = None if a == b else conv(a, b, 1, stride)

    def forward(self, x):
        y = F.relu(self.bn1(x))
        kept = x if self.convShortcut is None else self.convShortcut(y)
        return kept + self.conv2(F.relu(self.bn2(self.conv1(y))))


class Group(nn.Module):
    def __init__(self, name, block, count, a, b, stride):
        super().__init__()
        self.name = name
        self.add_module(name, nn.Sequential(*[block(b if i else a, b, 1 if i else stride) for i in range(count)]))

    def forward(self, x):
        return getattr(self, self.name)(x)


class Wide(nn.Module):
    def __init__(self, depth, widen, classes, unused=False):
        super().__init__()
        n, w = (depth - 4) // 6, [16, 16 * widen, 32 * widen, 64 * widen]
        self.conv1 = conv(3, 16, 3)
        self.block1 = Group("layer", WideBlock, n, w[0], w[1], 1)
        if unused:
            self.sub_block1 = Group("layer", WideBlock, n, w[0], w[1], 1)
        self.block2 = Group("layer", WideBlock, n, w[1], w[2], 2)
        self.block3 = Group("layer", WideBlock, n, w[2], w[3], 2)
        self.bn1, self.fc = nn.BatchNorm2d(w[3]), nn.Linear(w[3], classes)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(self.conv1(x))))
        return self.fc(F.avg_pool2d(F.relu(self.bn1(x)), 8).flatten(1))


class SwishBlock(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.batchnorm_0, self.conv_0 = nn.BatchNorm2d(a), conv(a, b, 3, stride, 0)
        self.batchnorm_1, self.conv_1 = nn.BatchNorm2d(b), conv(b, b, 3)
        self.shortcut = None if a == b else conv(a, b, 1, stride)
        self.pad = (1, 1, 1, 1) if stride == 1 else (0, 1, 0, 1)

    def forward(self, x):
        y = F.silu(self.batchnorm_0(x))
        kept = x if self.shortcut is None else self.shortcut(y)
        return kept + self.conv_1(F.silu(self.batchnorm_1(self.conv_0(F.pad(y, self.pad)))))


class SwishWide(nn.Module):
    def __init__(self, depth, widen, classes):
        super().__init__()
        n, w = (depth - 4) // 6, [16, 16 * widen, 32 * widen, 64 * widen]
        self.register_buffer("mean", torch.tensor((0.4914, 0.4822, 0.4465)).view(3, 1, 1))
        self.register_buffer("std", torch.tensor((0.2471, 0.2435, 0.2616)).view(3, 1, 1))
        self.init_conv = conv(3, 16, 3)
        self.layer = nn.Sequential(
            *[Group("block", SwishBlock, n, w[i], w[i + 1], 2 if i else 1) for i in range(3)]
        )
        self.batchnorm, self.logits = nn.BatchNorm2d(w[3]), nn.Linear(w[3], classes)

    def forward(self, x):
        x = self.layer(self.init_conv((x - self.mean) / self.std))
        return self.logits(F.avg_pool2d(F.silu(self.batchnorm(x)), 8).flatten(1))


class Inverted(nn.Module):
    def __init__(self, a, b, expansion, stride):
        super().__init__()
        c = a * expansion
        self.conv1, self.bn1 = conv(a, c, 1), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = conv(c, c, 3, stride, groups=c), nn.BatchNorm2d(c)
        self.conv3, self.bn3 = conv(c, b, 1), nn.BatchNorm2d(b)
        self.stride = stride
        other = stride == 1 and a != b
        self.shortcut = nn.Sequential(conv(a, b, 1), nn.BatchNorm2d(b)) if other else nn.Sequential()

    def forward(self, x):
        y = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        y = self.bn3(self.conv3(y))
        return y + self.shortcut(x) if self.stride == 1 else y


class Mobile(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1, self.bn1 = conv(3, 32, 3), nn.BatchNorm2d(32)
        table = "1 16 1 1, 6 24 2 1, 6 32 3 2, 6 64 4 2, 6 96 3 1, 6 160 3 2, 6 320 1 1"
        a, blocks = 32, []
        for expansion, b, count, stride in [map(int, row.split()) for row in table.split(",")]:
            for i in range(count):
                blocks.append(Inverted(a, b, expansion, 1 if i else stride))
                a = b
        self.layers = nn.Sequential(*blocks)
        self.conv2, self.bn2 = conv(a, 1280, 1), nn.BatchNorm2d(1280)
        self.linear = nn.Linear(1280, classes)

    def forward(self, x):
        x = self.layers(F.relu(self.bn1(self.conv1(x))))
        return self.linear(F.avg_pool2d(F.relu(self.bn2(self.conv2(x))), 4).flatten(1))


def resnet(block, depths, growth=1, **more):
    return lambda width, classes: ResNet(block, depths, width, classes, growth, **more)


NETS = {
    "ResNet18": (resnet(Basic, (2, 2, 2, 2)), (64,), (3,)),
    "ResNet34": (resnet(Basic, (3, 4, 6, 3)), (64,), (3,)),
    "ResNet50": (resnet(Bottleneck, (3, 4, 6, 3), 4), (64,), (2,)),
    "PreActResNet18": (resnet(PreAct, (2, 2, 2, 2), stem=False), (64,), (3,)),
    "PreActResNet18.normalised": (resnet(PreAct, (2, 2, 2, 2), stem=False, end=True), (64,), (3,)),
    "WideResNet": (Wide, (34, 10), (16, 1)),
    "WideResNet-34-20": (Wide, (34, 20), None),
    "WideResNet-28-10": (Wide, (28, 10), None),
    "SwishWideResNet": (SwishWide, (70, 16), (16, 2)),
    "MobileNetV2": (Mobile, (), ()),
}


def counted(size, seed):
    """Numbers in [0, 1) that every language computes alike: SplitMix64 of place and seed."""
    z = (np.arange(size, dtype=np.uint64) + np.uint64(seed << 32)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


def fill(net):
    for seed, (name, tensor) in enumerate(weights(net)):
        u = counted(tensor.numel(), seed)
        if name.endswith("running_var") or name.endswith("weight") and tensor.dim() == 1:
            values = u + 0.5
        elif tensor.dim() == 1:
            values = u - 0.5
        else:
            values = (u - 0.5) * math.sqrt(12 / (tensor.numel() // tensor.shape[0]))
        tensor.copy_(torch.from_numpy(values.reshape(tensor.shape)))


def weights(net):
    skipped = ("num_batches_tracked", "mean", "std")
    return [item for item in net.state_dict().items() if item[0].split(".")[-1] not in skipped]


def learned(make, *arguments):
    with torch.device("meta"):
        return sum(p.numel() for p in make(*arguments).parameters())


if __name__ == "__main__":
    torch.set_num_threads(1)
    about, arrays = {}, {}
    for name, (make, published, small) in NETS.items():
        about[name] = {str(k): learned(make, *published, k) for k in (10, 100)}
        if small is not None:
            net = make(*small, 10).eval()
            with torch.no_grad():
                fill(net)
            x = torch.from_numpy(counted(2 * 3 * 32 * 32, 99).reshape(2, 3, 32, 32)).float().requires_grad_()
            z = net(x)
            factors = torch.from_numpy(counted(20, 100).reshape(2, 10)).float()
            (z * factors).sum().backward()
            arrays[name + ".logits"] = z.detach().numpy()
            arrays[name + ".gradient"] = x.grad.numpy()[:, :, ::4, ::4]
            about[name]["names"] = {key: list(tensor.shape) for key, tensor in weights(net)}
    place = Path(sys.argv[1])
    np.savez_compressed(place / "architectures.npz", **arrays)
    (place / "architectures.json").write_text(json.dumps(about, indent=0) + "\n")
    print({name: {k: v for k, v in what.items() if k != "names"} for name, what in about.items()})
