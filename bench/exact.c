/* The floor of what a sender in one thread reaches here: it sends the same small GET at given instants and does nothing
   else. It never sleeps, since it reads the clock until an instant has come, and it looks for answers only where the
   next instant is far. usage: exact PORT FILE, a file of int64 nanoseconds from the first, ascending. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS 64
#define FAR 200000
static const char message[] = "GET /v1/items/000000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int opened(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(port)};
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, (void *)&where, sizeof where)) exit(3);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void drain(const int *sockets) {
  static char answer[65536];
  for (int i = 0; i < SOCKETS; i++)
    while (recv(sockets[i], answer, sizeof answer, MSG_DONTWAIT) > 0) {
    }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int sockets[SOCKETS];
  for (int i = 0; i < SOCKETS; i++) sockets[i] = opened(atoi(argv[1]));
  FILE *file = fopen(argv[2], "rb");
  if (!file) return 2;
  int64_t due, start = now() + 100000000;
  for (size_t n = 0; fread(&due, sizeof due, 1, file) == 1; n++) {
    if (start + due - now() > FAR) drain(sockets);
    while (now() < start + due) {
    }
    if (send(sockets[n % SOCKETS], message, sizeof message - 1, 0) < 0) return 4;
  }
  usleep(100000);
  drain(sockets);
  return 0;
}
