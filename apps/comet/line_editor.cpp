#include "apps/comet/line_editor.hpp"

#include <histedit.h>

#include <clocale>
#include <cstdio>
#include <utility>

namespace comet::client {

namespace {

constexpr int lines_kept = 1'000;

}  // namespace

struct line_editor::parts {
  bytes prompt;
  bytes history_path;
  completer complete;
  EditLine* editor = nullptr;
  History* lines = nullptr;
  HistEvent last{};

  static parts& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<parts*>(self);
  }

  static char* show_prompt(EditLine* editor) { return of(editor).prompt.data(); }

  /// Tab: inserts what is certain; else shows the choices below, and the line once more.
  static unsigned char fill_in(EditLine* editor, int /*key*/) {
    const LineInfo* line = el_line(editor);
    const auto begun = static_cast<std::size_t>(line->cursor - line->buffer);
    const completion found = of(editor).complete({line->buffer, begun});
    if (!found.insert.empty())
      return el_insertstr(editor, found.insert.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    if (found.choices.empty()) return CC_ERROR;
    std::fputs("\n", stdout);
    for (const bytes& choice : found.choices)
      std::fprintf(stdout, "%s  ", printable(choice).c_str());
    std::fflush(stdout);
    return CC_REDISPLAY;
  }
};

line_editor::line_editor(bytes prompt, bytes history_path, completer complete)
    : parts_(std::make_unique<parts>()) {
  // What a character is, and how wide, is the terminal's to say.
  std::setlocale(LC_CTYPE, "");
  parts_->prompt = std::move(prompt);
  parts_->history_path = std::move(history_path);
  parts_->complete = std::move(complete);
  parts_->editor = el_init("comet", stdin, stdout, stderr);
  parts_->lines = history_init();
  EditLine* editor = parts_->editor;
  history(parts_->lines, &parts_->last, H_SETSIZE, lines_kept);
  history(parts_->lines, &parts_->last, H_SETUNIQUE, 1);
  if (!parts_->history_path.empty())  // there may be none yet
    history(parts_->lines, &parts_->last, H_LOAD, parts_->history_path.c_str());
  el_set(editor, EL_CLIENTDATA, parts_.get());
  el_set(editor, EL_PROMPT, parts::show_prompt);
  el_set(editor, EL_SIGNAL, 1);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_HIST, history, parts_->lines);
  // el_set would leak its copies of the texts.
  el_wset(editor, EL_ADDFN, L"fill-in", L"Completes commands and methods", parts::fill_in);
  el_set(editor, EL_BIND, "^I", "fill-in", nullptr);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(editor, nullptr);
}

line_editor::~line_editor() {
  if (!parts_->history_path.empty() &&
      history(parts_->lines, &parts_->last, H_SAVE, parts_->history_path.c_str()) < 0)
    std::fprintf(stderr, "warning: the history cannot be written to %s\n",
                 parts_->history_path.c_str());
  history_end(parts_->lines);
  el_end(parts_->editor);
}

line_editor::event line_editor::read(bytes& text) {
  int size = 0;
  const char* line = el_gets(parts_->editor, &size);
  if (line == nullptr) return size < 0 ? event::interrupted : event::end;
  text.assign(line, static_cast<std::size_t>(size));
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.pop_back();
  if (text.find_first_not_of(' ') != bytes::npos)
    history(parts_->lines, &parts_->last, H_ENTER, text.c_str());
  return event::line;
}

}  // namespace comet::client
