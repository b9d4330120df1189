/*
 * Resident memory of idle pipes: half of the sockets are PUSH, half PULL, each connected to every one
 * of the other half.
 *
 *   --pipes n (a square number)
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

int main (int argc, char **argv)
{
  const uint64_t pipes = number_argument (argc, argv, "pipes", 10000);
  uint64_t side = 1;
  while (side * side < pipes)
    side++;
  void *context = zmq_ctx_new ();
  void **sockets = malloc (2 * side * sizeof *sockets);
  require (sockets != NULL, "malloc");
  const uint64_t before = resident_bytes ();
  char endpoint[32];
  for (uint64_t i = 0; i < side; i++) {
    sockets[i] = zmq_socket (context, ZMQ_PULL);
    snprintf (endpoint, sizeof endpoint, "inproc://%llu", (unsigned long long) i);
    require (zmq_bind (sockets[i], endpoint) == 0, "zmq_bind");
  }
  for (uint64_t i = side; i < 2 * side; i++) {
    sockets[i] = zmq_socket (context, ZMQ_PUSH);
    for (uint64_t k = 0; k < side; k++) {
      snprintf (endpoint, sizeof endpoint, "inproc://%llu", (unsigned long long) k);
      require (zmq_connect (sockets[i], endpoint) == 0, "zmq_connect");
    }
  }
  /* A bound socket takes up its new pipes when it is next asked something. */
  for (uint64_t i = 0; i < side; i++) {
    int events;
    size_t length = sizeof events;
    require (zmq_getsockopt (sockets[i], ZMQ_EVENTS, &events, &length) == 0, "ZMQ_EVENTS");
  }
  const uint64_t after = resident_bytes ();
  for (uint64_t i = 0; i < 2 * side; i++)
    zmq_close (sockets[i]);
  zmq_ctx_term (context);
  free (sockets);
  printf ("{\"pipes\":%llu,\"residentBytes\":%llu,\"library\":\"%s\"}\n",
          (unsigned long long) (side * side), (unsigned long long) (after - before),
          library_version ());
  return 0;
}
