#pragma once
// What is decompressed is not written to.
#define ZLIB_CONST
#include <zlib.h>

// inflateInit2() is a macro. 16 more than the largest window means a gzip stream, header and checksum included.
static inline int mkosi_zlib_inflate_gzip(z_stream *stream) { return inflateInit2(stream, MAX_WBITS + 16); }
