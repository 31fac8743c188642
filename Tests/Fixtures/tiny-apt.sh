#!/bin/sh
# tiny-apt.sh DIRECTORY: a signed apt repository in DIRECTORY/repository, and its key in DIRECTORY/keyring.gpg.
set -eu
out=$1
mkdir -p "$out/repository/pool" "$out/repository/dists/tiny/main/binary-amd64"
export GNUPGHOME="$out/gnupg"
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --homedir "$GNUPGHOME" --kill all' EXIT
for name in good other; do
    gpg --batch --quiet --passphrase '' --quick-gen-key "$name <$name@example.org>" ed25519 sign never 2>/dev/null
done
gpg --batch --quiet --export good@example.org >"$out/keyring.gpg"

package() {
    name=$1
    shift
    mkdir -p "$out/build/$name/DEBIAN" "$out/build/$name/usr/share/$name"
    {
        printf 'Package: %s\nVersion: 1:2.0\nArchitecture: amd64\nMaintainer: N <n@example.org>\n' "$name"
        for line in "$@"; do echo "$line"; done
        printf 'Description: the package %s\n' "$name"
    } >"$out/build/$name/DEBIAN/control"
    file=pool/${name}_2.0_amd64.deb
    dpkg-deb --root-owner-group --build -Znone "$out/build/$name" "$out/repository/$file" >/dev/null
    {
        cat "$out/build/$name/DEBIAN/control"
        echo "Filename: $file"
        echo "Size: $(stat -c %s "$out/repository/$file")"
        echo "SHA256: $(sha256sum "$out/repository/$file" | cut -d ' ' -f 1)"
        echo
    } >>"$out/repository/dists/tiny/main/binary-amd64/Packages"
}
package essential 'Essential: yes' 'Pre-Depends: library'
package library
package tool 'Depends: library (>= 1:1)' 'Installed-Size: 12'
package enemy 'Conflicts: tool'
package lost 'Depends: nowhere-to-be-found'
rm -rf "$out/build"

cd "$out/repository/dists/tiny"
index=main/binary-amd64/Packages
# release NAME VALID-UNTIL
release() {
    echo 'Origin: tiny'
    echo 'Suite: tiny'
    echo 'Codename: tiny'
    echo 'Architectures: amd64'
    echo 'Components: main'
    echo 'Date: Thu, 01 Jan 2026 00:00:00 UTC'
    echo "Valid-Until: $1"
    echo 'SHA256:'
    echo " $(sha256sum $index | cut -d ' ' -f 1) $(stat -c %s $index) $index"
}
sign() {
    gpg --batch --quiet --local-user "$1" --clearsign --output "$2" "$3"
}
release 'Fri, 01 Jan 2100 00:00:00 UTC' >"$out/fresh"
release 'Fri, 02 Jan 2026 00:00:00 UTC' >"$out/old"
sign good@example.org InRelease "$out/fresh"
sign good@example.org "$out/expired" "$out/old"
sign other@example.org "$out/other-key" "$out/fresh"
gpg --batch --list-keys --with-colons good@example.org | sed -n 's/^fpr:*\([^:]*\):$/\1/p' | head -n 1 >"$out/fingerprint"
