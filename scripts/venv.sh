#!/bin/sh
# Makes the virtual environment DIR from the hash-locked LOCKFILE: venv.sh DIR LOCKFILE
set -eu
dir=$1
lock=$2

# A name on PATH proves nothing: pyenv's shims exist for versions that are not active,
# and Debian's python3 may lack venv. Each candidate has to run.
usable() {
    "$1" -c 'import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 12))' \
        >/dev/null 2>&1
}

find_python() {
    versions=${PYENV_ROOT:-${HOME:-}/.pyenv}/versions
    for candidate in "${PYTHON:-}" python3.14 python3.13 python3.12 python3 python \
        "$versions"/3.14*/bin/python3 "$versions"/3.13*/bin/python3 "$versions"/3.12*/bin/python3
    do
        if [ -n "$candidate" ] && usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

if [ ! -x "$dir/bin/python" ] || ! usable "$dir/bin/python"; then
    python=$(find_python)
    if [ -n "$python" ]; then
        echo "Making $dir with $("$python" --version)."
        "$python" -m venv --clear "$dir"
    elif command -v uv >/dev/null 2>&1; then
        echo "Making $dir with a Python that uv finds or fetches."
        uv venv --quiet --clear --seed --python '>=3.12' "$dir"
    else
        echo 'Python 3.12 or newer was not found. Install it (or uv, which fetches it), or say where it is: PYTHON=/path/to/python3.' >&2
        exit 1
    fi
fi

echo "Installing $lock."
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python "$dir/bin/python" --require-hashes -r "$lock"
else
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
