# comet_embed(<target> <header> <function> <file>)
#
# A text file of this project becomes a part of the target: `function`, declared in `header` as
# `bytes_view function()` in the namespace comet::client, gives its content.
function(comet_embed target header function file)
  file(READ ${file} content)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embedded_text.cpp.in ${source} @ONLY)
  target_sources(${target} PRIVATE ${source})
endfunction()
