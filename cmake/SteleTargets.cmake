# A folder is a library; its *_test.cc files are one test program; fuzz/NAME_fuzz.cc is one fuzzer.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# Optimising a test costs more than running it: coroutines under sanitizers take 26 s a file, 11 s without.
set(STELE_TEST_FLAGS $<$<CONFIG:Debug>:-O0>)
stele_precompile(STELE_PRECOMPILED precompiled.h TARGETS fmt::fmt)
stele_precompile(STELE_PRECOMPILED_TEST precompiled_test.h FLAGS -O0 TARGETS fmt::fmt GTest::gtest)

# stele_joined(RESULT TARGET APART SOURCES): what to compile in place of SOURCES. With sanitizers, where half of a
# file's time goes into templates that its neighbours instantiate too, up to eight files of a folder are compiled as
# one; but not those that match the regular expression APART.
function(stele_joined result target apart sources)
  if(STELE_SANITIZE AND sources)
    list(JOIN sources "\n" lines)
    file(WRITE ${CMAKE_BINARY_DIR}/joined/${target}.txt "${lines}")
    execute_process(
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/join_files.py ${CMAKE_BINARY_DIR}/joined/${target}
              ${CMAKE_SOURCE_DIR}/src "${apart}"
      INPUT_FILE ${CMAKE_BINARY_DIR}/joined/${target}.txt
      OUTPUT_VARIABLE sources COMMAND_ERROR_IS_FATAL ANY)
  endif()
  set(${result} ${sources} PARENT_SCOPE)
endfunction()

# stele_library(NAME DEPENDS lib... LINK external... THREADED regex APART regex): sources are every .cc below the
# current folder, but for subfolders that have a CMakeLists.txt and so are libraries of their own. THREADED says which
# tests have several threads: with ThreadSanitizer the others are not built, they would only run again, ten times as
# slowly. APART is stele_joined's.
function(stele_library name)
  cmake_parse_arguments(ARG "" "THREADED;APART" "DEPENDS;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  file(GLOB_RECURSE nested CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(list ${nested})
    cmake_path(GET list PARENT_PATH folder)
    list(FILTER sources EXCLUDE REGEX "^${folder}/")
  endforeach()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(ARG_THREADED AND STELE_SANITIZE STREQUAL "thread")
    list(FILTER tests INCLUDE REGEX "(${ARG_THREADED})_test\\.cc$")
  endif()
  list(TRANSFORM ARG_DEPENDS PREPEND stele_)
  stele_joined(sources ${name} "${ARG_APART}" "${sources}")
  stele_joined(tests ${name}_test "${ARG_APART}" "${tests}")
  if(sources)
    add_library(stele_${name} STATIC ${sources})
    target_compile_options(stele_${name} PRIVATE ${STELE_PRECOMPILED})
    set(scope PUBLIC)
  else()
    add_library(stele_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(stele_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(stele_${name} ${scope} ${ARG_DEPENDS} ${ARG_LINK} fmt::fmt Threads::Threads)
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE stele_${name} GTest::gmock GTest::gtest_main)
    target_compile_options(${name}_test PRIVATE ${STELE_TEST_FLAGS} ${STELE_PRECOMPILED_TEST})
    set_property(GLOBAL APPEND PROPERTY STELE_UNIT_TESTS ${name}_test)
  endif()
endfunction()

# The programs of a global property, one `NAME PATH` a line, for tools/run_tests.py.
function(stele_list_programs property file)
  get_property(names GLOBAL PROPERTY ${property})
  set(lines "")
  foreach(name ${names})
    string(APPEND lines "${name} $<TARGET_FILE:${name}>\n")
  endforeach()
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/${file} CONTENT "${lines}")
endfunction()
