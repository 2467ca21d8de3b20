# SPDX-License-Identifier: Apache-2.0
# Wraps the system's libsystemc as SystemC::systemc.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SystemC REQUIRED_VARS SYSTEMC_LIBRARIES VERSION_VAR SYSTEMC_VERSION)
if(NOT TARGET SystemC::systemc)
  add_library(SystemC::systemc INTERFACE IMPORTED)
  target_link_libraries(SystemC::systemc INTERFACE PkgConfig::SYSTEMC)
  # The library is built as C++17; without this a C++20 unit does not link (sc_api_version_...).
  target_compile_definitions(SystemC::systemc INTERFACE SC_CPLUSPLUS=201703L
                                                        SC_INCLUDE_DYNAMIC_PROCESSES)
endif()
