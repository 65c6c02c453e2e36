/*
 * The other end of every measurement: one epoll loop, the same for all contenders, far faster than any of them.
 *
 *   load echo PORT CONNECTIONS SIZE SECONDS   closed-loop echo; each message ends in a newline
 *   load accept PORT CONCURRENT SECONDS       connect, wait for the end, close
 *   load idle PORT CONNECTIONS                opens connections, says "ready", holds them until its input ends
 *   load flood SIZE HEADER                    listens; sends messages of SIZE (4 bytes of length first, or lines) for ever
 *   load sink                                 listens; reads and drops
 *   load take BYTES                           listens; reads BYTES from each connection, then sends one byte
 *   load serve                                listens; echoes: what the machine itself can do
 *
 * Prints one line of JSON, or the port it listens on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int dial(int port, int blocking) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (fd < 0) return -1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (!blocking) fcntl(fd, F_SETFL, O_NONBLOCK);
  if (connect(fd, (void *)&a, sizeof a) && errno != EINPROGRESS) {
    close(fd);
    return -1;
  }
  return fd;
}

static int serve(void) {
  struct sockaddr_in a = {.sin_family = AF_INET};
  socklen_t size = sizeof a;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(fd, (void *)&a, sizeof a) || listen(fd, 511)) exit(1);
  getsockname(fd, (void *)&a, &size);
  printf("%d\n", ntohs(a.sin_port));
  fflush(stdout);
  return fd;
}

struct conn {
  int fd;
  size_t sent, got;
  double began;
};

static int compare(const void *a, const void *b) {
  double x = *(double *)a, y = *(double *)b;
  return x < y ? -1 : x > y;
}

static void echo(int port, int count, size_t size, double seconds) {
  char *out = malloc(size), *in = malloc(1 << 18);
  memset(out, 'a', size);
  out[size - 1] = '\n';
  int ep = epoll_create1(0);
  struct conn *all = calloc(count, sizeof *all);
  for (int i = 0; i < count; i++) {
    if ((all[i].fd = dial(port, 1)) < 0) exit(1);
    fcntl(all[i].fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &all[i]};
    epoll_ctl(ep, EPOLL_CTL_ADD, all[i].fd, &e);
    all[i].began = now();
  }
  long done = 0, kept = 0, most = 4000000;
  double *times = malloc(sizeof(double) * most), start = now(), end = start + seconds;
  struct epoll_event events[256];
  while (now() < end) {
    int n = epoll_wait(ep, events, 256, 100);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      for (int moved = 1; moved;) {
        moved = 0;
        while (c->sent < size) {
          ssize_t w = send(c->fd, out + c->sent, size - c->sent, MSG_NOSIGNAL);
          if (w <= 0) break;
          c->sent += w;
          moved = 1;
        }
        while (c->got < size) {
          ssize_t r = recv(c->fd, in, 1 << 18, 0);
          if (r == 0) exit(2);
          if (r < 0) break;
          c->got += r;
          moved = 1;
        }
        if (c->got >= size) {
          double t = now();
          if (kept < most) times[kept++] = t - c->began;
          c->began = t;
          c->got = c->sent = 0;
          done++;
          moved = 1;
        }
      }
    }
  }
  double took = now() - start;
  qsort(times, kept, sizeof(double), compare);
  printf("{\"rate\":%.1f,\"p50\":%.1f,\"p99\":%.1f}\n", done / took, kept ? times[kept / 2] * 1e6 : 0,
         kept ? times[(long)(kept * 0.99)] * 1e6 : 0);
}

static void accepts(int port, int count, double seconds) {
  int ep = epoll_create1(0);
  char byte[64];
  long done = 0;
  for (int i = 0; i < count; i++) {
    int fd = dial(port, 0);
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
  double start = now(), end = start + seconds;
  struct epoll_event events[256];
  while (now() < end) {
    int n = epoll_wait(ep, events, 256, 100);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (recv(fd, byte, sizeof byte, 0) < 0 && errno == EAGAIN) continue;
      close(fd);
      done++;
      fd = dial(port, 0);
      if (fd < 0) exit(1);
      struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = fd};
      epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
    }
  }
  printf("{\"rate\":%.1f}\n", done / (now() - start));
}

static void idle(int port, int count) {
  for (int i = 0; i < count; i++)
    if (dial(port, 1) < 0) exit(1);
  puts("ready");
  fflush(stdout);
  while (getchar() != EOF)
    ;
}

static void flood(size_t size, int header) {
  size_t one = size + (header ? 4 : 0), count = (1 << 20) / one;
  char *out = malloc(one * count);
  for (size_t i = 0; i < count; i++) {
    char *m = out + i * one;
    unsigned length = htonl(size);
    if (header) memcpy(m, &length, 4), m += 4;
    memset(m, 'a', size);
    if (!header) m[size - 1] = '\n';
  }
  int listener = serve();
  for (;;) {
    int fd = accept(listener, 0, 0);
    for (size_t at = 0;;) {
      ssize_t w = send(fd, out + at, one * count - at, MSG_NOSIGNAL);
      if (w <= 0) break;
      at = (at + w) % (one * count);
    }
    close(fd);
  }
}

static void take(long bytes) {
  char *in = malloc(1 << 18);
  int listener = serve();
  for (;;) {
    int fd = accept(listener, 0, 0);
    for (long left = bytes; left > 0 || bytes == 0;) {
      ssize_t r = recv(fd, in, 1 << 18, 0);
      if (r <= 0) break;
      left -= r;
    }
    send(fd, "x", 1, MSG_NOSIGNAL);
    close(fd);
  }
}

static void serve_echo(void) {
  int listener = serve(), ep = epoll_create1(0), one = 1;
  char *in = malloc(1 << 16);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
  for (;;) {
    int n = epoll_wait(ep, events, 256, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        fd = accept(listener, 0, 0);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        e.data.fd = fd;
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
        continue;
      }
      ssize_t r = recv(fd, in, 1 << 16, 0), at = 0;
      for (ssize_t w; at < r && (w = send(fd, in + at, r - at, MSG_NOSIGNAL)) > 0;) at += w;
      if (r <= 0 || at < r) close(fd);
    }
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  const char *mode = argc > 1 ? argv[1] : "";
  if (!strcmp(mode, "echo")) echo(atoi(argv[2]), atoi(argv[3]), atol(argv[4]), atof(argv[5]));
  else if (!strcmp(mode, "accept")) accepts(atoi(argv[2]), atoi(argv[3]), atof(argv[4]));
  else if (!strcmp(mode, "idle")) idle(atoi(argv[2]), atoi(argv[3]));
  else if (!strcmp(mode, "flood")) flood(atol(argv[2]), atoi(argv[3]));
  else if (!strcmp(mode, "sink")) take(0);
  else if (!strcmp(mode, "take")) take(atol(argv[2]));
  else if (!strcmp(mode, "serve")) serve_echo();
  else return 1;
  return 0;
}
