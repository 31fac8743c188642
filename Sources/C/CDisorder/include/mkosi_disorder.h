#pragma once

// A library without functions of its own: loaded before the C library, it makes programs read the names in a directory in
// reverse order, as another file system might give them.
