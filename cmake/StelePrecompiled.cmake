# Precompiled headers, for the presets with sanitizers. Release is built without, so that a file that lacks an
# include does not pass.
#
# They lie in the user's cache folder, under a name made of all that went into them, and not in the build tree:
# the compiler cache looks at their content, which names their path, and is shared by all clones.

if(DEFINED ENV{XDG_CACHE_HOME})
  set(STELE_PRECOMPILED_FOLDER $ENV{XDG_CACHE_HOME}/stele-precompiled)
else()
  set(STELE_PRECOMPILED_FOLDER $ENV{HOME}/.cache/stele-precompiled)
endif()

# stele_precompile(OPTIONS HEADER FLAGS flag... TARGETS imported...): sets OPTIONS to the compile options of targets
# that are built with FLAGS beside everybody's and link TARGETS; to nothing where there is nothing to gain.
function(stele_precompile result header)
  cmake_parse_arguments(ARG "" "" "FLAGS;TARGETS" ${ARGN})
  set(${result} "" PARENT_SCOPE)
  if(NOT STELE_SANITIZE OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  get_directory_property(options COMPILE_OPTIONS)
  list(FILTER options EXCLUDE REGEX "prefix-map")
  get_directory_property(definitions COMPILE_DEFINITIONS)
  foreach(target ${ARG_TARGETS})
    get_target_property(more ${target} INTERFACE_COMPILE_DEFINITIONS)
    if(more)
      list(APPEND definitions ${more})
    endif()
    get_target_property(more ${target} INTERFACE_COMPILE_OPTIONS)
    if(more)
      list(APPEND options ${more})
    endif()
  endforeach()
  list(TRANSFORM definitions PREPEND -D)
  set(command ${CMAKE_CXX_COMPILER} ${flags} ${options} ${ARG_FLAGS} ${definitions}
              ${CMAKE_CXX23_STANDARD_COMPILE_OPTION})

  set(source ${CMAKE_SOURCE_DIR}/cmake/${header})
  execute_process(COMMAND ${command} -x c++-header -E -P ${source} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(SHA256 name "${command} ${CMAKE_CXX_COMPILER_VERSION} ${text}")
  set(folder ${STELE_PRECOMPILED_FOLDER}/${name})
  if(NOT EXISTS ${folder}/all.pch)
    # Made aside and renamed: another clone may be at it too.
    string(RANDOM LENGTH 12 aside)
    file(MAKE_DIRECTORY ${folder})
    file(COPY ${CMAKE_SOURCE_DIR}/cmake/precompiled.h ${source} DESTINATION ${folder})
    execute_process(
      COMMAND ${command} -x c++-header -fpch-instantiate-templates -Xclang -fno-pch-timestamp ${folder}/${header}
              -o ${folder}/${aside}
      COMMAND_ERROR_IS_FATAL ANY)
    file(RENAME ${folder}/${aside} ${folder}/all.pch)
  endif()
  # Without it there is nothing to build with: the configuration is run again.
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source} ${folder}/all.pch)
  set(${result} "SHELL:-include-pch ${folder}/all.pch" PARENT_SCOPE)
endfunction()
