#!/bin/sh
# Pins what pyproject.toml asks for in both lock files, with uv: pin.sh [--upgrade]
# Without --upgrade, what is pinned already stays as it is, and so does the date on top;
# with --upgrade-package NAME one library is brought up to date, and the date stays too.
set -eu

pin() {
    uv pip compile --quiet --no-python-downloads --universal --python-version 3.12 \
        --generate-hashes --no-header --no-annotate pyproject.toml "$@"
}

if [ "${1:-}" = --upgrade ]; then
    date="# Brought up to date on $(date -u +%Y-%m-%d)"
elif ! date=$(grep '^# Brought up to date on ' requirements.lock); then
    echo 'requirements.lock does not say when it was brought up to date: make upgrade' >&2
    exit 1
fi

# Both files are renewed or neither.
kept=$(mktemp -d)
cp requirements.lock requirements-dev.lock "$kept"
trap '[ $? = 0 ] || cp "$kept"/*.lock .; rm -r "$kept"' EXIT

pin -o requirements.lock "$@"
pinned=$(cat requirements.lock)
printf '%s\n' "$date" "$pinned" >requirements.lock
# The tests run on what is deployed.
pin --group dev -c requirements.lock -o requirements-dev.lock "$@"
