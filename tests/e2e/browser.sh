#!/bin/sh
# Make sure that there is a Chromium to drive: the system's if there is one, else Debian's package,
# else the build that Playwright brings.
set -eu
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-color-emoji >/dev/null
  exit 0
fi
exec "${PYTHON:-python3}" -m playwright install chromium
