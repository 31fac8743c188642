#!/usr/bin/env python3
"""record.py UKIFY: writes the stubs and ukify-257.json, the sections that ukify makes of the parts of UnifiedKernelImageTests.

It needs the module pefile, as ukify does.
"""
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

import pefile

here = os.path.dirname(os.path.abspath(__file__))
stub, plain_stub = (os.path.join(here, name) for name in ("stub.efi", "stub-without-sbat.efi"))


def align(number, size):
    return (number + size - 1) // size * size


def write_stub(path, sections):
    """A program of x86-64 firmware, with room for further entries in its table of sections."""
    head = 0x400
    offset, address, table, body = head, 0x1000, b"", b""
    for name, content, characteristics in sections:
        size = align(len(content), 0x200)
        table += name.ljust(8, b"\0")
        table += struct.pack("<IIIIIIHHI", len(content), address, size, offset, 0, 0, 0, 0, characteristics)
        body += content.ljust(size, b"\0")
        offset += size
        address += align(len(content), 0x1000)
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 0x200, 0x400, 0, 0x1000, 0x1000)
    optional += struct.pack("<QIIHHHHHHIIIIHHQQQQII", 0x10000, 0x1000, 0x200, 0, 0, 0, 0, 1, 0, 0, address, head, 0, 10,
                            0x160, 0, 0, 0, 0, 0, 16)
    optional += bytes(128)
    header = struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, len(optional), 0x2022)
    start = (b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80)).ljust(0x80, b"\0")
    with open(path, "wb") as file:
        file.write((start + b"PE\0\0" + header + optional + table).ljust(head, b"\0") + body)


def sections(path):
    result = []
    for section in pefile.PE(path, fast_load=True).sections:
        content = section.get_data()[: min(section.Misc_VirtualSize, section.SizeOfRawData)]
        result.append({
            "name": section.Name.rstrip(b"\0").decode(),
            "size": len(content),
            "characteristics": section.Characteristics,
            "sha256": hashlib.sha256(content).hexdigest(),
        })
    return result


def write(name, content):
    with open(name, "wb") as file:
        file.write(content)


def pattern(size):
    return bytes((index * 31 + size) & 255 for index in range(size))


def build(*arguments):
    subprocess.run([sys.argv[1], "build", *arguments, "--output", "image"], check=True, stdout=subprocess.DEVNULL)
    return sections("image")


table = (b"sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
         b"systemd-stub,1,The systemd Developers,systemd,257,https://systemd.io/\n\0")
parts = [(b".text", bytes(range(64)), 0x60000020), (b".sdmagic", b"#### LoaderInfo: systemd-stub 257.1 ####\0", 0x40000040)]
write_stub(stub, parts + [(b".sbat", table, 0x40000040)])
write_stub(plain_stub, parts)

with tempfile.TemporaryDirectory() as directory:
    os.chdir(directory)
    write("initrd-0", pattern(5001))
    write("initrd-1", pattern(3003))
    write("microcode", pattern(777))
    write("splash", b"BM" + bytes([7]) * 101)
    for index in range(2):
        write(f"tree{index}", bytes([0xD0, 0x0D, 0xFE, 0xED]) + bytes([index + 2]) * 61)
    os.mkdir("hwids")
    devices = [
        {"name": "Zeta", "compatible": "acme,zeta",
         "hwids": ["90000000-0a0b-0c0d-0e0f-000000000002", "10000000-0000-0000-0000-000000000001"]},
        {"name": "Alpha", "compatible": "acme,alpha", "hwids": ["2000aaAA-0000-0000-0000-00000000000f"]},
    ]
    for index, device in enumerate(devices):
        write(f"hwids/{index}.json", json.dumps(device).encode())
    write("initrd", b"not an archive\n")
    kernel = ["--linux", stub, "--stub", stub]
    record = {
        "parts": build(*kernel, "--initrd", "initrd-0", "--initrd", "initrd-1", "--microcode", "microcode",
                       "--os-release", "ID=test\nVERSION_ID=1\n", "--cmdline", "root=/dev/vda quiet", "--uname", "6.1.0"),
        "device trees": build("--stub", stub, "--os-release", "ID=test\n", "--uname", "6.1.0", "--splash", "splash",
                              "--devicetree-auto", "tree0", "--devicetree-auto", "tree1", "--hwids", "hwids"),
        "addon": build("--stub", plain_stub, "--cmdline", "debug more", "--initrd", "initrd"),
    }
    build("--stub", plain_stub, "--profile", "ID=rescue\nTITLE=Rescue\n", "--cmdline", "base rescue")
    os.rename("image", "profile")
    record["profiles"] = build(*kernel, "--os-release", "ID=test\n", "--cmdline", "base", "--uname", "6.1.0",
                               "--profile", "ID=main\n", "--join-profile", "profile")

with open(os.path.join(here, "ukify-257.json"), "w") as file:
    lists = [
        f"  {json.dumps(name)}: [\n" + ",\n".join(f"    {json.dumps(section)}" for section in entries) + "\n  ]"
        for name, entries in record.items()
    ]
    file.write("{\n" + ",\n".join(lists) + "\n}\n")
