#!/bin/sh
# What the tests need besides Python: a browser, LibreOffice, PostgreSQL, nginx, poppler and Chinese fonts.
# As root on Debian it installs what is missing; otherwise it says what to install.
set -eu
fandol=/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf

missing() {
    [ -x /usr/bin/chromium ] || echo chromium
    command -v soffice >/dev/null || echo libreoffice-writer-nogui
    [ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || echo postgresql
    command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || echo nginx-light
    command -v pdftoppm >/dev/null || echo poppler-utils
    command -v fc-match >/dev/null || echo fontconfig
    [ -e "$fandol" ] || echo texlive-lang-chinese
    [ -e /usr/share/fonts/truetype/arphic/ukai.ttc ] || echo fonts-arphic-ukai
    [ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || echo fonts-noto-cjk
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing: $packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $packages >/dev/null
    packages=$(missing | tr '\n' ' ')
    [ -z "$packages" ] || { echo "Not installed: $packages" >&2; exit 1; }
else
    echo "The tests need Debian packages that are missing: sudo apt-get install --no-install-recommends $packages" >&2
    exit 1
fi
