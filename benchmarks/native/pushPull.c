/*
 * One PUSH to one PULL over inproc, each in its own thread, default high-water marks.
 *
 *   --size bytes --count messages --warmUp messages --busyThreads n --how copy|message|place|borrow
 *
 *   copy     zmq_send and zmq_recv: the library copies in and out
 *   message  zmq_msg_init_size and a memcpy of the prepared message; read where it lies
 *   place    zmq_msg_init_size and only the first byte written: what is left when no payload is copied
 *   borrow   zmq_msg_init_data around the prepared message: neither allocated nor copied
 *
 * Timed from the first send after the warm-up to the last receive.
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

typedef enum { COPY, MESSAGE, PLACE, BORROW } how_t;

static how_t how;
static size_t size;
static uint64_t count, warm_up, started_ns;
static void *context;
static gate_t warm;

static void keep (void *data, void *hint)
{
  (void) data;
  (void) hint;
}

static how_t parse_how (const char *name)
{
  if (strcmp (name, "copy") == 0)
    return COPY;
  if (strcmp (name, "message") == 0)
    return MESSAGE;
  if (strcmp (name, "place") == 0)
    return PLACE;
  require (strcmp (name, "borrow") == 0, "--how");
  return BORROW;
}

static void send_one (void *push, unsigned char *prepared)
{
  zmq_msg_t message;
  switch (how) {
    case COPY:
      require (zmq_send (push, prepared, size, 0) == (int) size, "zmq_send");
      return;
    case MESSAGE:
      require (zmq_msg_init_size (&message, size) == 0, "zmq_msg_init_size");
      memcpy (zmq_msg_data (&message), prepared, size);
      break;
    case PLACE:
      require (zmq_msg_init_size (&message, size) == 0, "zmq_msg_init_size");
      *(unsigned char *) zmq_msg_data (&message) = prepared[0];
      break;
    case BORROW:
      require (zmq_msg_init_data (&message, prepared, size, keep, NULL) == 0, "zmq_msg_init_data");
      break;
  }
  require (zmq_msg_send (&message, push, 0) == (int) size, "zmq_msg_send");
}

static void *run_sender (void *unused)
{
  (void) unused;
  unsigned char **pool = prepare_pool (size);
  void *push = zmq_socket (context, ZMQ_PUSH);
  require (zmq_connect (push, "inproc://bench") == 0, "zmq_connect");
  for (uint64_t n = 0; n < warm_up; n++)
    send_one (push, pool[n % POOL_SIZE]);
  gate_wait (&warm);
  started_ns = now_ns ();
  for (uint64_t n = 0; n < count; n++)
    send_one (push, pool[n % POOL_SIZE]);
  zmq_close (push);
  return NULL;
}

/* Receives `messages`, checks order, length and first byte, and all bytes where asked. */
static void receive_many (void *pull, uint64_t messages, int all_bytes)
{
  unsigned char *buffer = malloc (size);
  zmq_msg_t message;
  require (buffer != NULL && zmq_msg_init (&message) == 0, "malloc");
  for (uint64_t n = 0; n < messages; n++) {
    const unsigned char *data = buffer;
    size_t length;
    if (how == COPY) {
      const int received = zmq_recv (pull, buffer, size, 0);
      require (received >= 0, "zmq_recv");
      length = (size_t) received;
    } else {
      require (zmq_msg_recv (&message, pull, 0) >= 0, "zmq_msg_recv");
      data = zmq_msg_data (&message);
      length = zmq_msg_size (&message);
    }
    if (all_bytes && n < POOL_SIZE && how != PLACE)
      check_all_bytes (data, length, size, n);
    require (length == size && data[0] == n % POOL_SIZE, "a message's order, length or first byte");
  }
  zmq_msg_close (&message);
  free (buffer);
}

int main (int argc, char **argv)
{
  how = parse_how (text_argument (argc, argv, "how", "copy"));
  size = number_argument (argc, argv, "size", 16);
  count = number_argument (argc, argv, "count", 1000000);
  warm_up = number_argument (argc, argv, "warmUp", count / 5);
  start_busy_threads ((unsigned) number_argument (argc, argv, "busyThreads", 0));

  context = zmq_ctx_new ();
  gate_init (&warm);
  void *pull = zmq_socket (context, ZMQ_PULL);
  require (zmq_bind (pull, "inproc://bench") == 0, "zmq_bind");
  pthread_t sender;
  require (pthread_create (&sender, NULL, run_sender, NULL) == 0, "pthread_create");
  receive_many (pull, warm_up, 1);
  gate_open (&warm);
  receive_many (pull, count, 0);
  const uint64_t ended_ns = now_ns ();
  pthread_join (sender, NULL);
  zmq_close (pull);
  zmq_ctx_term (context);
  printf ("{\"messages\":%llu,\"nanoseconds\":%llu,\"library\":\"%s\"}\n",
          (unsigned long long) count, (unsigned long long) (ended_ns - started_ns),
          library_version ());
  return 0;
}
