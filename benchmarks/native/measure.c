#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

void gate_init (gate_t *gate)
{
  pthread_mutex_init (&gate->mutex, NULL);
  pthread_cond_init (&gate->changed, NULL);
  gate->is_open = 0;
}

void gate_open (gate_t *gate)
{
  pthread_mutex_lock (&gate->mutex);
  gate->is_open = 1;
  pthread_cond_broadcast (&gate->changed);
  pthread_mutex_unlock (&gate->mutex);
}

void gate_wait (gate_t *gate)
{
  pthread_mutex_lock (&gate->mutex);
  while (!gate->is_open)
    pthread_cond_wait (&gate->changed, &gate->mutex);
  pthread_mutex_unlock (&gate->mutex);
}

uint64_t now_ns (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

const char *text_argument (int argc, char **argv, const char *name, const char *fallback)
{
  for (int i = 1; i + 1 < argc; i++)
    if (strncmp (argv[i], "--", 2) == 0 && strcmp (argv[i] + 2, name) == 0)
      return argv[i + 1];
  return fallback;
}

uint64_t number_argument (int argc, char **argv, const char *name, uint64_t fallback)
{
  const char *text = text_argument (argc, argv, name, NULL);
  return text ? strtoull (text, NULL, 10) : fallback;
}

void require (int condition, const char *what)
{
  if (condition)
    return;
  fprintf (stderr, "%s failed (%s)\n", what, zmq_strerror (zmq_errno ()));
  exit (1);
}

unsigned char **prepare_pool (size_t size)
{
  unsigned char **pool = malloc (POOL_SIZE * sizeof *pool);
  require (pool != NULL, "malloc");
  for (int i = 0; i < POOL_SIZE; i++) {
    pool[i] = malloc (size);
    require (pool[i] != NULL, "malloc");
    memset (pool[i], i, size);
  }
  return pool;
}

void check_all_bytes (const unsigned char *data, size_t length, size_t size, uint64_t n)
{
  require (length == size, "a message's length");
  for (size_t i = 0; i < length; i++)
    require (data[i] == n % POOL_SIZE, "a message's content");
}

static void *compute_for_ever (void *unused)
{
  (void) unused;
  for (volatile uint64_t n = 0;; n++)
    ;
  return NULL;
}

void start_busy_threads (unsigned count)
{
  for (unsigned i = 0; i < count; i++) {
    pthread_t thread;
    require (pthread_create (&thread, NULL, compute_for_ever, NULL) == 0, "pthread_create");
  }
}

void give (int pipe, const void *data, size_t length)
{
  require (write (pipe, data, length) == (ssize_t) length, "writing to the other process");
}

void get (int pipe, void *data, size_t length)
{
  require (read (pipe, data, length) == (ssize_t) length, "reading from the other process");
}

size_t time_trips (travel_t *travel, void *socket, uint64_t milliseconds, uint64_t pause_us,
                   uint64_t *times)
{
  const struct timespec pause = {0, (long) pause_us * 1000};
  const uint64_t end_ns = now_ns () + milliseconds * 1000000;
  size_t trips = 0;
  uint64_t arrived_ns;
  do {
    if (pause_us > 0)
      nanosleep (&pause, NULL);
    const uint64_t left_ns = now_ns ();
    travel (socket, (unsigned char) (trips % POOL_SIZE));
    arrived_ns = now_ns ();
    times[trips++] = arrived_ns - left_ns;
  } while (arrived_ns < end_ns && trips < MOST_TRIPS);
  return trips;
}

uint64_t resident_bytes (void)
{
  unsigned long total = 0, resident = 0;
  FILE *file = fopen ("/proc/self/statm", "r");
  require (file != NULL, "opening /proc/self/statm");
  require (fscanf (file, "%lu %lu", &total, &resident) == 2, "reading /proc/self/statm");
  fclose (file);
  return (uint64_t) resident * (uint64_t) sysconf (_SC_PAGESIZE);
}

static int compare_times (const void *left, const void *right)
{
  const uint64_t a = *(const uint64_t *) left, b = *(const uint64_t *) right;
  return (a > b) - (a < b);
}

void sort_times (uint64_t *times, size_t count)
{
  qsort (times, count, sizeof *times, compare_times);
}

const char *library_version (void)
{
  static char text[32];
  int major, minor, patch;
  zmq_version (&major, &minor, &patch);
  snprintf (text, sizeof text, "%d.%d.%d", major, minor, patch);
  return text;
}
