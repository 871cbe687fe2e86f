// Gives Swift the declarations of OpenSSL libcrypto.
#pragma once
// The streaming SHA-256 functions need no provider to be loaded, so they cost nothing at start-up.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include "sha256_pair.h"
