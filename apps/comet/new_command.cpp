// new: the files of a new object, to go on from.

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "apps/comet/aso_template.hpp"
#include "apps/comet/command_line.hpp"
#include "apps/comet/text_file.hpp"

namespace comet::client {
namespace {

namespace fs = std::filesystem;

struct arguments {
  bytes name;
  bytes folder = ".";
};

/// Errors, syntax: it exists, or cannot be made.
result<void> make_folder(const fs::path& folder) {
  std::error_code failed;
  const bool made = fs::create_directory(folder, failed);
  if (failed)
    return error{errc::syntax,
                 fmt::format("cannot make the folder {}: {}", folder.string(), failed.message())};
  if (!made)
    return error{errc::syntax, fmt::format("{} exists; give another name, or another folder "
                                           "with --in",
                                           folder.string())};
  return {};
}

result<void> write_files(const fs::path& folder, const std::vector<template_file>& files) {
  if (auto made = make_folder(folder); !made) return made;
  if (auto made = make_folder(folder / ".comet"); !made) return made;
  for (const template_file& file : files)
    if (auto written = write_text((folder / file.path).string(), file.text); !written)
      return written;
  return {};
}

int begin(const arguments& a) {
  const auto files = aso_template(a.name);
  if (!files) return fail(files.failure().message, misused);
  const fs::path folder = (fs::path(a.folder) / a.name).lexically_normal();
  if (auto written = write_files(folder, *files); !written)
    return fail(written.failure().message, misused);
  const bytes text = fmt::format(
      "made {0}: {1}.lua, {1}_test.lua, README.md, and what editors need\n"
      "go on in that folder with `comet test`, and store it at a node with\n"
      "  comet put {1} {1}.lua --value hello\n",
      folder.string(), a.name);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return succeeded;
}

}  // namespace

void add_new_command(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<arguments>();
  CLI::App* command =
      app.add_subcommand("new", "Begin an object: its code, a test of it, and a README")
          ->group("Development")
          ->footer(
              "Makes DIR/NAME with NAME.lua (a handler, a timer and a method), NAME_test.lua "
              "(which passes as\nit is), README.md, .luarc.json and .comet/, from which editors "
              "with the Lua language server know\nwhat handlers and tests may call. A name is a-z, "
              "0-9 and _, and begins with a letter.");
  command->add_option("NAME", a->name, "What the object's files are called")->required();
  command->add_option("--in", a->folder, "The folder to make it in")
      ->type_name("DIR")
      ->capture_default_str();
  command->callback([&shared, a] { shared.status = begin(*a); });
}

}  // namespace comet::client
