"""Runs a notebook on a Java kernel and checks what came out: environment/execute.py --help."""

import argparse
import os
import re
import signal
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

LANGUAGE = {"file_extension": ".jshell", "mimetype": "text/x-java-source", "name": "java"}
UNREADABLE = re.compile(
    r"(java\.io\.PrintStream@.*"  # the value of printf
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # the id that display returns
    r"|[\w.$\[;]+@[0-9a-f]{4,8})"  # an object that prints as its address
    r"|.* cannot be shown: .*"  # what Ardent says of a thing that would not be drawn
    r"|No picture: .*"
)


class Failure(Exception):
    """What is wrong with a notebook, in words for its author."""


class Client(NotebookClient):
    """Runs the cells one by one and leaves no kernel behind, however it ends."""

    async def async_start_new_kernel(self, **options):
        await super().async_start_new_kernel(**options)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.leave)

    def leave(self, number, frame):
        self.kill()
        os._exit(128 + number)

    def kill(self):
        provisioner = getattr(self.km, "provisioner", None)
        group = getattr(provisioner, "pgid", None)
        if group and group != os.getpgrp():
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass


def execute(notebook, folder, kernel, quiet):
    cells = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    started = {}

    def before(cell, cell_index):
        started[cell_index] = time.monotonic()

    def after(cell, cell_index, execute_reply):
        if not quiet and cell_index in started:
            seconds = time.monotonic() - started[cell_index]
            number = cells.index(cell_index) + 1
            print(f"  cell {number}/{len(cells)}  {seconds:.1f} s", file=sys.stderr, flush=True)

    client = Client(
        notebook,
        timeout=int(os.environ.get("ARDENT_CELL_TIMEOUT", "600")),
        startup_timeout=120,
        kernel_name=kernel,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=before,
        on_cell_executed=after,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise Failure(f"{place(notebook)} fails: {error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise Failure(f"{place(notebook)} takes longer than {client.timeout} s (ARDENT_CELL_TIMEOUT).") from None
    except DeadKernelError:
        raise Failure(f"The kernel died in {place(notebook)}.") from None
    finally:
        client.kill()


def place(notebook):
    """The last cell that began, as its author would look for it."""
    begun = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.get("execution_count")]
    failed = [cell for cell in begun if any(output.output_type == "error" for output in cell.get("outputs", []))]
    cell = (failed or begun or [None])[-1]
    if cell is None:
        return "The first cell"
    number = [one for one in notebook.cells if one.cell_type == "code"].index(cell) + 1
    lines = cell.source.strip().splitlines() or [""]
    return f"Code cell {number} ({lines[0][:60]})"


def problems(notebook, mimes):
    """What no reader of the notebook should see, or misses."""
    seen = set()
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        here = set()
        for output in cell.outputs:
            here.update(output.get("data", {}))
            text = output.get("data", {}).get("text/plain", "")
            if output.output_type == "stream" and output.name == "stderr":
                yield f"Code cell {number} writes to stderr: {output.text.strip().splitlines()[0]}"
            if UNREADABLE.fullmatch("".join(text).strip()):
                yield f"Code cell {number} shows an unreadable value: {text}"
        for tag in cell.metadata.get("tags", []):
            mime = tag.removeprefix("expect-mime:")
            if mime != tag and mime not in here:
                yield f"Code cell {number} has no {mime} output."
        seen |= here
    for mime in mimes:
        if mime not in seen:
            yield f"No cell has {mime} output."


def tidy(notebook):
    """Removes what changes from run to run."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Java", "language": "java", "name": "java"},
        "language_info": LANGUAGE,
    }
    count = 0
    for index, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{index:02}"
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": tags} if tags else {}
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = joined(cell.outputs)
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    notebook.nbformat, notebook.nbformat_minor = 4, 5


def joined(outputs):
    """The outputs with neighbouring pieces of one stream made one."""
    result = []
    for output in outputs:
        last = result[-1] if result else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            result.append(output)
    return result


def texts(notebook, tag):
    """The text of the outputs of the cells with this tag."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and tag in cell.metadata.get("tags", []):
            for output in cell.outputs:
                yield output.get("text") or output.get("data", {}).get("text/plain", "")


def page(notebook, path):
    from nbconvert import HTMLExporter

    html, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    path.write_text(html, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description="Run a notebook and check its outputs.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--output", type=Path, help="where to write the executed notebook")
    parser.add_argument("--in-place", action="store_true", help="write it back where it was read")
    parser.add_argument("--html", type=Path, help="where to write it as a web page")
    parser.add_argument("--check-mime", default="", help="formats that must come out, such as image/png,text/html")
    parser.add_argument("--kernel", default="java", help="name of the kernel spec")
    parser.add_argument("--quiet", action="store_true", help="no line per cell")
    options = parser.parse_args()

    os.environ.setdefault("ARDENT_PROGRESS", "auto")
    source = options.notebook.resolve()
    notebook = nbformat.read(source, as_version=4)
    output = source if options.in_place else options.output
    try:
        execute(notebook, source.parent, options.kernel, options.quiet)
        tidy(notebook)
        wrong = list(problems(notebook, filter(None, options.check_mime.split(","))))
        if wrong:
            raise Failure("\n".join(wrong))
    except Failure as failure:
        if output and not options.in_place:
            save(notebook, output)
        sys.exit(f"{options.notebook}: {failure}")
    if output:
        save(notebook, output)
    if options.html:
        options.html.parent.mkdir(parents=True, exist_ok=True)
        page(notebook, options.html)
    for text in texts(notebook, "result"):
        print(text)


def save(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    main()
