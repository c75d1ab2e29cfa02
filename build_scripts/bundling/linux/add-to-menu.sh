#!/bin/sh
# Puts the program into the menu of the desktop, or takes it out again: add-to-menu.sh [--remove]
set -eu
here=$$(cd "$$(dirname "$$0")" && pwd)
data=$${XDG_DATA_HOME:-$$HOME/.local/share}
entry=$$data/applications/$id.desktop
icons=$$data/icons/hicolor
mkdir -p "$$data/applications" "$$icons"
tell_desktop() { # which keeps lists of what opens a file, and of icons
    if command -v update-desktop-database > /dev/null; then
        update-desktop-database "$$data/applications"
    fi
    touch "$$icons"
}
opens() { # tells what a double click on a file of this type starts
    xdg-mime query default "$$1" 2> /dev/null || true
}
if [ "$${1:-}" = --remove ]; then
    rm -f "$$entry" "$$icons"/*/apps/$id.*
    tell_desktop
    exit
fi
types=$$(sed -n 's/^MimeType=//p' "$$here/share/applications/$id.desktop" | tr ';' ' ')
before=$$(for type in $$types; do echo "$$type $$(opens "$$type")"; done)
cp -r "$$here/share/icons/hicolor/." "$$icons"
# The whole path, quoted as the menu reads it: first \ " ` $$ in quotes, then \ and % in any text.
PROGRAM=$$(printf %s "$$here/$window" | sed 's/[\\"`$$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
export PROGRAM
awk '/^Exec=/ { print "Exec=\"" ENVIRON["PROGRAM"] "\" gui %F"; next } { print }' \
    "$$here/share/applications/$id.desktop" > "$$entry"
tell_desktop
# A double click starts what it did: where nobody has chosen, desktops take what came last.
echo "$$before" | while read -r type program; do
    if [ -n "$$program" ] && [ "$$program" != $id.desktop ] &&
        [ "$$(opens "$$type")" = $id.desktop ]; then
        xdg-mime default "$$program" "$$type"
    fi
done
