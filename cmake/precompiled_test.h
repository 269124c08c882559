// The same for unit tests.
// clang-format off: what is common comes first.
#include "precompiled.h"
// clang-format on

#include <gmock/gmock.h>
#include <gtest/gtest.h>
