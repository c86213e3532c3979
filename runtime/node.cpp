#include "runtime/node.hpp"

#include <fmt/format.h>

#include <cstring>

#include "runtime/build_info.hpp"
#include "runtime/dashboard_assets.hpp"
#include "runtime/identity.hpp"
#include "runtime/log.hpp"
#include "runtime/node_pages.hpp"
#include "store/rocks_store.hpp"

namespace comet::runtime {
namespace {

result<std::unique_ptr<store::rocks_store>> open_store(const settings& s) {
  store::rocks_options options;
  options.safety = s.durability;
  options.cache_bytes = s.store_cache_bytes;
  options.memtable_bytes = s.store_buffer_bytes;
  return store::rocks_store::open(s.data, options);
}

actors::link_options links_of(const settings& s, bytes secret, signing_key key) {
  actors::link_options links;
  links.key = std::make_shared<const signing_key>(std::move(key));
  links.secret = std::move(secret);
  links.listen = {{s.link.host, s.link.port}};
  if (!s.advertise.host.empty()) links.advertised = {s.advertise.host, s.advertise.port};
  for (const address& other : s.join)
    links.join.push_back({other.host, other.port});
  links.leave_deadline = s.leave_deadline;
  return links;
}

/// Clients' address or that of links: the one that the system could not listen on.
error not_started(error why, const settings& s) {
  const bool is_link = why.message.starts_with(
      fmt::format("cannot listen on {} port {}:", s.link.host, s.link.port));
  return explained(std::move(why), is_link ? "link" : "resp", text_of(is_link ? s.link : s.resp),
                   "HOST:PORT (port 0 takes a free one)");
}

actors::node_options options_of(const settings& s, const bytes& durability_name,
                                actors::tunables limits) {
  actors::node_options options;
  options.listen = {{s.resp.host, s.resp.port}};
  options.limits = std::move(limits);
  options.random_bytes = random_bytes;
  options.workers = s.workers;
  options.durability = s.durability;
  options.sync_interval = s.sync_interval;
  options.durability_name = durability_name;
  options.run_id = to_hex(random_bytes(20));
  options.version = bytes{this_build().version};
  const bytes seed = random_bytes(sizeof options.seed);
  std::memcpy(&options.seed, seed.data(), sizeof options.seed);
  options.log = [](const actors::log_line& line) { log::write(line); };
  return options;
}

}  // namespace

error explained(error why, bytes_view key, bytes_view value, bytes_view form) {
  if (why.code != errc::config) return why;
  return {errc::config, fmt::format("{} = {} cannot be used: {}; choose another with --{} {}", key,
                                    value, why.message, key, form)};
}

result<std::unique_ptr<node>> node::start(configuration told, std::optional<bytes> secret,
                                          const bytes& config_file,
                                          std::function<void(const error&)> fatal) {
  const settings s = told.values();
  const bytes durability_name = told.text_of_key(*find_setting("durability"));
  std::unique_ptr<node> made(new node);
  made->live_ = std::make_shared<live_configuration>(std::move(told));
  if (auto users = made->live_->load_users(); !users) return std::move(users).failure();

  auto store = open_store(s);
  if (!store) return explained(std::move(store).failure(), "data", s.data, "DIR");
  auto identity = node_identity(**store);
  if (!identity) return std::move(identity).failure();
  made->id_ = to_hex(as_bytes(identity->id));

  if (auto bound = made->bind_http(s); !bound) return std::move(bound).failure();
  actors::node_options options = options_of(s, durability_name, made->live_->tunables());
  options.node_id = made->id_;
  options.http = {made->http_->listens_on().host, made->http_->listens_on().port};
  if (secret) options.links = links_of(s, std::move(*secret), std::move(identity->key));
  options.config_file = config_file;
  options.configuration = made->live_;
  options.fatal = std::move(fatal);
  auto system = actors::node_system::start(std::move(options), std::move(*store));
  if (!system) return not_started(std::move(system).failure(), s);
  made->system_ = std::move(*system);
  const wire::endpoint& bound = made->system_->addresses().front();
  made->resp_ = {bound.ip, bound.port};
  made->live_->listens_on(made->resp_);
  made->serving_ = true;
  made->http_->start();
  return made;
}

std::optional<address> node::link() const {
  const auto where = system_->link_address();
  if (!where) return std::nullopt;
  return address{where->ip, where->port};
}

node::~node() {
  serving_ = false;
  if (http_) http_->stop();
}

result<void> node::bind_http(const settings& s) {
  const auto page = [this](bytes path,
                           std::function<http_answer(const actors::node_numbers*)> make) {
    return http_page{std::move(path),
                     [this, make = std::move(make)](const http_request&) { return page_of(make); }};
  };
  std::vector<http_page> pages;
  const auto index =
      page("/", [this](const actors::node_numbers* n) { return index_page(n, id_); });
  if (!s.dashboard) pages.push_back(index);
  pages.push_back(page("/health", health_page));
  pages.push_back(page("/ready", ready_page));
  pages.push_back(page("/metrics", metrics_page));
  if (s.dashboard) add_dashboard(s, index, pages);
  auto bound = http_server::bind(s.http, std::move(pages));
  if (!bound) return std::move(bound).failure();
  http_ = std::move(*bound);
  return {};
}

/// A browser gets the dashboard at /, and a program what it gets without one.
void node::add_dashboard(const settings& s, const http_page& index, std::vector<http_page>& pages) {
  const auto connect = [this](wire::endpoint peer,
                              bool as_viewer) -> result<std::unique_ptr<actors::local_client>> {
    if (!serving_) return error{errc::shutting_down, "the node starts or stops"};
    return system_->connect(std::move(peer), as_viewer);
  };
  dashboard_ = std::make_unique<dashboard_api>(
      connect, std::vector<bytes>{s.http.host, s.advertise.host}, random_bytes);
  pages.push_back({"/", [make = index.make](const http_request& request) {
                     return wants_page(request) ? dashboard_page_answer(request) : make(request);
                   }});
  for (const dashboard_asset& asset : dashboard_assets())
    pages.push_back({bytes{asset.path}, [asset](const http_request& request) {
                       return dashboard_answer(asset, request);
                     }});
  for (http_page& page : dashboard_->pages())
    pages.push_back(std::move(page));
}

http_answer node::page_of(const std::function<http_answer(const actors::node_numbers*)>& make) {
  if (!serving_) return make(nullptr);
  const actors::node_numbers numbers = system_->snapshot();
  return make(&numbers);
}

actors::stop_report node::stop() {
  serving_ = false;
  const actors::stop_report report = system_->stop(live_->values().shutdown_deadline);
  http_->stop();
  return report;
}

}  // namespace comet::runtime
