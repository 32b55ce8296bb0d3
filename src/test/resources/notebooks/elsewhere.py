"""Runs the README's lines for an IJava of one's own in a kernel that knows nothing of Ardent; prints what the cells show."""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

root = Path(sys.argv[1])
lines = re.search(r"```text\n(%jars.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL).group(1)
cells = [
    lines.replace("/path/to/ardent", str(root)),
    f"""var mnist = Mnist.load(Path.of("{root}/datasets/mnist"));
var ball = new Linf(0.2f);
var student = train(new SmallCnn(2), new Sat(ball), mnist.train().take(32), Plan.quick().epochs(1).validation(0));
student.save(Path.of("student.safetensors"));
show(evaluate(Classifier.load(Path.of("student.safetensors")), mnist.test().take(20), new Fgsm(ball)));""",
]
with tempfile.TemporaryDirectory() as folder:
    spec = Path(folder, "share/kernels/plain")
    spec.mkdir(parents=True)
    java = Path(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    start = ["-cp", str(root / "target/kernel/*"), "io.github.spencerpark.ijava.IJava", "{connection_file}"]
    (spec / "kernel.json").write_text(
        json.dumps({"argv": [str(java), *start], "display_name": "Plain", "language": "java", "interrupt_mode": "message"})
    )
    os.environ["JUPYTER_PATH"] = str(Path(folder, "share"))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="plain", timeout=300, resources={"metadata": {"path": folder}}).execute()
shown = [output.data["text/plain"] for cell in notebook.cells for output in cell.outputs if "data" in output]
print(json.dumps(shown))
