#pragma once
// Swift's Glibc module does not show extended attributes.
#include <sys/xattr.h>
// Nor pseudo-terminals.
#include <pty.h>
#include <sys/ioctl.h>
