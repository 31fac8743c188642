#!/usr/bin/env python3
"""A plugin with one fault, which its argument names; each directory next to this file holds a manifest for one of them."""
import json
import os
import signal
import subprocess
import sys
import time

fault = sys.argv[1]


def send(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def answer(request, result):
    send(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}))


def write_forever(stream, chunk, count):
    for _ in range(count):
        stream.buffer.write(chunk)
    stream.buffer.flush()


FAULTS = {
    "hangs": lambda request: time.sleep(1000),
    "crashes": lambda request: os.kill(os.getpid(), signal.SIGSEGV),
    "exits": lambda request: (print("out of cheese", file=sys.stderr), sys.exit(3)),
    "prints": lambda request: (send("Hello, world"), answer(request, {})),
    "garbage": lambda request: write_forever(sys.stdout, b"\xff\x00\x1b[31mred\n", 1),
    "invalid-utf8": lambda request: write_forever(sys.stdout, b'{"jsonrpc":"2.0","id":2,"result":"\xc3\x28"}\n', 1),
    "gigabyte": lambda request: write_forever(sys.stdout, b"x" * (1 << 20), 1024),
    "deep": lambda request: send("[" * 100000),
    "wide": lambda request: send('{"jsonrpc":"2.0","id":2,"result":[' + "0," * 5000000 + "0]}"),
    "wrong-id": lambda request: answer({"id": 77}, {}),
    "wrong-shape": lambda request: answer(request, {"distributions": [{"name": 5}]}),
    "closes-output": lambda request: (os.close(1), time.sleep(1000)),
    "loops-on-progress": lambda request: write_forever(
        sys.stdout, b'{"jsonrpc":"2.0","method":"host/progress","params":{"done":1}}\n' * 1000, 1 << 20
    ),
    # Each answer has the identifier of its request, and none is read.
    "never-reads": lambda request: [
        send(json.dumps({"jsonrpc": "2.0", "id": str(number).ljust(200000), "method": "host/none", "params": {}}))
        for number in range(1000)
    ],
    "floods-errors": lambda request: write_forever(sys.stderr, b"x" * 65536, 1 << 20),
    "leaves-child": lambda request: (subprocess.Popen(["sleep", "1000"]), sys.exit(0)),
}

if fault == "exits-early":
    sys.exit(4)
if fault == "ignores-shutdown":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
for line in sys.stdin:
    request = json.loads(line)
    if request["method"] == "initialize":
        if fault == "hangs-at-start":
            time.sleep(1000)
        version = 7 if fault == "wrong-answer" else 1
        answer(request, {"protocol": 1, "interface": version, "plugin": {"name": "broken-" + fault, "version": "1.0"}})
    elif fault in FAULTS:
        FAULTS[fault](request)
    elif "id" in request:
        answer(request, {})
while fault == "ignores-shutdown":
    time.sleep(1000)
