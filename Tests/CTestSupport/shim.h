#pragma once
// Swift's Glibc module does not show extended attributes.
#include <sys/xattr.h>
