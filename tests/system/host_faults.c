// Faults of one host's clocks and disk, for a process that this library is preloaded into: its wall
// clock is off, its monotonic clock runs fast or slow, its disk is slow. HOST_FAULTS names a file
// that holds the numbers below; it is mapped, so a test changes them while the process runs
// (host_faults.py). All but the drift, which is that of the start.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct faults {
  int64_t clock_offset_ns;
  int64_t sync_delay_ns;
  int64_t write_delay_ns;
  int64_t drift_ppm;    // that the monotonic clock runs fast since the start
  int64_t clock_reads;  // counted by the process: the test sees that it asks here
};
static struct faults nothing;
static struct faults* now = &nothing;
static int64_t start_ns;
static int64_t drift_ppm;
static int (*next_timedwait)(pthread_cond_t*, pthread_mutex_t*, const struct timespec*);
static int (*next_clockwait)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const struct timespec*);

static const int64_t second = 1000000000;

__attribute__((constructor)) static void map_faults(void) {
  next_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
  next_clockwait = dlsym(RTLD_NEXT, "pthread_cond_clockwait");
  const char* path = getenv("HOST_FAULTS");
  if (path == NULL) return;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) abort();
  void* mapped = mmap(NULL, sizeof nothing, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) abort();
  close(file);
  now = mapped;
  struct timespec t;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
  start_ns = t.tv_sec * second + t.tv_nsec;
  drift_ppm = now->drift_ppm;
}

static struct timespec moved(struct timespec t, int64_t by_ns) {
  const int64_t ns = t.tv_sec * second + t.tv_nsec + by_ns;
  return (struct timespec){ns / second, ns % second};
}

static int64_t read_of(const int64_t* number) {
  return __atomic_load_n(number, __ATOMIC_RELAXED);
}

static int64_t elapsed_ns(const struct timespec* t) {
  return t->tv_sec * second + t->tv_nsec - start_ns;
}

int clock_gettime(clockid_t clock, struct timespec* out) {
  if (syscall(SYS_clock_gettime, clock, out) != 0) return -1;
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
    __atomic_fetch_add(&now->clock_reads, 1, __ATOMIC_RELAXED);
    *out = moved(*out, read_of(&now->clock_offset_ns));
  } else if (clock == CLOCK_MONOTONIC && drift_ppm != 0) {
    *out = moved(*out, elapsed_ns(out) / 1000000 * drift_ppm);
  }
  return 0;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  (void)zone;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  *out = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* out) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  if (out != NULL) *out = t.tv_sec;
  return t.tv_sec;
}

// Until a time of the wall clock, which the kernel knows without the offset. What waits by the other
// clock names times of this boot, which are small.
int pthread_cond_timedwait(pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex,
                           const struct timespec* restrict until) {
  const int is_wall = until->tv_sec > 1000000000;
  const struct timespec t = moved(*until, is_wall ? -read_of(&now->clock_offset_ns) : 0);
  return next_timedwait(condition, mutex, &t);
}

// When this clock shows a time the kernel's shows another.
int pthread_cond_clockwait(pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex,
                           clockid_t clock, const struct timespec* restrict until) {
  int64_t ahead = 0;
  if (clock == CLOCK_REALTIME) ahead = read_of(&now->clock_offset_ns);
  if (clock == CLOCK_MONOTONIC && drift_ppm != 0)
    ahead = elapsed_ns(until) / (1000000 + drift_ppm) * drift_ppm;
  const struct timespec t = moved(*until, -ahead);
  return next_clockwait(condition, mutex, clock, &t);
}

static void delay(const int64_t* ns) {
  const int64_t whole = read_of(ns);
  if (whole <= 0) return;
  const int before = errno;
  struct timespec t = {whole / second, whole % second};
  nanosleep(&t, NULL);
  errno = before;
}

static void delay_file(int file) {
  struct stat of;
  if (read_of(&now->write_delay_ns) > 0 && fstat(file, &of) == 0 && S_ISREG(of.st_mode))
    delay(&now->write_delay_ns);
}

int fdatasync(int file) {
  delay(&now->sync_delay_ns);
  return (int)syscall(SYS_fdatasync, file);
}

int fsync(int file) {
  delay(&now->sync_delay_ns);
  return (int)syscall(SYS_fsync, file);
}

ssize_t write(int file, const void* data, size_t size) {
  delay_file(file);
  return syscall(SYS_write, file, data, size);
}

ssize_t pwrite64(int file, const void* data, size_t size, off64_t at) {
  delay_file(file);
  return syscall(SYS_pwrite64, file, data, size, at);
}
