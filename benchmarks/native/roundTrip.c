/*
 * A message of 16 bytes there and back between two threads over inproc.
 *
 *   --pattern reqRep|pair --count trips --warmUp trips --pauseMicroseconds n --spin 0|1 --busyThreads n
 *
 * With a pause, both threads fall asleep before each trip and the trip is measured alone ("cold").
 * With spin, both sides ask again and again instead of sleeping ("hot").
 */
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum { MESSAGE_SIZE = 16 };

static void *context;
static int pattern_is_pair, spin;
static uint64_t trips;

static void receive_one (void *socket, unsigned char *buffer)
{
  int length;
  do
    length = zmq_recv (socket, buffer, MESSAGE_SIZE, spin ? ZMQ_DONTWAIT : 0);
  while (spin && length < 0 && zmq_errno () == EAGAIN);
  require (length == MESSAGE_SIZE, "zmq_recv");
}

static void *run_echo (void *unused)
{
  (void) unused;
  unsigned char buffer[MESSAGE_SIZE];
  void *socket = zmq_socket (context, pattern_is_pair ? ZMQ_PAIR : ZMQ_REP);
  require (zmq_connect (socket, "inproc://bench") == 0, "zmq_connect");
  for (uint64_t n = 0; n < trips; n++) {
    receive_one (socket, buffer);
    require (zmq_send (socket, buffer, MESSAGE_SIZE, 0) == MESSAGE_SIZE, "zmq_send");
  }
  zmq_close (socket);
  return NULL;
}

static void travel (void *socket, uint64_t n)
{
  unsigned char out[MESSAGE_SIZE], in[MESSAGE_SIZE];
  memset (out, (int) (n % POOL_SIZE), sizeof out);
  require (zmq_send (socket, out, MESSAGE_SIZE, 0) == MESSAGE_SIZE, "zmq_send");
  receive_one (socket, in);
  require (in[0] == n % POOL_SIZE, "a reply's content");
}

int main (int argc, char **argv)
{
  pattern_is_pair = strcmp (text_argument (argc, argv, "pattern", "reqRep"), "pair") == 0;
  spin = (int) number_argument (argc, argv, "spin", 0);
  const uint64_t count = number_argument (argc, argv, "count", 10000);
  const uint64_t warm_up = number_argument (argc, argv, "warmUp", count / 5);
  const uint64_t pause_us = number_argument (argc, argv, "pauseMicroseconds", 0);
  trips = count + warm_up;
  start_busy_threads ((unsigned) number_argument (argc, argv, "busyThreads", 0));

  context = zmq_ctx_new ();
  void *socket = zmq_socket (context, pattern_is_pair ? ZMQ_PAIR : ZMQ_REQ);
  require (zmq_bind (socket, "inproc://bench") == 0, "zmq_bind");
  pthread_t echo;
  require (pthread_create (&echo, NULL, run_echo, NULL) == 0, "pthread_create");
  uint64_t *times = malloc (count * sizeof *times);
  require (times != NULL, "malloc");
  for (uint64_t n = 0; n < warm_up; n++)
    travel (socket, n);
  const struct timespec pause = {0, (long) pause_us * 1000};
  const uint64_t started_ns = now_ns ();
  for (uint64_t n = 0; n < count; n++) {
    if (pause_us > 0)
      nanosleep (&pause, NULL);
    const uint64_t left_ns = now_ns ();
    travel (socket, n);
    times[n] = now_ns () - left_ns;
  }
  const uint64_t total_ns = now_ns () - started_ns;
  pthread_join (echo, NULL);
  zmq_close (socket);
  zmq_ctx_term (context);
  sort_times (times, count);
  printf ("{\"trips\":%llu,\"nanoseconds\":%llu,\"medianNanoseconds\":%llu,\"library\":\"%s\"}\n",
          (unsigned long long) count, (unsigned long long) total_ns,
          (unsigned long long) times[count / 2], library_version ());
  free (times);
  return 0;
}
