/*
 * The Guide's weather service: a PUB socket publishes updates of random zip codes, a SUB socket asks for
 * one of them. Over inproc they belong to two threads, over tcp to two processes.
 *
 *   --updates n --how formatted|digits|prepared --transport inproc|tcp --busyThreads n
 *
 *   formatted  each update is written with snprintf, as in the Guide
 *   digits     each update is written digit by digit
 *   prepared   64 updates are reused, and every 100,000th is one of the zip code asked for
 *
 * Timed from the first update to the subscriber's receipt of the end marker, which follows all of them.
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum { ZIP_CODES = 100000, WANTED_ZIP = 10001, ENDPOINT_TEXT = 64 };

/* What both sides see, be they threads or processes. */
typedef struct {
  atomic_int is_subscribed;
  uint64_t started_ns, matches;
} shared_t;

static shared_t *shared;
static void *context;
/* The publisher tells the subscriber in it where it has bound. */
static int place[2];
static int is_tcp;
static uint64_t updates, warm_up, published_matches;
static void (*publish) (void *publisher, uint64_t count);
static uint32_t random_state = 2463534242u;

/* xorshift32, so that every implementation publishes the same updates. */
static uint32_t random_below (uint32_t limit)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state % limit;
}

static int format_update (char *text, size_t room, unsigned zip)
{
  const int temperature = (int) random_below (215) - 80;
  const unsigned humidity = random_below (50) + 10;
  return snprintf (text, room, "%05u %d %u", zip, temperature, humidity);
}

static void publish_formatted (void *publisher, uint64_t count)
{
  char text[32];
  for (uint64_t n = 0; n < count; n++) {
    const unsigned zip = random_below (ZIP_CODES);
    const int length = format_update (text, sizeof text, zip);
    published_matches += zip == WANTED_ZIP;
    require (zmq_send (publisher, text, (size_t) length, 0) == length, "zmq_send");
  }
}

/* Writes a number of at least `least` digits and returns where it ends. */
static char *write_digits (char *end, unsigned number, unsigned least)
{
  char reversed[10];
  unsigned length = 0;
  do {
    reversed[length++] = (char) ('0' + number % 10);
    number /= 10;
  } while (number > 0 || length < least);
  while (length > 0)
    *end++ = reversed[--length];
  return end;
}

static void publish_digits (void *publisher, uint64_t count)
{
  char text[32];
  for (uint64_t n = 0; n < count; n++) {
    const unsigned zip = random_below (ZIP_CODES);
    const int temperature = (int) random_below (215) - 80;
    const unsigned humidity = random_below (50) + 10;
    char *end = write_digits (text, zip, 5);
    *end++ = ' ';
    if (temperature < 0)
      *end++ = '-';
    end = write_digits (end, (unsigned) abs (temperature), 1);
    *end++ = ' ';
    end = write_digits (end, humidity, 1);
    published_matches += zip == WANTED_ZIP;
    require (zmq_send (publisher, text, (size_t) (end - text), 0) >= 0, "zmq_send");
  }
}

static void publish_prepared (void *publisher, uint64_t count)
{
  static char texts[POOL_SIZE][32], wanted[32];
  static int lengths[POOL_SIZE], wanted_length;
  static uint64_t published;
  if (published == 0) {
    for (int i = 0; i < POOL_SIZE; i++)
      lengths[i] = format_update (texts[i], sizeof texts[i], WANTED_ZIP + 1 + random_below (89000));
    wanted_length = format_update (wanted, sizeof wanted, WANTED_ZIP);
  }
  for (uint64_t end = published + count; published < end; published++) {
    if (published % ZIP_CODES == ZIP_CODES - 1) {
      published_matches++;
      require (zmq_send (publisher, wanted, (size_t) wanted_length, 0) >= 0, "zmq_send");
    } else {
      const unsigned i = published % POOL_SIZE;
      require (zmq_send (publisher, texts[i], (size_t) lengths[i], 0) >= 0, "zmq_send");
    }
  }
}

static void *run_publisher (void *unused)
{
  (void) unused;
  void *publisher = zmq_socket (context, ZMQ_PUB);
  require (zmq_bind (publisher, is_tcp ? "tcp://127.0.0.1:*" : "inproc://weather") == 0, "zmq_bind");
  char endpoint[ENDPOINT_TEXT];
  size_t length = sizeof endpoint;
  require (zmq_getsockopt (publisher, ZMQ_LAST_ENDPOINT, endpoint, &length) == 0, "the endpoint");
  require (write (place[1], endpoint, sizeof endpoint) == sizeof endpoint, "write");
  /* A publisher learns of a subscription when it next sends: hello until the subscriber has heard it. */
  while (!atomic_load (&shared->is_subscribed))
    require (zmq_send (publisher, "HELLO", 5, 0) == 5, "zmq_send");
  publish (publisher, warm_up);
  shared->started_ns = now_ns ();
  publish (publisher, updates);
  shared->matches = published_matches;
  require (zmq_send (publisher, "END", 3, 0) == 3, "zmq_send");
  zmq_close (publisher);
  return NULL;
}

/* Starts the publisher: a thread with the same context, or a process with a context of its own. */
static void start_publisher (pthread_t *thread, pid_t *process)
{
  if (!is_tcp) {
    context = zmq_ctx_new ();
    require (pthread_create (thread, NULL, run_publisher, NULL) == 0, "pthread_create");
    return;
  }
  *process = fork ();
  require (*process >= 0, "fork");
  context = zmq_ctx_new ();
  if (*process > 0)
    return;
  run_publisher (NULL);
  zmq_ctx_term (context);
  exit (0);
}

static void await_publisher (pthread_t thread, pid_t process)
{
  int status;
  if (!is_tcp)
    require (pthread_join (thread, NULL) == 0, "pthread_join");
  else
    require (waitpid (process, &status, 0) == process && status == 0, "the other process");
}

int main (int argc, char **argv)
{
  updates = number_argument (argc, argv, "updates", 10000000);
  warm_up = number_argument (argc, argv, "warmUp", updates / 10);
  const char *how = text_argument (argc, argv, "how", "formatted");
  publish = strcmp (how, "prepared") == 0 ? publish_prepared
            : strcmp (how, "digits") == 0 ? publish_digits
                                          : publish_formatted;
  start_busy_threads ((unsigned) number_argument (argc, argv, "busyThreads", 0));

  is_tcp = strcmp (text_argument (argc, argv, "transport", "inproc"), "tcp") == 0;
  shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  require (shared != MAP_FAILED && pipe (place) == 0, "mmap or pipe");
  pthread_t thread = 0;
  pid_t process = 0;
  start_publisher (&thread, &process);
  char endpoint[ENDPOINT_TEXT];
  require (read (place[0], endpoint, sizeof endpoint) == sizeof endpoint, "read");
  void *subscriber = zmq_socket (context, ZMQ_SUB);
  require (zmq_setsockopt (subscriber, ZMQ_SUBSCRIBE, "HELLO", 5) == 0, "ZMQ_SUBSCRIBE");
  require (zmq_setsockopt (subscriber, ZMQ_SUBSCRIBE, "END", 3) == 0, "ZMQ_SUBSCRIBE");
  require (zmq_setsockopt (subscriber, ZMQ_SUBSCRIBE, "10001 ", 6) == 0, "ZMQ_SUBSCRIBE");
  require (zmq_connect (subscriber, endpoint) == 0, "zmq_connect");

  char text[32];
  uint64_t matches = 0;
  long temperatures = 0;
  for (;;) {
    const int length = zmq_recv (subscriber, text, sizeof text - 1, 0);
    require (length > 0, "zmq_recv");
    text[length] = '\0';
    if (strcmp (text, "HELLO") == 0) {
      atomic_store (&shared->is_subscribed, 1);
      continue;
    }
    if (strcmp (text, "END") == 0)
      break;
    int zip, temperature, humidity;
    require (sscanf (text, "%d %d %d", &zip, &temperature, &humidity) == 3, "an update's form");
    require (zip == WANTED_ZIP, "an update's zip code");
    temperatures += temperature;
    matches++;
  }
  const uint64_t ended_ns = now_ns ();
  await_publisher (thread, process);
  require (matches == shared->matches, "the number of matches");
  zmq_close (subscriber);
  zmq_ctx_term (context);
  printf ("{\"messages\":%llu,\"nanoseconds\":%llu,\"matches\":%llu,\"temperatures\":%ld,"
          "\"library\":\"%s\"}\n",
          (unsigned long long) updates, (unsigned long long) (ended_ns - shared->started_ns),
          (unsigned long long) matches, temperatures, library_version ());
  return 0;
}
