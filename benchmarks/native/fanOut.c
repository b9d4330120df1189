/*
 * One XPUB to several SUB sockets over tcp between two processes. The parent publishes, and waits for
 * whoever is behind (ZMQ_XPUB_NODROP); all SUB sockets are its child's, which sleeps in zmq_poll and then
 * empties each socket that has something.
 *
 *   --subscribers n --size bytes --count messages --warmUp messages
 *
 * Timed from the first send after the warm-up to the last receive of the last subscriber.
 */
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum { MOST_SUBSCRIBERS = 100, ENDPOINT_TEXT = 64 };

static int subscribers;
static size_t size;
static uint64_t count, warm_up;
/* To the child and from it. */
static int down[2], up[2];

static void publish_many (void *publisher, unsigned char **pool, uint64_t messages)
{
  for (uint64_t n = 0; n < messages; n++)
    require (zmq_send (publisher, pool[n % POOL_SIZE], size, 0) == (int) size, "zmq_send");
}

static void publish (void *context)
{
  const int yes = 1;
  char endpoint[ENDPOINT_TEXT], word;
  size_t length = sizeof endpoint;
  unsigned char **pool = prepare_pool (size);
  void *publisher = zmq_socket (context, ZMQ_XPUB);
  require (zmq_setsockopt (publisher, ZMQ_XPUB_NODROP, &yes, sizeof yes) == 0, "ZMQ_XPUB_NODROP");
  require (zmq_setsockopt (publisher, ZMQ_XPUB_VERBOSE, &yes, sizeof yes) == 0, "ZMQ_XPUB_VERBOSE");
  require (zmq_bind (publisher, "tcp://127.0.0.1:*") == 0, "zmq_bind");
  require (zmq_getsockopt (publisher, ZMQ_LAST_ENDPOINT, endpoint, &length) == 0, "the endpoint");
  give (down[1], endpoint, sizeof endpoint);
  for (int n = 0; n < subscribers; n++)
    require (zmq_recv (publisher, &word, 1, 0) == 1, "a subscription");
  publish_many (publisher, pool, warm_up);
  get (up[0], &word, 1);
  const uint64_t started_ns = now_ns ();
  publish_many (publisher, pool, count);
  uint64_t ended_ns;
  get (up[0], &ended_ns, sizeof ended_ns);
  zmq_close (publisher);
  printf ("{\"messages\":%llu,\"deliveries\":%llu,\"nanoseconds\":%llu,\"library\":\"%s\"}\n",
          (unsigned long long) count, (unsigned long long) (count * (uint64_t) subscribers),
          (unsigned long long) (ended_ns - started_ns), library_version ());
}

/* Empties one socket of up to `end` messages; returns how many it has received then. */
static uint64_t drain (void *subscriber, unsigned char *buffer, uint64_t received, uint64_t end,
                       int all_bytes)
{
  for (; received < end; received++) {
    const int length = zmq_recv (subscriber, buffer, size, ZMQ_DONTWAIT);
    if (length < 0) {
      require (zmq_errno () == EAGAIN, "zmq_recv");
      break;
    }
    require (length == (int) size && buffer[0] == received % POOL_SIZE, "a message's order or length");
    if (all_bytes && received < POOL_SIZE)
      check_all_bytes (buffer, (size_t) length, size, received);
  }
  return received;
}

static void receive_many (zmq_pollitem_t *items, uint64_t messages, int all_bytes)
{
  static uint64_t received[MOST_SUBSCRIBERS];
  unsigned char *buffer = malloc (size);
  require (buffer != NULL, "malloc");
  for (int i = 0; i < subscribers; i++)
    received[i] = 0;
  for (int left = subscribers; left > 0;) {
    require (zmq_poll (items, subscribers, -1) > 0, "zmq_poll");
    for (int i = 0; i < subscribers; i++) {
      if (!(items[i].revents & ZMQ_POLLIN) || received[i] == messages)
        continue;
      received[i] = drain (items[i].socket, buffer, received[i], messages, all_bytes);
      left -= received[i] == messages;
    }
  }
  free (buffer);
}

static void subscribe (void *context)
{
  zmq_pollitem_t items[MOST_SUBSCRIBERS];
  char endpoint[ENDPOINT_TEXT];
  get (down[0], endpoint, sizeof endpoint);
  for (int i = 0; i < subscribers; i++) {
    items[i] = (zmq_pollitem_t){zmq_socket (context, ZMQ_SUB), 0, ZMQ_POLLIN, 0};
    require (zmq_setsockopt (items[i].socket, ZMQ_SUBSCRIBE, "", 0) == 0, "ZMQ_SUBSCRIBE");
    require (zmq_connect (items[i].socket, endpoint) == 0, "zmq_connect");
  }
  receive_many (items, warm_up, 1);
  give (up[1], "w", 1);
  receive_many (items, count, 0);
  const uint64_t ended_ns = now_ns ();
  give (up[1], &ended_ns, sizeof ended_ns);
  for (int i = 0; i < subscribers; i++)
    zmq_close (items[i].socket);
}

int main (int argc, char **argv)
{
  subscribers = (int) number_argument (argc, argv, "subscribers", 1);
  require (subscribers <= MOST_SUBSCRIBERS, "--subscribers");
  size = number_argument (argc, argv, "size", 64);
  count = number_argument (argc, argv, "count", 1000000);
  warm_up = number_argument (argc, argv, "warmUp", count / 2);
  require (pipe (down) == 0 && pipe (up) == 0, "pipe");
  const pid_t child = fork ();
  require (child >= 0, "fork");
  void *context = zmq_ctx_new ();
  if (child == 0) {
    subscribe (context);
    zmq_ctx_term (context);
    return 0;
  }
  publish (context);
  int status;
  require (waitpid (child, &status, 0) == child && status == 0, "the other process");
  zmq_ctx_term (context);
  return 0;
}
