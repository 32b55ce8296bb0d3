"""Settings of environment/run lab: a notebook that was only opened stays in git as it was."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from execute import LANGUAGE  # noqa: E402


def keep_language(model, **_):
    """Writes the committed account of the language, not that of the kernel, which names the JDK's version."""
    if model["type"] == "notebook" and model["content"]["metadata"].get("kernelspec", {}).get("name") == "java":
        model["content"]["metadata"]["language_info"] = LANGUAGE


c.FileContentsManager.pre_save_hook = keep_language  # noqa: F821
