#pragma once

// A library without functions of its own: loaded before the C library, it makes programs that build file systems see the
// labels of a list as the attribute `security.selinux`, which a tree cannot carry unless its owner is root of the host.
//
// The variable MKOSI_LABELS names the list, in the byte order of the machine:
//
//     offset  size
//          0     8  "mkosilab"
//          8     8  number of entries, N
//         16  24*N  entries in the order of device and inode: device (8), inode (8), offset in the file (4), length (4)
//                   labels
//
// A device is in the form of makedev(3) in the GNU C library.
