# comet_embed(<target> <header> <function> <file> [NAMESPACE <namespace>])
#
# A text file of this project becomes a part of the target: `function`, declared in `header` as
# `bytes_view function()` in the namespace (comet::client unless given), gives its content.
function(comet_embed target header function file)
  cmake_parse_arguments(PARSE_ARGV 4 embed "" "NAMESPACE" "")
  if(NOT embed_NAMESPACE)
    set(embed_NAMESPACE comet::client)
  endif()
  file(READ ${file} content)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embedded_text.cpp.in ${source} @ONLY)
  target_sources(${target} PRIVATE ${source})
endfunction()
