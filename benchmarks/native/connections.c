/*
 * One ROUTER bound to a port, which many connect to; it sends back what it receives.
 *
 *   --connections n
 *
 * Says in lines its port and, for each line that it is told, by how many bytes its resident memory has
 * grown since it was bound: first when all are connected, then when all are served.
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

enum { ENDPOINT_TEXT = 64 };

/* As many files as the system lets this process have. */
static void raise_file_limit (void)
{
  struct rlimit limit;
  require (getrlimit (RLIMIT_NOFILE, &limit) == 0, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  require (setrlimit (RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

static void say (unsigned long long number)
{
  printf ("%llu\n", number);
  fflush (stdout);
}

static void await_line (void)
{
  char line[32];
  require (fgets (line, sizeof line, stdin) != NULL, "reading a line");
}

static void send_back (void *router)
{
  zmq_msg_t frame;
  int has_more;
  do {
    require (zmq_msg_init (&frame) == 0, "zmq_msg_init");
    require (zmq_msg_recv (&frame, router, 0) >= 0, "zmq_msg_recv");
    has_more = zmq_msg_more (&frame);
    require (zmq_msg_send (&frame, router, has_more ? ZMQ_SNDMORE : 0) >= 0, "zmq_msg_send");
  } while (has_more);
}

int main (int argc, char **argv)
{
  const uint64_t connections = number_argument (argc, argv, "connections", 10000);
  char endpoint[ENDPOINT_TEXT];
  size_t length = sizeof endpoint;
  raise_file_limit ();
  void *context = zmq_ctx_new ();
  void *router = zmq_socket (context, ZMQ_ROUTER);
  require (zmq_bind (router, "tcp://127.0.0.1:*") == 0, "zmq_bind");
  require (zmq_getsockopt (router, ZMQ_LAST_ENDPOINT, endpoint, &length) == 0, "the endpoint");
  const uint64_t before = resident_bytes ();
  say (strtoull (strrchr (endpoint, ':') + 1, NULL, 10));
  await_line ();
  say (resident_bytes () - before);
  for (uint64_t n = 0; n < connections; n++)
    send_back (router);
  await_line ();
  say (resident_bytes () - before);
  return 0;
}
