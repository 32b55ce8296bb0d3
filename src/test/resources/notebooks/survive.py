"""Interrupts a training on the real kernel and goes on with it, there and in a new kernel; prints one JSON object.

The one argument is an empty folder for runs.
"""

import json
import os
import signal
import sys
import time

from jupyter_client.manager import start_new_kernel

ROOT = sys.argv[1]

SETUP = """
System.setProperty("ardent.runs", "%s");
var data = Mnist.load().train().take(440);
var test = Mnist.load().test();
var plan = Plan.quick().epochs(2).batchSize(4).validation(40);
String sha(Classifier network) { return Weights.sha256(network.layers().all()); }
Torch.threads(1);
""" % ROOT

METHOD = """
/** Cross-entropy of noisy images. */
record Noisy(float scale, long pause) implements Method {
    @Override
    public Objective prepare(Step step) {
        NDArray images = step.images().add(step.noise().uniform(-scale, scale, step.images().getShape()));
        try { Thread.sleep(pause); } catch (InterruptedException e) { throw new IllegalStateException(e); }
        return () -> Terms.of("noisy", crossEntropy(step.learn(images), step.labels()).mean().mul(constant(1)));
    }
}
"""


class Kernel:
    """A kernel of its own process."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="java", startup_timeout=120)
        self.group = self.manager.provisioner.pgid

    def __call__(self, code, until=None, last=None):
        """Runs a cell, interrupting it once that text is shown: its status, what it showed, seconds from interrupt to reply.

        With a last text, waits for it in this cell after the reply too.
        """
        message = self.client.execute(code.strip())
        shown, asked = [], None
        while True:
            news = self.client.get_iopub_msg(timeout=120)
            content = news["content"]
            if "data" in content:
                shown.append(content["data"]["text/plain"])
                if until and asked is None and until in shown[-1]:
                    asked = time.monotonic()
                    self.manager.interrupt_kernel()
            elif "evalue" in content:
                shown.append(content["ename"] + ": " + content["evalue"])
            elif "text" in content:
                shown.append(content["text"])
            ours = news["parent_header"].get("msg_id") == message
            if ours and content.get("execution_state") == "idle":
                break
        while True:
            reply = self.client.get_shell_msg(timeout=120)
            if reply["parent_header"].get("msg_id") == message:
                break
        seconds = None if asked is None else time.monotonic() - asked
        while last and not any(text.endswith(last) for text in shown):
            news = self.client.get_iopub_msg(timeout=120)
            if "data" in news["content"] and news["parent_header"].get("msg_id") == message:
                shown.append(news["content"]["data"]["text/plain"])
        return {"status": reply["content"]["status"], "shown": shown, "seconds": seconds}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.manager.shutdown_kernel(now=True)
        try:
            os.killpg(self.group, signal.SIGKILL)
        except ProcessLookupError:
            pass


TRAIN = "var student = train(new SmallCnn(2), new Trades(new Linf(0.1f)), data, plan);"
OWN = "var %s = train(new SmallCnn(2), new Noisy(0.1f, %d), data.take(80), plan);"
told = {}
with Kernel() as kernel:
    told["setup"] = kernel(SETUP)
    told["paused"] = kernel(TRAIN, until="epoch 1/2", last="resume() goes on")
    told["paused again"] = kernel("var again = resume();", until="epoch", last="resume() goes on")
    told["standing"] = kernel("show(lastRun().stopped(), RunState.read(lastRun().folder()).phase())")
    told["judged"] = kernel("evaluate(lastRun().student(), test.take(20))")
    told["curve"] = kernel("show(lastRun())")
    told["resumed"] = kernel("show(sha(resume()), RunState.read(lastRun().folder()).phase())")
    told["once more"] = kernel(TRAIN.replace("student", "other"), until="epoch 2/2", last="resume() goes on")

with Kernel() as kernel:
    kernel(SETUP)
    told["found"] = kernel("Path path = lastRun().folder(); show(lastRun().stopped(), lastRun().history().size())")
    told["fresh"] = kernel("show(sha(resume(path)))")
    told["off"] = kernel('System.setProperty("ardent.runs", "off"); ' + TRAIN)
    told["in one go"] = kernel("show(sha(student))")
    kernel(SETUP.splitlines()[1])
    told["defined"] = kernel(METHOD)
    told["slow"] = kernel(OWN % ("slow", 1500), until="train")
    told["settled"] = kernel("show(lastRun().stopped(), lastRun().student().name())")
    told["own"] = kernel(OWN % ("own", 0))
    told["origin"] = kernel("show(evaluate(own, test.take(20)).provenance())")
    told["own path"] = kernel("Path mine = lastRun().folder(); show(sha(own))")
    told["refused"] = kernel("resume(mine)")
    told["refused again"] = kernel("reproduce(mine)")
    told["given"] = kernel("show(sha(resume(mine, new Noisy(0.1f, 0))))")
    told["reproduced"] = kernel("reproduce(mine, new Noisy(0.1f, 0))")
    told["changed"] = kernel(METHOD.replace(".mean()", ".sum()"))
    told["another"] = kernel("resume(mine, new Noisy(0.1f, 0))")
    told["anew"] = kernel("show(Description.of(new Noisy(0.1f, 0)))")
    told["redefined"] = kernel("show(Description.of(lastRun().student().origin()))")
    told["lambda"] = kernel(
        "Method lambda = step -> () -> Terms.of("
        '"plain", Losses.crossEntropy(step.learn(step.images()), step.labels()).mean());\n'
        "var plain = train(new SmallCnn(2), lambda, data.take(80), plan.epochs(1));"
    )
    told["lambda name"] = kernel("show(plain.name(), lastRun().folder().getFileName())")
    told["lambda origin"] = kernel("show(new Lineage(Description.of(plain.origin())))")
print(json.dumps(told, indent=1))
