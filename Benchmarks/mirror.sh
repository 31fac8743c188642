#!/bin/sh
# mirror.sh DIRECTORY RELEASE PACKAGE...: a mirror on disk with the signed indexes of a release and what these packages need.
#
# Both sides of the comparison read it, so neither needs the network, and both check the same signatures and digests.
set -eu
directory=$1
release=$2
shift 2
architecture=$(dpkg --print-architecture)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Where the host itself gets this release from, else the canonical place.
source_of() {
    found=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$1" '$2 == suite { print $1; exit }')
    found=${found:-$2}
    echo "${found%/}"
}
archive=$(source_of "$release" http://deb.debian.org/debian)
security=$(source_of "$release-security" http://security.debian.org/debian-security)

apt=$directory/apt
rm -rf "$directory"
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/etc/apt.conf.d" "$apt/etc/preferences.d" \
    "$directory/debian" "$directory/debian-security"
: >"$apt/status"
cat >"$apt/etc/sources.list" <<END
deb [signed-by=$keyring] $archive $release main
deb [signed-by=$keyring] $archive $release-updates main
deb [signed-by=$keyring] $security $release-security main
END
cat >"$apt/apt.conf" <<END
Dir "$apt";
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
Dir::Etc "$apt/etc";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::TrustedParts "/dev/null";
APT::Architecture "$architecture";
APT::Architectures "$architecture";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Debug::NoLocking "true";
END
APT_CONFIG=$apt/apt.conf
export APT_CONFIG

apt-get update --quiet=2
essential=$(apt-cache dumpavail | awk -v RS= '/\nEssential: yes/ { sub(/^Package: /, ""); sub(/\n.*/, ""); print }')
# Both lists are words.
# shellcheck disable=SC2086
apt-get install --yes --quiet=2 --print-uris apt $essential "$@" | sed -n "s/^'\([^']*\)' \([^ ]*\) .*/\1 \2/p" \
    >"$apt/uris"
# shellcheck disable=SC2086
apt-get install --yes --quiet=2 --download-only apt $essential "$@" >/dev/null

# The suites, as they are on the network.
index() {
    from=$1
    to=$2
    suite=$3
    mkdir -p "$to/dists/$suite/main/binary-$architecture"
    for file in InRelease "main/binary-$architecture/Packages.xz"; do
        /usr/lib/apt/apt-helper download-file "$from/dists/$suite/$file" "$to/dists/$suite/$file" >/dev/null
    done
}
index "$archive" "$directory/debian" "$release"
index "$archive" "$directory/debian" "$release-updates"
index "$security" "$directory/debian-security" "$release-security"

# The packages, under the paths that the indexes give.
while read -r uri file; do
    case $uri in
        "$security"/*) to=$directory/debian-security/${uri#"$security"/} ;;
        *) to=$directory/debian/${uri#"$archive"/} ;;
    esac
    # apt writes the signs of versions as a URL has to.
    to=$(echo "$to" | sed 's/%2b/+/g; s/%7e/~/g; s/%3a/:/g')
    mkdir -p "$(dirname "$to")"
    mv "$apt/archives/$file" "$to"
done <"$apt/uris"
rm -rf "$apt"
