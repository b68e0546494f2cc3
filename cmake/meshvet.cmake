# How every target of the project is compiled.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# With a precompiled header, ccache has to be told that no macro given on the
# command line and no __TIME__ stands in it.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

# Found here, at the root, because every program links what the libraries it
# uses link privately, and an imported target is seen only from its folder down.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)

# The log is compiled in: the shared spdlog and fmt have 1,600 symbols to
# resolve, half a millisecond of every start, of which one file uses a handful.
add_library(meshvet_spdlog INTERFACE)
target_link_libraries(meshvet_spdlog INTERFACE spdlog::spdlog_header_only
                                               fmt::fmt-header-only)

add_library(meshvet_flags INTERFACE)
target_include_directories(meshvet_flags INTERFACE ${PROJECT_SOURCE_DIR}
                                                   ${PROJECT_BINARY_DIR})
target_compile_options(
  meshvet_flags
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
            -fstack-protector-strong
            # Spelling out every member of a Rule would bury what it says.
            -Wno-missing-field-initializers)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Nothing is left to resolve, and so to overwrite, once main() runs. Costs
  # 0.3 of the 12 million instructions of a start.
  target_link_options(meshvet_flags INTERFACE LINKER:-z,relro,-z,now
                      LINKER:--as-needed)
endif()

# From the build folder, where ninja compiles: the path must be the same in every
# checkout for the compiler cache to know it.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[^ ]*undefined")
  file(RELATIVE_PATH ignorelist ${PROJECT_BINARY_DIR}
       ${PROJECT_SOURCE_DIR}/cmake/sanitizer_ignorelist.txt)
  target_compile_options(meshvet_flags
                         INTERFACE -fsanitize-ignorelist=${ignorelist})
endif()

# What is shipped, and not its tests: the C library knows the sizes of buffers,
# returns and jumps are to where they may go (CET), and a stack cannot be jumped
# over. test/install/check_hardening looks at the binary.
include(CheckCXXCompilerFlag)
add_library(meshvet_hardening INTERFACE)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(meshvet_hardening INTERFACE _FORTIFY_SOURCE=2)
  foreach(flag -fcf-protection=full -fstack-clash-protection)
    string(MAKE_C_IDENTIFIER "MESHVET_HAS${flag}" has)
    check_cxx_compiler_flag(${flag} ${has})
    if(${has})
      target_compile_options(meshvet_hardening INTERFACE ${flag})
    endif()
  endforeach()
endif()

target_compile_definitions(meshvet_flags
                           INTERFACE MESHVET_VERSION="${PROJECT_VERSION}")

# Whoever compiles the same headers gets the same precompiled ones, which the
# compiler cache asks for.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()

# meshvet_library(NAME SOURCES... [LINK LIBS...]): the library of one folder,
# all of whose *.cc belong to it unless SOURCES are named.
function(meshvet_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  endif()
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE meshvet_flags meshvet_hardening
                                        ${arg_LINK})
endfunction()
