"""Archives the classes that the Java kernel loads in its first cells, so that it starts sooner (class data sharing), and
lets Java check the archive; environment/setup.sh calls it with the name of the file."""

import os
import subprocess
import sys

from jupyter_client import KernelManager

CELLS = [
    "var digits = Mnist.load().train().take(60); var ball = new Linf(0.1f);",
    "var plan = Plan.quick().epochs(1).batchSize(40).validation(20);",
    "var net = train(new SmallCnn(2), new Trades(ball), digits, plan);",
    "show(evaluate(net, digits, new Fgsm(ball))); digits",
]


def archive(file):
    os.environ["ARDENT_RUNS"] = "off"
    manager = KernelManager(kernel_name="java")
    java, *options = manager.kernel_spec.argv
    options = [option for option in options if "SharedArchiveFile" not in option]
    manager.kernel_spec.argv = [java, f"-XX:ArchiveClassesAtExit={file}", *options]
    manager.shutdown_wait_time = 120
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=300)
        for cell in CELLS:
            client.execute_interactive(cell, timeout=600, output_hook=lambda message: None)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()  # which writes the file
    jars = options[next(i for i, option in enumerate(options) if option in ("-cp", "-jar")) + 1]
    check = [java, "-Xshare:on", f"-XX:SharedArchiveFile={file}", "-cp", jars, "-version"]
    subprocess.run(check, check=True, capture_output=True)


if __name__ == "__main__":
    archive(sys.argv[1])
