#!/bin/sh
# tiny-debs.sh DIRECTORY: packages that use every rule of dpkg that an installer has to know. Run as root.
set -eu
umask 022
out=$1
work=$out/build
mkdir -p "$work"

# package NAME CONTROL-LINES...: what is in $work/NAME becomes NAME.deb.
package() {
    name=$1
    shift
    mkdir -p "$work/$name/DEBIAN"
    {
        echo "Package: $name"
        echo 'Version: 1.0'
        echo 'Maintainer: Nobody <nobody@example.org>'
        for line in "$@"; do echo "$line"; done
        case " $* " in *Architecture:*) ;; *) echo 'Architecture: all' ;; esac
        echo "Description: the package $name"
        echo ' For tests.'
    } >"$work/$name/DEBIAN/control"
    dpkg-deb --build -Znone "$work/$name" "$out/$name.deb" >/dev/null
}

script() {
    mkdir -p "$work/$1/DEBIAN"
    { echo '#!/bin/sh'; echo 'set -e'; cat; } >"$work/$1/DEBIAN/$2"
    chmod 755 "$work/$1/DEBIAN/$2"
}

put() {
    mkdir -p "$(dirname "$work/$1/$2")"
    printf '%s\n' "$3" >"$work/$1/$2"
}

# A system on which scripts run: the machine's own shell and dpkg with their libraries.
t=$work/system
for directory in dev etc proc run sys tmp usr/bin usr/sbin usr/lib usr/lib64 usr/share var/lib var/tmp; do
    mkdir -p "$t/$directory"
done
chmod 1777 "$t/tmp" "$t/var/tmp"
for program in sh dpkg dpkg-deb dpkg-divert dpkg-query dpkg-split dpkg-statoverride dpkg-trigger cat diff ls mkdir rm sort tar touch; do
    path=$(readlink -f "$(command -v $program)")
    cp "$path" "$t/usr/bin/$program"
    ldd "$path" 2>/dev/null | grep -o '/[^ ]*' >>"$work/libraries" || true
done
sort -u "$work/libraries" | while read -r library; do
    target=$t/usr/${library#/}
    case $library in /usr/*) target=$t$library ;; esac
    mkdir -p "$(dirname "$target")"
    cp -L "$library" "$target"
done
for program in ldconfig start-stop-daemon; do cp /usr/bin/true "$t/usr/sbin/$program"; done
printf 'root:x:0:0::/root:/bin/sh\n' >"$t/etc/passwd"
printf 'root:x:0:\nmail:x:8:\n' >"$t/etc/group"
package system 'Essential: yes' "Architecture: $(dpkg --print-architecture)"

put files usr/bin/secret secret
chmod 4755 "$work/files/usr/bin/secret"
put files usr/bin/one same
ln "$work/files/usr/bin/one" "$work/files/usr/bin/two"
ln -s one "$work/files/usr/bin/link"
mkdir -p "$work/files/srv/group" "$work/files/srv/mode"
chown 0:8 "$work/files/srv/group"
chmod 2775 "$work/files/srv/group"
put files srv/owned owned
chown 33:34 "$work/files/srv/owned"
put files etc/files.conf default
put files usr/share/taken 'of files'
put files usr/bin/tool 'of files'
put files usr/share/doc/files/README read
put files usr/share/doc/files/copyright free
mkdir -p "$work/files/DEBIAN"
echo /etc/files.conf >"$work/files/DEBIAN/conffiles"
package files

# Takes a file over, and disagrees about the mode of a directory.
put taker usr/share/taken 'of taker'
mkdir -p "$work/taker/srv/mode"
chmod 700 "$work/taker/srv/mode"
package taker 'Replaces: files (<< 2)'

# Comes earlier in the order than the package that it takes a file from.
put early usr/share/contested 'of early'
package early 'Replaces: owner'
put owner usr/share/contested 'of owner'
put owner usr/share/own 'of owner'
package owner

script diverter preinst <<'S'
dpkg-divert --package diverter --add --rename --divert /usr/bin/tool.distrib /usr/bin/tool >/dev/null
S
put diverter usr/bin/tool 'of diverter'
package diverter

# A directory of the one is a link of the other: the order decides.
put directory usr/share/first/file directory
package directory
mkdir -p "$work/linker/usr/share/other"
ln -s other "$work/linker/usr/share/first"
ln -s other "$work/linker/usr/share/second"
package linker
put through usr/share/second/file through
package through

script needed postinst <<'S'
touch /etc/needed
S
package needed
script eager preinst <<'S'
test -e /etc/needed
S
put eager usr/share/eager eager
package eager 'Pre-Depends: needed'

put watcher usr/share/watched/own own
mkdir -p "$work/watcher/DEBIAN" "$work/watcher/var/lib/watcher"
printf 'interest /usr/share/watched\ninterest-noawait wake-up\n' >"$work/watcher/DEBIAN/triggers"
script watcher postinst <<'S'
ls /usr/share/watched | sort >/var/lib/watcher/list
S
package watcher
put waker usr/share/watched/more more
script waker postinst <<'S'
dpkg-trigger wake-up
S
package waker 'Depends: watcher'

put same etc/same.conf same
put same usr/share/same/data same
mkdir -p "$work/same/DEBIAN"
echo /etc/same.conf >"$work/same/DEBIAN/conffiles"
printf 'interest /usr/share/same\n' >"$work/same/DEBIAN/triggers"
package same "Architecture: $(dpkg --print-architecture)" 'Multi-Arch: same'

script overrider preinst <<'S'
dpkg-statoverride --add root mail 2750 /usr/bin/overridden
S
put overrider usr/bin/overridden overridden
put overrider run/overrider/state state
package overrider

put clash usr/share/taken 'of clash'
package clash
script broken preinst <<'S'
echo something is missing >&2
exit 3
S
package broken
rm -rf "$work"
