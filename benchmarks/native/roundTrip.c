/*
 * A message of 16 bytes there and back between two threads over inproc.
 *
 *   --pattern reqRep|pair --milliseconds n --warmUpMilliseconds n --pauseMicroseconds n --spin 0|1
 *   --busyThreads n
 *
 * With a pause, both threads have fallen asleep before each timed trip ("cold"). With spin, both sides
 * ask again and again instead of sleeping ("hot"). A message beginning with 255 ends the other thread.
 */
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { MESSAGE_SIZE = 16, STOP = 255 };

static void *context;
static int pattern_is_pair, spin;

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
  do {
    receive_one (socket, buffer);
    require (zmq_send (socket, buffer, MESSAGE_SIZE, 0) == MESSAGE_SIZE, "zmq_send");
  } while (buffer[0] != STOP);
  zmq_close (socket);
  return NULL;
}

static void travel (void *socket, unsigned char content)
{
  unsigned char out[MESSAGE_SIZE], in[MESSAGE_SIZE];
  memset (out, content, sizeof out);
  require (zmq_send (socket, out, MESSAGE_SIZE, 0) == MESSAGE_SIZE, "zmq_send");
  receive_one (socket, in);
  require (in[0] == content, "a reply's content");
}

int main (int argc, char **argv)
{
  pattern_is_pair = strcmp (text_argument (argc, argv, "pattern", "reqRep"), "pair") == 0;
  spin = (int) number_argument (argc, argv, "spin", 0);
  start_busy_threads ((unsigned) number_argument (argc, argv, "busyThreads", 0));

  context = zmq_ctx_new ();
  void *socket = zmq_socket (context, pattern_is_pair ? ZMQ_PAIR : ZMQ_REQ);
  require (zmq_bind (socket, "inproc://bench") == 0, "zmq_bind");
  pthread_t echo;
  require (pthread_create (&echo, NULL, run_echo, NULL) == 0, "pthread_create");
  uint64_t *times = malloc (MOST_TRIPS * sizeof *times);
  require (times != NULL, "malloc");
  time_trips (travel, socket, number_argument (argc, argv, "warmUpMilliseconds", 200), 0, times);
  const size_t trips = time_trips (travel, socket, number_argument (argc, argv, "milliseconds", 500),
                                   number_argument (argc, argv, "pauseMicroseconds", 0), times);
  travel (socket, STOP);
  pthread_join (echo, NULL);
  zmq_close (socket);
  zmq_ctx_term (context);
  uint64_t total_ns = 0;
  for (size_t n = 0; n < trips; n++)
    total_ns += times[n];
  sort_times (times, trips);
  printf ("{\"trips\":%zu,\"meanNanoseconds\":%llu,\"medianNanoseconds\":%llu,\"library\":\"%s\"}\n",
          trips, (unsigned long long) (total_ns / trips), (unsigned long long) times[trips / 2],
          library_version ());
  free (times);
  return 0;
}
