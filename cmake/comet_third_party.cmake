# Third-party libraries as targets named comet::<library>, so that a room names what it uses in one
# word. All are Debian packages, except CAF and Lua, whose places `./dev` passes in.

set(COMET_CAF "" CACHE PATH "Prefix of CAF 0.18.7")
set(COMET_LUA_SOURCE "" CACHE PATH "Lua 5.4.9 with third_party/lua/fuel.patch applied")
if(NOT EXISTS ${COMET_CAF}/include/caf/config.hpp OR NOT EXISTS ${COMET_LUA_SOURCE}/src/lua.h)
  message(FATAL_ERROR "COMET_CAF or COMET_LUA_SOURCE is not set: configure with ./dev build")
endif()

find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CAF 0.18.7 EXACT REQUIRED COMPONENTS core io PATHS ${COMET_CAF} NO_DEFAULT_PATH)

function(comet_third_party name)
  add_library(comet_third_party_${name} INTERFACE)
  add_library(comet::${name} ALIAS comet_third_party_${name})
  target_link_libraries(comet_third_party_${name} INTERFACE ${ARGN})
endfunction()

comet_third_party(fmt fmt::fmt)
comet_third_party(crypto OpenSSL::Crypto)
comet_third_party(tls OpenSSL::SSL OpenSSL::Crypto)
comet_third_party(rocksdb rocksdb)
comet_third_party(caf CAF::core CAF::io)
comet_third_party(spdlog spdlog::spdlog)
comet_third_party(json nlohmann_json::nlohmann_json)
comet_third_party(cli11 CLI11::CLI11)
comet_third_party(hiredis hiredis)
comet_third_party(seccomp seccomp)
comet_third_party(httplib cpp-httplib)
# As Debian's library was built (cpp-httplib.pc): its classes differ in size without these.
target_compile_definitions(comet_third_party_httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
comet_third_party(ncurses ncursesw tinfo)
comet_third_party(libedit edit)
# Header-only, without Boost: object/ and net/wire/ read and write msgpack by hand-sized calls.
comet_third_party(msgpack)
target_compile_definitions(comet_third_party_msgpack INTERFACE MSGPACK_NO_BOOST)
comet_third_party(jemalloc)
if(COMET_JEMALLOC)
  # Named even though no symbol asks for it: it replaces malloc.
  target_link_libraries(comet_third_party_jemalloc INTERFACE -Wl,--no-as-needed jemalloc
                                                             -Wl,--as-needed)
endif()
