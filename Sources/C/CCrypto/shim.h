#pragma once
// Engines are deprecated, and still how many security modules are reached.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <openssl/rand.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/prctl.h>

// Macros and functions with variable arguments, which Swift does not import.
static inline EVP_PKEY *mkosi_generate_rsa(unsigned int bits) { return EVP_RSA_gen(bits); }
static inline int mkosi_exclude_from_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
