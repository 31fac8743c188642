#!/bin/bash
# project.sh DIRECTORY DISTRIBUTION RELEASE: writes a project with 20 subimages in 200 files, as large teams have them.
set -euo pipefail
directory=$1
distribution=$2
release=$3
mkdir -p "$directory"
cd "$directory"

# file NAME: what is on standard input, with its directories; a script can be run.
file() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
    case $1 in *.conf | mkosi.env | */etc/*) ;; *) chmod +x "$1" ;; esac
}

file mkosi.conf <<END
[Distribution]
Distribution=$distribution
Release=$release

[Output]
Format=directory
ImageId=fleet
OutputDirectory=mkosi.output

[Build]
Incremental=yes
Environment=TEAM=platform STAGE
            "GREETING=hello world"

[Config]
Profiles=release,debug

[Include]
Include=shared
END
echo 3.1.4 >mkosi.version
file mkosi.env <<END
BUILD_HOST=builder
BUILD_FLAGS="-O2 -g"
END
for number in $(seq -w 15); do
    file "mkosi.conf.d/$number-part.conf" <<END
# Part $number of what all images have.
[Match]
Distribution=|$distribution
Distribution=|other$number
Architecture=!s390x

[Content]
Packages=
    tool-$number
    library-$number,library-$number-data
RemoveFiles=/usr/share/doc/part$number/*
KernelCommandLine=part$number=on quiet
END
done
for profile in release debug test lab cloud edge; do
    file "mkosi.profiles/$profile/mkosi.conf" <<END
[Output]
ManifestFormat=json

[Content]
Packages=profile-$profile

[Build]
Environment=PROFILE_${profile^^}=1
END
done
file shared/mkosi.conf <<END
[Content]
Packages=shared
CleanPackageMetadata=yes
END
for number in $(seq -w 9); do
    file "shared/mkosi.conf.d/$number.conf" <<END
[TriggerMatch]
Format=directory
PathExists=../mkosi.conf

[TriggerMatch]
ImageId=fleet-$number

[Content]
Packages=shared-$number

[Build]
Environment=SHARED_$number=%d-%r-%a
END
done
for script in mkosi.prepare mkosi.postinst.chroot mkosi.finalize mkosi.postoutput; do
    printf '#!/bin/sh\nset -e\necho "$0 $*"\n' | file $script
done
for number in 1 2; do echo "setting=$number" | file mkosi.extra/etc/fleet$number; done

for number in $(seq -w 20); do
    image=mkosi.images/service$number
    dependency=
    [ "$number" = 01 ] || dependency="Dependencies=service01"
    file "$image/mkosi.conf" <<END
[Config]
$dependency

[Output]
Format=directory
ImageId=service-$number
Output=service-$number

[Content]
Packages=service-$number
Hostname=service$number
Bootable=no
ExtraTrees=../../mkosi.extra:/usr/share/fleet
END
    for part in 10-packages 20-environment 30-users; do
        file "$image/mkosi.conf.d/$part.conf" <<END
[Match]
Image=service$number
Format=|directory
Format=|tar

[Content]
Packages=
    $part-base
    $part-tools
    $part-$number

[Build]
Environment=PART_$number=$part
END
    done
    file "$image/mkosi.conf.d/40-other.conf" <<END
[Match]
Distribution=!$distribution

[Content]
Packages=never
END
    for script in mkosi.prepare mkosi.postinst.chroot; do
        printf '#!/bin/sh\nset -e\necho "$0 $*"\n' | file "$image/$script"
    done
    echo "number=$number" | file "$image/mkosi.extra/etc/service"
done
