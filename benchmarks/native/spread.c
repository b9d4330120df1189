/*
 * One PUSH to several PULL sockets. One thread sends; one other owns all the PULL sockets, sleeps in
 * zmq_poll and then empties each socket that has something.
 *
 *   --sockets n --size bytes --count messages --warmUp messages --busyThreads n
 *
 * Timed from the first send after the warm-up to the last receive.
 */
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

enum { MOST_SOCKETS = 64 };

static void *context;
static gate_t connected, warm;
static size_t size;
static uint64_t count, warm_up, started_ns;

static void send_many (void *push, unsigned char **pool, uint64_t messages)
{
  for (uint64_t n = 0; n < messages; n++)
    require (zmq_send (push, pool[n % POOL_SIZE], size, 0) == (int) size, "zmq_send");
}

static void *run_sender (void *push)
{
  unsigned char **pool = prepare_pool (size);
  gate_wait (&connected);
  send_many (push, pool, warm_up);
  gate_wait (&warm);
  started_ns = now_ns ();
  send_many (push, pool, count);
  return NULL;
}

/* Empties one socket, or stops when nothing is left to come. */
static uint64_t drain (void *pull, unsigned char *buffer, uint64_t *checksum, uint64_t most)
{
  uint64_t received = 0;
  while (received < most) {
    const int length = zmq_recv (pull, buffer, size, ZMQ_DONTWAIT);
    if (length < 0) {
      require (zmq_errno () == EAGAIN, "zmq_recv");
      break;
    }
    require ((size_t) length == size, "a message's length");
    *checksum += buffer[0];
    received++;
  }
  return received;
}

static void receive_many (zmq_pollitem_t *items, int sockets, uint64_t messages)
{
  unsigned char *buffer = malloc (size);
  require (buffer != NULL, "malloc");
  uint64_t received = 0, checksum = 0, expected = 0;
  while (received < messages) {
    require (zmq_poll (items, sockets, -1) > 0, "zmq_poll");
    for (int i = 0; i < sockets; i++)
      if (items[i].revents & ZMQ_POLLIN)
        received += drain (items[i].socket, buffer, &checksum, messages - received);
  }
  for (uint64_t n = 0; n < messages; n++)
    expected += n % POOL_SIZE;
  require (checksum == expected, "the messages' content");
  free (buffer);
}

int main (int argc, char **argv)
{
  const int sockets = (int) number_argument (argc, argv, "sockets", 2);
  require (sockets <= MOST_SOCKETS, "--sockets");
  size = number_argument (argc, argv, "size", 64);
  count = number_argument (argc, argv, "count", 1000000);
  warm_up = number_argument (argc, argv, "warmUp", count / 5);
  start_busy_threads ((unsigned) number_argument (argc, argv, "busyThreads", 0));

  context = zmq_ctx_new ();
  gate_init (&connected);
  gate_init (&warm);
  void *push = zmq_socket (context, ZMQ_PUSH);
  require (zmq_bind (push, "inproc://bench") == 0, "zmq_bind");
  pthread_t sender;
  require (pthread_create (&sender, NULL, run_sender, push) == 0, "pthread_create");
  zmq_pollitem_t items[MOST_SOCKETS];
  for (int i = 0; i < sockets; i++) {
    items[i] = (zmq_pollitem_t){zmq_socket (context, ZMQ_PULL), 0, ZMQ_POLLIN, 0};
    require (zmq_connect (items[i].socket, "inproc://bench") == 0, "zmq_connect");
  }
  gate_open (&connected);
  receive_many (items, sockets, warm_up);
  gate_open (&warm);
  receive_many (items, sockets, count);
  const uint64_t ended_ns = now_ns ();
  pthread_join (sender, NULL);
  zmq_close (push);
  for (int i = 0; i < sockets; i++)
    zmq_close (items[i].socket);
  zmq_ctx_term (context);
  printf ("{\"messages\":%llu,\"nanoseconds\":%llu,\"library\":\"%s\"}\n",
          (unsigned long long) count, (unsigned long long) (ended_ns - started_ns),
          library_version ());
  return 0;
}
