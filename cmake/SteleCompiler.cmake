# Compiler, linker, cache and sanitizers: one place for what every target is built with.
#   STELE_SANITIZE   "" | "address" (ASan + UBSan) | "thread" | "fuzzer" (libFuzzer + ASan + UBSan)
set(STELE_SANITIZE "" CACHE STRING "address, thread, fuzzer, or empty")

find_program(CCACHE ccache)
if(CCACHE)
  # Paths are made relative, so that a clone in another folder shares the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=10G
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror
                    -Wno-missing-field-initializers -gline-tables-only -fno-omit-frame-pointer
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
add_link_options(-fuse-ld=mold)
add_compile_definitions(SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)

if(STELE_SANITIZE STREQUAL "address")
  # Without two that a fifth of the compile time goes into: AddressSanitizer sees a null pointer's use too, and
  # fuzzers are built with both.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null,alignment -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
elseif(STELE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(STELE_SANITIZE STREQUAL "fuzzer")
  add_compile_options(-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
