/*
 * Two processes over tcp on this machine, default high-water marks: one PUSH to one PULL, or 16 bytes
 * from a REQ to a REP and back.
 *
 *   --pattern pushPull --size bytes --count messages --warmUp messages --how copy|message --curve 0|1
 *   --pattern reqRep --milliseconds n --warmUpMilliseconds n --pauseMicroseconds n
 *
 * The parent binds and receives, or asks; its child, made before either has a context, connects and
 * sends, or answers. "How" is that of pushPull.c. A message beginning with 255 ends the answering child.
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum { TRIP_SIZE = 16, STOP = 255, KEY_TEXT = 41, ENDPOINT_TEXT = 64 };

/* What the parent tells the child when it is bound. */
typedef struct {
  char endpoint[ENDPOINT_TEXT];
  char server_public[KEY_TEXT];
} place_t;

static int by_copy, has_curve;
static size_t size;
static uint64_t count, warm_up;
/* To the child and from it. */
static int down[2], up[2];

static void *bind_socket (void *context, int type)
{
  place_t place;
  memset (&place, 0, sizeof place);
  void *socket = zmq_socket (context, type);
  if (has_curve) {
    const int is_server = 1;
    char secret[KEY_TEXT];
    require (zmq_curve_keypair (place.server_public, secret) == 0, "zmq_curve_keypair");
    zmq_setsockopt (socket, ZMQ_CURVE_SERVER, &is_server, sizeof is_server);
    require (zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, secret, KEY_TEXT) == 0, "a secret key");
  }
  require (zmq_bind (socket, "tcp://127.0.0.1:*") == 0, "zmq_bind");
  size_t length = sizeof place.endpoint;
  zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, place.endpoint, &length);
  give (down[1], &place, sizeof place);
  return socket;
}

static void *connect_socket (void *context, int type)
{
  place_t place;
  get (down[0], &place, sizeof place);
  void *socket = zmq_socket (context, type);
  if (has_curve) {
    char public[KEY_TEXT], secret[KEY_TEXT];
    require (zmq_curve_keypair (public, secret) == 0, "zmq_curve_keypair");
    zmq_setsockopt (socket, ZMQ_CURVE_SERVERKEY, place.server_public, KEY_TEXT);
    zmq_setsockopt (socket, ZMQ_CURVE_PUBLICKEY, public, KEY_TEXT);
    require (zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, secret, KEY_TEXT) == 0, "a secret key");
  }
  require (zmq_connect (socket, place.endpoint) == 0, "zmq_connect");
  return socket;
}

static void send_many (void *push, unsigned char **pool, uint64_t messages)
{
  for (uint64_t n = 0; n < messages; n++) {
    unsigned char *prepared = pool[n % POOL_SIZE];
    if (by_copy) {
      require (zmq_send (push, prepared, size, 0) == (int) size, "zmq_send");
      continue;
    }
    zmq_msg_t message;
    require (zmq_msg_init_size (&message, size) == 0, "zmq_msg_init_size");
    memcpy (zmq_msg_data (&message), prepared, size);
    require (zmq_msg_send (&message, push, 0) == (int) size, "zmq_msg_send");
  }
}

static void push_messages (void *context)
{
  unsigned char **pool = prepare_pool (size);
  void *push = connect_socket (context, ZMQ_PUSH);
  char is_warm;
  send_many (push, pool, warm_up);
  get (down[0], &is_warm, 1);
  const uint64_t started_ns = now_ns ();
  send_many (push, pool, count);
  give (up[1], &started_ns, sizeof started_ns);
  zmq_close (push);
}

/* Checks order, length and first byte, and all bytes of the first messages where asked. */
static void receive_many (void *pull, uint64_t messages, int all_bytes)
{
  unsigned char *buffer = malloc (size);
  zmq_msg_t message;
  require (buffer != NULL && zmq_msg_init (&message) == 0, "malloc");
  for (uint64_t n = 0; n < messages; n++) {
    const unsigned char *data = buffer;
    int length;
    if (by_copy) {
      length = zmq_recv (pull, buffer, size, 0);
    } else {
      length = zmq_msg_recv (&message, pull, 0);
      data = zmq_msg_data (&message);
    }
    require (length == (int) size && data[0] == n % POOL_SIZE, "a message's order or length");
    if (all_bytes && n < POOL_SIZE)
      check_all_bytes (data, (size_t) length, size, n);
  }
  zmq_msg_close (&message);
  free (buffer);
}

static void pull_messages (void *context)
{
  void *pull = bind_socket (context, ZMQ_PULL);
  uint64_t started_ns;
  receive_many (pull, warm_up, 1);
  give (down[1], "w", 1);
  receive_many (pull, count, 0);
  const uint64_t ended_ns = now_ns ();
  get (up[0], &started_ns, sizeof started_ns);
  zmq_close (pull);
  printf ("{\"messages\":%llu,\"nanoseconds\":%llu,\"library\":\"%s\"}\n",
          (unsigned long long) count, (unsigned long long) (ended_ns - started_ns),
          library_version ());
}

static void answer (void *context)
{
  unsigned char buffer[TRIP_SIZE];
  void *reply = connect_socket (context, ZMQ_REP);
  do {
    require (zmq_recv (reply, buffer, TRIP_SIZE, 0) == TRIP_SIZE, "zmq_recv");
    require (zmq_send (reply, buffer, TRIP_SIZE, 0) == TRIP_SIZE, "zmq_send");
  } while (buffer[0] != STOP);
  zmq_close (reply);
}

static void travel (void *request, unsigned char content)
{
  unsigned char out[TRIP_SIZE], in[TRIP_SIZE];
  memset (out, content, sizeof out);
  require (zmq_send (request, out, TRIP_SIZE, 0) == TRIP_SIZE, "zmq_send");
  require (zmq_recv (request, in, TRIP_SIZE, 0) == TRIP_SIZE, "zmq_recv");
  require (in[0] == content, "a reply's content");
}

static void ask (void *context, int argc, char **argv)
{
  uint64_t *times = malloc (MOST_TRIPS * sizeof *times);
  require (times != NULL, "malloc");
  void *request = bind_socket (context, ZMQ_REQ);
  time_trips (travel, request, number_argument (argc, argv, "warmUpMilliseconds", 200), 0, times);
  const size_t trips = time_trips (travel, request, number_argument (argc, argv, "milliseconds", 500),
                                   number_argument (argc, argv, "pauseMicroseconds", 0), times);
  travel (request, STOP);
  zmq_close (request);
  sort_times (times, trips);
  printf ("{\"trips\":%zu,\"medianNanoseconds\":%llu,\"library\":\"%s\"}\n", trips,
          (unsigned long long) times[trips / 2], library_version ());
  free (times);
}

int main (int argc, char **argv)
{
  const int is_trip = strcmp (text_argument (argc, argv, "pattern", "pushPull"), "reqRep") == 0;
  by_copy = strcmp (text_argument (argc, argv, "how", "copy"), "copy") == 0;
  has_curve = (int) number_argument (argc, argv, "curve", 0);
  size = number_argument (argc, argv, "size", 16);
  count = number_argument (argc, argv, "count", 1000000);
  warm_up = number_argument (argc, argv, "warmUp", count / 5);

  require (pipe (down) == 0 && pipe (up) == 0, "pipe");
  const pid_t child = fork ();
  require (child >= 0, "fork");
  void *context = zmq_ctx_new ();
  if (child == 0) {
    if (is_trip)
      answer (context);
    else
      push_messages (context);
    zmq_ctx_term (context);
    return 0;
  }
  if (is_trip)
    ask (context, argc, argv);
  else
    pull_messages (context);
  int status;
  require (waitpid (child, &status, 0) == child && status == 0, "the other process");
  zmq_ctx_term (context);
  return 0;
}
