"""Writes the kernel spec by which Jupyter starts a Java kernel with Ardent in it; environment/setup.sh calls it."""

import json
import os
import sys
from pathlib import Path


# What Spark looks into with reflection.
SPARK_OPENS = ["java.lang", "java.lang.invoke", "java.nio", "java.util", "sun.nio.ch", "jdk.internal.ref"]


def spec(kernel, root, java, release, jars, extra):
    heap = os.environ.get("ARDENT_HEAP", "1g")
    options = [f"-Xmx{heap}", "-Djava.awt.headless=true", "-Dai.djl.offline=true", "-Dfile.encoding=UTF-8"]
    options.append(f"-Djava.util.logging.config.file={root / 'environment' / 'logging.properties'}")
    # Javadoc for Shift-Tab.
    options.append(f"-Dardent.sources={root / 'src/main/java'}")
    options += ["--add-opens", "jdk.jshell/jdk.jshell=ALL-UNNAMED"]
    if release >= 24:
        # The engine calls native code, and Tablesaw's scanner of classes a method of sun.misc.Unsafe: no warnings of either.
        options += ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]
    archive = root / "target" / "kernel" / f"{kernel}.jsa"
    if archive.exists():
        # Java says nothing and does without where it no longer fits.
        options += [f"-XX:SharedArchiveFile={archive}", "-Xlog:cds*=off"]
    libraries = root / "target" / "lib"
    imports = (root / "src/main/resources/ardent/notebook/imports.jsh").read_text(encoding="utf-8").strip()
    environment = {
        "ARDENT_DATASETS": os.environ.get("ARDENT_DATASETS", str(root / "datasets")),
        "DJL_DISABLE_PROGRESS_BAR": "true",
        "MALLOC_MMAP_THRESHOLD_": "16000000000",
        "MALLOC_TRIM_THRESHOLD_": "16000000000",
        # Threads that wait by spinning make a shared machine thirty times slower.
        "OMP_WAIT_POLICY": "PASSIVE",
        "OPT_OUT_TRACKING": "true",
    }
    extras = []
    if extra == "spark":
        home = root / "target" / "spark"
        options += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in SPARK_OPENS]
        environment |= {"SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.13", "SPARK_LOCAL_IP": "127.0.0.1"}
        extras = [str(home / "jars" / "*")]
    if kernel == "ijava":
        # Ardent's libraries come before the kernel's own, whose gson is of 2018.
        start = ["-cp", os.pathsep.join([str(libraries / "*"), str(jars / "*"), *extras]), "io.github.spencerpark.ijava.IJava"]
        environment["IJAVA_STARTUP_SCRIPT"] = imports
    else:
        start = ["-jar", str(jars / "jjava.jar")]
        environment["JJAVA_CLASSPATH"] = os.pathsep.join([str(libraries / "*"), *extras])
    return {
        "argv": [java, *options, *start, "{connection_file}"],
        # What committed notebooks carry: JupyterLab writes another name into a notebook that it opens.
        "display_name": "Java",
        "language": "java",
        "interrupt_mode": "message",
        "env": environment,
    }


if __name__ == "__main__":
    kernel, root, java, release, jars, target, extra = sys.argv[1:]
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(spec(kernel, Path(root), java, int(release), Path(jars), extra), indent=2)
    (folder / "kernel.json").write_text(content + "\n", encoding="utf-8")
