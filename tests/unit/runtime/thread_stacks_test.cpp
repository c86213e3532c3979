#include "runtime/thread_stacks.hpp"

#include <pthread.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

namespace comet::runtime {
namespace {

/// The default of new threads, put back at the end.
class stack_default {
 public:
  stack_default() { REQUIRE(pthread_getattr_default_np(&before_) == 0); }
  ~stack_default() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  stack_default(const stack_default&) = delete;
  stack_default& operator=(const stack_default&) = delete;

  void set(std::size_t size) {
    pthread_attr_t changed;
    REQUIRE(pthread_attr_init(&changed) == 0);
    REQUIRE(pthread_attr_setstacksize(&changed, size) == 0);
    REQUIRE(pthread_setattr_default_np(&changed) == 0);
    pthread_attr_destroy(&changed);
  }

 private:
  pthread_attr_t before_{};
};

std::size_t stack_of_a_thread() {
  std::size_t size = 0;
  std::thread([&size] {
    pthread_attr_t own;
    if (pthread_getattr_np(pthread_self(), &own) != 0) return;
    pthread_attr_getstacksize(&own, &size);
    pthread_attr_destroy(&own);
  }).join();
  return size;
}

TEST_CASE("threads have stacks for handlers that nest deeply, however small the default was") {
  stack_default present;
  present.set(std::size_t{1} << 20U);
  CHECK(stack_of_a_thread() < thread_stack_bytes);
  CHECK_FALSE(enlarge_thread_stacks());
  CHECK(stack_of_a_thread() >= thread_stack_bytes);
}

TEST_CASE("a default that is larger stays") {
  stack_default present;
  present.set(2 * thread_stack_bytes);
  CHECK_FALSE(enlarge_thread_stacks());
  CHECK(stack_of_a_thread() >= 2 * thread_stack_bytes);
}

}  // namespace
}  // namespace comet::runtime
