#!/bin/sh
# Makes sure that a browser is there for the tests: browser.sh PLAYWRIGHT
set -eu
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "$1" fonts-liberation >/dev/null
}
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo 'Installing Chromium for the tests.'
    apt-get update -qq
    # Without windows it takes half the time. Not every release has it.
    install chromium-headless-shell 2>/dev/null || install chromium
else
    "$1" install chromium
fi
