# SPDX-License-Identifier: Apache-2.0
# npulse_library(name [EVERY_EVENT] SOURCES ... LINK ...): one static library a folder, includes from the
# root. EVERY_EVENT: it runs at every event of a simulation, and is worth the linker's time.

add_library(npulse_options INTERFACE)
target_include_directories(npulse_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(npulse_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                $<$<BOOL:${NPULSE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(npulse_options INTERFACE -Wno-restrict)  # false with std::string: GCC bug 105651
endif()
if(NPULSE_LTO_OBJECTS)
  target_link_options(npulse_options INTERFACE
                      $<IF:$<BOOL:$<TARGET_PROPERTY:NPULSE_OPTIMISE_WHOLE>>,-flto=auto,-fno-lto>)
endif()
if(NPULSE_SANITIZE)
  target_compile_options(npulse_options INTERFACE -fsanitize=address,undefined
                                                  -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(npulse_options INTERFACE -fsanitize=address,undefined)
endif()

function(npulse_library name)
  cmake_parse_arguments(ARG "EVERY_EVENT" "" "SOURCES;LINK" ${ARGN})
  string(REPLACE "_" "-" output ${name})
  add_library(npulse_${name} STATIC ${ARG_SOURCES})
  add_library(npulse::${name} ALIAS npulse_${name})
  target_link_libraries(npulse_${name} PUBLIC npulse_options ${ARG_LINK})
  if(ARG_EVERY_EVENT)
    target_compile_options(npulse_${name} PRIVATE ${NPULSE_LTO_OBJECTS})
  endif()
endfunction()
