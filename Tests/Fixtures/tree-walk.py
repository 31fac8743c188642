#!/usr/bin/python3
"""Changes a tree at random, or lists it.

    tree-walk.py walk SEED COUNT ROOT   makes COUNT changes and notes each, with its result, in ROOT/log
    tree-walk.py list ROOT EPOCH        writes a line an entry; times after EPOCH are EPOCH

The same seed makes the same changes in the same tree, whatever file system it is on.
"""

import ctypes
import errno
import os
import random
import shutil
import socket
import stat
import struct
import sys

NAMES = "abcdefg"
MODES = [0o644, 0o600, 0o755, 0o4755, 0o2755, 0o1777, 0o444, 0o700, 0o000]
IDS = [0, 1, 8, 1000]
RENAME_NOREPLACE, RENAME_EXCHANGE = 1, 2
libc = ctypes.CDLL(None, use_errno=True)


def entries(root):
    """Paths below the root, links not followed."""
    found = []
    for base, directories, files in os.walk(root):
        directories.sort()
        for name in sorted(directories + files):
            path = os.path.join(base, name)
            if os.path.relpath(path, root) != "log":
                found.append(path)
    return found


def access_list(entry, rights):
    """A list (acl(5)) as the kernel has it."""
    lines = [(1, 7, -1), (2, rights, entry), (4, 4, -1), (16, 7, -1), (32, rights & 4, -1)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *line) for line in lines)


class Walk:
    def __init__(self, seed, root):
        self.random = random.Random(seed)
        self.root = root

    def some(self, kinds="dfl"):
        def kind(path):
            mode = os.lstat(path).st_mode
            return "d" if stat.S_ISDIR(mode) else "l" if stat.S_ISLNK(mode) else "f"

        found = [path for path in entries(self.root) if kind(path) in kinds]
        return self.chosen(self.random.choice(found) if found else os.path.join(self.root, "none"))

    def chosen(self, path):
        self.paths.append(os.path.relpath(path, self.root))
        return path

    def directory(self):
        return self.random.choice([self.root] + [p for p in entries(self.root) if is_directory(p)])

    def place(self):
        """A name that may be taken or free."""
        return self.chosen(os.path.join(self.directory(), self.random.choice(NAMES)))

    def file(self):
        with open(self.place(), "xb") as file:
            file.write(os.urandom(0) + b"%d\n" % self.random.randrange(1000) * self.random.randrange(1, 2000))

    def append(self):
        with open_plain(self.some("f"), os.O_WRONLY | os.O_APPEND) as file:
            file.write(b"more\n")

    def overwrite(self):
        with open_plain(self.some("f"), os.O_RDWR) as file:
            file.seek(2)
            file.write(b"XY")

    def sparse(self):
        with open(self.place(), "xb") as file:
            file.seek(self.random.choice([8 << 20, 24 << 20]))
            file.write(b"end")

    def truncate(self):
        with open_plain(self.some("f"), os.O_WRONLY) as file:
            file.truncate(self.random.choice([0, 3, 70000]))

    def link(self):
        os.link(self.some("fl"), self.place(), follow_symlinks=False)

    def symlink(self):
        os.symlink(self.random.choice(["a", "../b", "/c/d", "nowhere"]), self.place())

    def mkdir(self):
        os.mkdir(self.place(), self.random.choice([0o755, 0o2775, 0o700]))

    def fifo(self):
        os.mkfifo(self.place(), 0o640)

    def socket(self):
        os.mknod(self.place(), stat.S_IFSOCK | 0o600)

    def rename(self):
        os.rename(self.some(), self.place())

    def rename_directory(self):
        os.rename(self.some("d"), self.place())

    def rename_relative(self):
        source, target = self.some("d"), self.place()
        opened = os.open(os.path.dirname(source), os.O_RDONLY)
        try:
            os.rename(os.path.basename(source), target, src_dir_fd=opened)
        finally:
            os.close(opened)

    def rename_with(self, flags, source, target):
        here = -100
        if libc.renameat2(here, source.encode(), here, target.encode(), flags) != 0:
            raise OSError(ctypes.get_errno(), "")

    def exchange(self):
        # Linux 6.18 loses track of hard links that it exchanges in an overlay.
        source, target = self.some(), self.some()
        if any(not is_directory(path) and os.lstat(path).st_nlink > 1 for path in (source, target)):
            raise OSError(errno.EMLINK, "")
        self.rename_with(RENAME_EXCHANGE, source, target)

    def rename_to_free(self):
        self.rename_with(RENAME_NOREPLACE, self.some(), self.place())

    def unlink(self):
        os.unlink(self.some("fl"))

    def rmdir(self):
        os.rmdir(self.some("d"))

    def remove(self):
        shutil.rmtree(self.small())

    def small(self):
        """A directory that holds little: what is removed can no longer show a difference."""
        return min((self.some("d") for _ in range(4)), key=lambda path: len(entries(path)))

    def remove_and_make(self):
        path = self.small()
        shutil.rmtree(path)
        os.mkdir(path)

    def replace_by_link(self):
        path = self.small()
        shutil.rmtree(path)
        os.symlink(self.random.choice(NAMES), path)

    def replace_by_directory(self):
        path = self.some("fl")
        os.unlink(path)
        os.mkdir(path)

    def chmod(self):
        path = self.some("df")
        os.chmod(path, self.random.choice(MODES))

    def chown(self):
        os.chown(self.some(), self.random.choice(IDS), self.random.choice(IDS), follow_symlinks=False)

    def attribute(self):
        os.setxattr(self.some("df"), "user." + self.random.choice("xy"), b"%d" % self.random.randrange(9))

    def no_attribute(self):
        os.removexattr(self.some("df"), "user." + self.random.choice("xy"))

    def acl(self):
        os.setxattr(self.some("df"), "system.posix_acl_access", access_list(0, self.random.choice([4, 7])))

    def default_acl(self):
        os.setxattr(self.some("d"), "system.posix_acl_default", access_list(0, self.random.choice([4, 7])))

    def top(self):
        self.random.choice(
            [
                lambda: os.chmod(self.root, self.random.choice([0o755, 0o2755, 0o711])),
                lambda: os.setxattr(self.root, "user.x", b"%d" % self.random.randrange(9)),
                lambda: os.setxattr(self.root, "system.posix_acl_default", access_list(0, 4)),
                lambda: os.removexattr(self.root, "system.posix_acl_default"),
            ]
        )()

    def old(self):
        time = self.random.randrange(1_000_000, 9_000_000)
        os.utime(self.some(), (time, time), follow_symlinks=False)

    def old_directory(self):
        time = self.random.randrange(1_000_000, 9_000_000)
        os.utime(self.some("d"), (time, time))

    CHANGES = [
        "file file file file append append overwrite sparse truncate link link link link symlink symlink",
        "mkdir mkdir mkdir mkdir mkdir fifo socket",
        "rename rename_directory rename_directory rename_relative exchange rename_to_free unlink rmdir remove",
        "remove_and_make replace_by_link replace_by_directory chmod chmod chown attribute no_attribute acl",
        "default_acl top old old_directory",
    ]

    def run(self, count):
        names = " ".join(self.CHANGES).split()
        for _ in range(count):
            name = self.random.choice(names)
            self.paths = []
            try:
                getattr(self, name)()
                result = "ok"
            except OSError as error:
                result = errno.errorcode.get(error.errno, str(error.errno))
            yield f"{name} {' '.join(self.paths)} {result}"


def is_directory(path):
    return stat.S_ISDIR(os.lstat(path).st_mode)


def open_plain(path, flags):
    """Opens a regular file, or fails: a pipe would be waited for."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise OSError(errno.EINVAL, "")
    return os.fdopen(os.open(path, flags | os.O_NOFOLLOW), "r+b" if flags & os.O_RDWR else "ab" if flags & os.O_APPEND else "wb")


def describe(path, root, epoch, first):
    status = os.lstat(path)
    words = [os.path.relpath(path, root), oct(status.st_mode), f"{status.st_uid}:{status.st_gid}"]
    words.append(str(min(int(status.st_mtime), epoch)))
    if not stat.S_ISLNK(status.st_mode):
        for name in sorted(os.listxattr(path)):
            if name.startswith(("user.", "system.posix")) and not name.startswith("user.overlay."):
                words.append(f"{name}={os.getxattr(path, name).hex()}")
    if not stat.S_ISDIR(status.st_mode):
        words.append(f"links={status.st_nlink}")
        words.append("same=" + first.setdefault((status.st_dev, status.st_ino), words[0]))
    if stat.S_ISLNK(status.st_mode):
        words.append(os.readlink(path))
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            data = file.read()
        # A small hole may be filled when a file is copied up.
        is_sparse = len(data) > 4 << 20 and status.st_blocks * 512 < len(data) / 2
        words.append(f"{len(data)} {hash_of(data)} {'sparse' if is_sparse else 'full'}")
    return " ".join(words)


def hash_of(data):
    import hashlib

    return hashlib.sha256(data).hexdigest()[:16]


def main():
    command = sys.argv[1]
    if command == "walk":
        seed, count, root = sys.argv[2], int(sys.argv[3]), sys.argv[4]
        os.umask(0o022)
        os.makedirs(root, exist_ok=True)
        lines = list(Walk(seed, root).run(count))
        with open(os.path.join(root, "log"), "a") as file:
            file.write("\n".join([f"seed {seed}"] + lines) + "\n")
    else:
        root, epoch = sys.argv[2], int(sys.argv[3])
        first = {}
        log = os.path.join(root, "log")
        for path in [root] + sorted(entries(root)) + [log] * os.path.exists(log):
            print(describe(path, root, epoch, first))


main()
