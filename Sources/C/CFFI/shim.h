#pragma once
#include <ffi.h>

// Swift 6 does not read mutable C globals, and libffi's types are such: these return their addresses.
static inline ffi_type *mkosi_ffi_void(void) { return &ffi_type_void; }
static inline ffi_type *mkosi_ffi_sint32(void) { return &ffi_type_sint32; }
static inline ffi_type *mkosi_ffi_sint64(void) { return &ffi_type_sint64; }
static inline ffi_type *mkosi_ffi_pointer(void) { return &ffi_type_pointer; }

// FFI_DEFAULT_ABI is an enumerator or a macro, depending on the processor; ffi_call takes a function pointer, which
// Swift cannot make out of an address of unknown type.
static inline ffi_status mkosi_ffi_prepare(ffi_cif *cif, unsigned count, ffi_type *result, ffi_type **arguments) {
    return ffi_prep_cif(cif, FFI_DEFAULT_ABI, count, result, arguments);
}
static inline void mkosi_ffi_call(ffi_cif *cif, void (*function)(void), void *result, void **arguments) {
    ffi_call(cif, function, result, arguments);
}
