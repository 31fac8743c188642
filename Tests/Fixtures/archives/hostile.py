#!/usr/bin/env python3
"""Writes archives whose entries try to leave the directory that they are unpacked in: hostile.py DIRECTORY OUTSIDE."""
import io
import sys
import tarfile

directory, outside = sys.argv[1:3]


def member(name, kind=tarfile.REGTYPE, target="", data=b"", mode=0o644):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    info.mode = mode
    info.size = len(data)
    return info, data


def archive(name, *members):
    with tarfile.open(f"{directory}/{name}", "w", format=tarfile.PAX_FORMAT) as out:
        for info, data in members:
            out.addfile(info, io.BytesIO(data))


archive("dotdot", member("../../escaped", data=b"out"))
archive("absolute", member(f"{outside}/escaped", data=b"out"))
archive(
    "through-link",
    member("way", tarfile.SYMTYPE, outside),
    member("way/escaped", data=b"out"),
)
archive(
    "through-relative-link",
    member("way", tarfile.SYMTYPE, "../../../../../../../.." + outside),
    member("way/escaped", data=b"out"),
)
archive("hard-link", member("inside", tarfile.LNKTYPE, f"{outside}/secret"))
archive(
    "hard-link-through-link",
    member("way", tarfile.SYMTYPE, outside),
    member("inside", tarfile.LNKTYPE, "way/secret"),
)
archive(
    "write-through-link",
    member("secret", tarfile.SYMTYPE, f"{outside}/secret"),
    member("secret", data=b"overwritten"),
)
archive(
    "directory-over-link",
    member("way", tarfile.SYMTYPE, outside),
    member("way", tarfile.DIRTYPE, mode=0o777),
)
