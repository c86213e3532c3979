# Compiler flags of every target. A preset chooses COMET_SANITIZE and COMET_JEMALLOC, nothing else.

set(COMET_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=; empty for none")
option(COMET_JEMALLOC "Link the binary and the benchmarks with jemalloc" OFF)
option(COMET_FUZZ "Build tests/fuzz with libFuzzer (clang)" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_EXTENSIONS ON)  # Lua jumps through a table of labels
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(COMET_CCACHE ccache)
if(COMET_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${COMET_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${COMET_CCACHE})
endif()

add_compile_options(-march=x86-64-v2 -fno-omit-frame-pointer -fdiagnostics-color=always)
if(COMET_SANITIZE)
  add_compile_options(-fsanitize=${COMET_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${COMET_SANITIZE})
endif()
if(COMET_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Warnings for this project's own C++; third-party headers are SYSTEM and Lua is not ours to warn.
add_library(comet_warnings INTERFACE)
target_compile_options(comet_warnings INTERFACE -Wall -Wextra -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports what is moved into a std::optional or a lambda; clang and clang-tidy look too.
  target_compile_options(comet_warnings INTERFACE -Wno-maybe-uninitialized)
endif()
