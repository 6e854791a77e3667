/* A target that stamps arrivals. It answers every GET with the same 637-byte JSON document (read from a file, so that it
   is the answer that the driven pack recorded), and keeps the CLOCK_MONOTONIC nanoseconds of each request: when the
   kernel received its last segment (SO_TIMESTAMPNS), so that its own wake-up and what it does for others stay out; where
   the kernel does not say, when it was read. GET /__reset forgets them, GET /__dump returns them as an array of int64,
   GET /__waits how long each was in the kernel, likewise. One thread, epoll, keep-alive, pipelining. With `awake` it never
   sleeps: to wake it is the sender's work on one machine, which it is not where the two stand apart.
   usage: sink PORT BODY_FILE [awake] */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 4000000
#define FILES 65536
#define TYPE "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "

static int64_t *stamps, *waits;
static size_t count;
static unsigned char state[FILES]; /* how much of CR LF CR LF has been seen on a connection */
static char in[65536], answer[65536];
static size_t answer_size;

static int64_t nanoseconds(struct timespec t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }

static int64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return nanoseconds(t);
}

/* How long ago the kernel received what was just read, in nanoseconds: 0 where it does not say. Its stamps are of the
   time of day, which may be set, so that only a difference is taken, and a senseless one is none. */
static int64_t waited(struct msghdr *message) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec t;
      memcpy(&t, CMSG_DATA(c), sizeof t);
      int64_t ago = now(CLOCK_REALTIME) - nanoseconds(t);
      return ago > 0 && ago < 1000000000LL ? ago : 0;
    }
  return 0;
}

static void send_all(int fd, const void *data, size_t size) {
  const char *at = data;
  while (size) {
    ssize_t sent = write(fd, at, size);
    if (sent < 0) {
      if (errno != EAGAIN) return;
      usleep(200);
      continue;
    }
    at += sent;
    size -= sent;
  }
}

static void control(int fd) {
  char head[128];
  if (in[7] == 'r') count = 0;
  size_t size = count * sizeof *stamps;
  send_all(fd, head, snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size));
  send_all(fd, in[7] == 'w' ? waits : stamps, size);
}

static int complete(int fd, ssize_t size) {
  int seen = state[fd], found = 0;
  for (ssize_t i = 0; i < size; i++) {
    char c = in[i];
    seen = c == '\r' ? (seen == 2 ? 3 : 1) : c == '\n' ? (seen == 1 ? 2 : seen == 3 ? 4 : 0) : 0;
    if (seen == 4) found++, seen = 0;
  }
  state[fd] = seen;
  return found;
}

static void readable(int fd) {
  char control_data[256];
  struct iovec piece = {in, sizeof in};
  struct msghdr message = {
      .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control_data, .msg_controllen = sizeof control_data};
  ssize_t size = recvmsg(fd, &message, 0);
  if (size <= 0) {
    if (size == 0 || errno != EAGAIN) close(fd);
    return;
  }
  int64_t at = now(CLOCK_MONOTONIC), wait = waited(&message);
  if (size > 12 && !memcmp(in, "GET /__", 7)) {
    control(fd);
    return;
  }
  for (int n = complete(fd, size); n > 0; n--) {
    if (count < MOST) waits[count] = wait, stamps[count++] = at - wait;
    send_all(fd, answer, answer_size);
  }
}

static void take(int listener, int poll) {
  int one = 1, fd = accept4(listener, 0, 0, SOCK_NONBLOCK);
  if (fd < 0) return;
  if (fd >= FILES) {
    close(fd);
    return;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
  state[fd] = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 4) return 2;
  char body[60000];
  FILE *file = fopen(argv[2], "rb");
  if (!file) return 2;
  size_t body_size = fread(body, 1, sizeof body, file);
  answer_size = snprintf(answer, sizeof answer, TYPE "%zu\r\n\r\n", body_size);
  memcpy(answer + answer_size, body, body_size);
  answer_size += body_size;
  stamps = malloc(sizeof *stamps * MOST);
  waits = malloc(sizeof *waits * MOST);
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) return 1;
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(poll, events, 256, argc == 4 ? 0 : -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) take(listener, poll);
      else readable(fd);
    }
  }
}
