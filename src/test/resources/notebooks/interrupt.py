"""Interrupts a training cell on the real kernel, then asks what became of it; prints one JSON object."""

import json
import os
import signal

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="java", startup_timeout=120)


def run(code, until=None, last=None):
    """Runs the cell, interrupting it once that text is shown; tells how its reply went and what it showed.

    With a last text, waits for it after the reply too.
    """
    message = client.execute(code)
    shown = []
    while True:
        news = client.get_iopub_msg(timeout=60)
        content = news["content"]
        if "data" in content:
            shown.append(content["data"]["text/plain"])
            if until and until in shown[-1]:
                until = None
                manager.interrupt_kernel()
        ours = news["parent_header"].get("msg_id") == message
        if ours and content.get("execution_state") == "idle":
            break
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message:
            break
    while last and not shown[-1].endswith(last):
        news = client.get_iopub_msg(timeout=60)
        if "data" in news["content"] and news["parent_header"].get("msg_id") == message:
            shown.append(news["content"]["data"]["text/plain"])
    return {"status": reply["content"]["status"], "shown": shown}


def documentation(code):
    """What Shift-Tab shows at the end of a code."""
    message = client.inspect(code, len(code) - 1)
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message:
            return reply["content"]["data"].get("text/plain", "")


try:
    run(
        """int batch(Work.Task task, int done) {
            try { Thread.sleep(400); } catch (InterruptedException e) { return -1000; }
            task.report("epoch 1/1", done + 1, 500, Map.of());
            return done + 1;
        }"""
    )
    run(
        """Integer train() { return Work.run("train", task -> {
            int done = 0;
            while (done < 500 && !task.stopping()) { done = batch(task, done); }
            return done;
        }); }"""
    )
    trained = run("var first = train(); var second = train();", until="3/500", last="stopped early")
    later = run("show(first)")
    run("float eps = .1f; List<Float> made = new ArrayList<>(List.of(eps)); int steps = (int) (100 * eps);")
    run("float eps = .2f;")
    run("// an import that is not the first line\nimport java.text.*;")
    kept = run("show(made, steps, eps, first)")
    told = {"trained": trained, "later": later, "kept": kept, "documentation": documentation("Trades")}
    print(json.dumps(told))
finally:
    group = manager.provisioner.pgid
    manager.shutdown_kernel(now=True)
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
