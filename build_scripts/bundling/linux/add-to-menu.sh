#!/bin/sh
# Puts the program into the menu of the desktop, or takes it out again: add-to-menu.sh [--remove]
set -eu
here=$$(cd "$$(dirname "$$0")" && pwd)
data=$${XDG_DATA_HOME:-$$HOME/.local/share}
entry=$$data/applications/$id.desktop
icons=$$data/icons/hicolor
if [ "$${1:-}" = --remove ]; then
    rm -f "$$entry" "$$icons"/*/apps/$id.*
    exit
fi
mkdir -p "$$data/applications" "$$icons"
cp -r "$$here/share/icons/hicolor/." "$$icons"
# The whole path, quoted as the menu reads it: first \ " ` $$ in quotes, then \ and % in any text.
PROGRAM=$$(printf %s "$$here/$window" | sed 's/[\\"`$$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
export PROGRAM
awk '/^Exec=/ { print "Exec=\"" ENVIRON["PROGRAM"] "\" gui %F"; next } { print }' \
    "$$here/share/applications/$id.desktop" > "$$entry"
