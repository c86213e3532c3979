# comet_room(<name> [ROOMS room...] [LIBRARIES library...])
#
# The library comet_<name> of all .cpp files of the current directory. It links the rooms of its row
# and its third-party libraries, and so sees the include path of CAF or Lua only where it may. A
# room with headers only is an interface library.
function(comet_room name)
  cmake_parse_arguments(room "" "" "ROOMS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  list(TRANSFORM room_ROOMS PREPEND comet_)
  if(sources)
    add_library(comet_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(comet_${name} PRIVATE comet_warnings)
  else()
    add_library(comet_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(comet_${name} ${scope} ${CMAKE_SOURCE_DIR})
  target_link_libraries(comet_${name} ${scope} ${room_ROOMS} ${room_LIBRARIES})
endfunction()
