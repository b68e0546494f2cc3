/* Loaded into the program by LD_PRELOAD: what the kernel may do to it, done on
 * purpose and often. It is told what to do by the environment, and by a file
 * that both sides map (faults.go).
 *
 *   FAULTS_ACCEPT=N     every third accept4() fails with errno N
 *   FAULTS_STREAM=1     recv() and send() on sockets move a part only, or are
 *                       interrupted, or find nothing, every few calls
 *   FAULTS_SHARED=FILE  the clock's shift in seconds, and how often anything
 *                       was done
 *
 * Whoever waits for edges (EPOLLET) may wait for one once recv() or send() said
 * less than it was asked for. The kernel has an edge then when more can be
 * moved (epoll(7)); so here too one follows what was made up. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct shared {
  _Atomic int64_t shift;
  _Atomic int64_t done;
};

enum { kMostSockets = 65536 };

/* Where a socket waits; 0 if nowhere. */
static struct waiting {
  _Atomic int poll;
  struct epoll_event event;
} waiting[kMostSockets];

static struct shared nowhere;
static struct shared *shared = &nowhere;
static int accept_error;
static int stream_faults;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *error = getenv("FAULTS_ACCEPT");
  if (error != NULL) accept_error = atoi(error);
  stream_faults = getenv("FAULTS_STREAM") != NULL;
  const char *path = getenv("FAULTS_SHARED");
  const int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) abort();
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                0);
  if (shared == MAP_FAILED) abort();
  close(fd);
}

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
  static _Atomic unsigned calls;
  static __typeof__(&accept4) next;
  if (next == NULL) next = NEXT(accept4);
  if (accept_error != 0 && ++calls % 3 == 0) {
    ++shared->done;
    errno = accept_error;
    return -1;
  }
  return next(fd, address, size, flags);
}

static __typeof__(&epoll_ctl) next_epoll_ctl(void) {
  static __typeof__(&epoll_ctl) next;
  if (next == NULL) next = NEXT(epoll_ctl);
  return next;
}

int epoll_ctl(int poll, int operation, int fd, struct epoll_event *event) {
  if (fd >= 0 && fd < kMostSockets) {
    waiting[fd].poll = 0;
    if (operation == EPOLL_CTL_ADD) {
      waiting[fd].event = *event;
      waiting[fd].poll = poll;
    }
  }
  return next_epoll_ctl()(poll, operation, fd, event);
}

static void give_an_edge(int fd) {
  if (fd >= kMostSockets || waiting[fd].poll == 0) return;
  const int error = errno;
  next_epoll_ctl()(waiting[fd].poll, EPOLL_CTL_MOD, fd, &waiting[fd].event);
  errno = error;
}

enum fault { kNone, kInterrupted, kNothing, kPart };

static enum fault next_fault(size_t size) {
  static _Atomic unsigned calls;
  if (!stream_faults || size < 2) return kNone;
  switch (++calls % 11) {
    case 2:
      return kInterrupted;
    case 5:
      return kNothing;
    case 8:
      return kPart;
    default:
      return kNone;
  }
}

/* What is left of the size; 0 if the call fails. */
static size_t do_fault(int fd, size_t size) {
  const enum fault fault = next_fault(size);
  if (fault == kNone) return size;
  ++shared->done;
  if (fault != kInterrupted) give_an_edge(fd);
  if (fault == kPart) return size < 64 ? 1 : size / 7;
  errno = fault == kInterrupted ? EINTR : EAGAIN;
  return 0;
}

ssize_t recv(int fd, void *data, size_t size, int flags) {
  static __typeof__(&recv) next;
  if (next == NULL) next = NEXT(recv);
  size_t some = (flags & (MSG_PEEK | MSG_TRUNC)) ? size : do_fault(fd, size);
  return some == 0 && size != 0 ? -1 : next(fd, data, some, flags);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
  static __typeof__(&send) next;
  if (next == NULL) next = NEXT(send);
  size_t some = do_fault(fd, size);
  return some == 0 && size != 0 ? -1 : next(fd, data, some, flags);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static __typeof__(&clock_gettime) next;
  if (next == NULL) next = NEXT(clock_gettime);
  const int result = next(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME && shared->shift != 0) {
    now->tv_sec += shared->shift;
    ++shared->done;
  }
  return result;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) *result = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  result->tv_sec = now.tv_sec;
  result->tv_usec = now.tv_nsec / 1000;
  return 0;
}
