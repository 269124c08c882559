#pragma once

// To be included before Highway, by every file that does: which kinds of machine there are must be the same
// in all of them. The kind with byte products has to be asked for.
#define HWY_WANT_AVX3_DL 1  // NOLINT(readability-identifier-naming): Highway's switch
