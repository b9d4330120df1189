/*
 * What every program here shares: arguments, a clock, a gate between two threads, pipes between two
 * processes, busy neighbours, the messages sent and their check, trips there and back. Each program prints one line of JSON and nothing else on its output.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Messages are prepared once and sent in turn; message n of a run is prepared message n % POOL_SIZE. */
enum { POOL_SIZE = 64 };

/* A gate opens once; a thread waits at it asleep, so that waiting disturbs no measurement. */
typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int is_open;
} gate_t;

void gate_init (gate_t *gate);
void gate_open (gate_t *gate);
void gate_wait (gate_t *gate);

/* Nanoseconds of the monotonic clock, the same in all threads. */
uint64_t now_ns (void);

/* The value of `--name value` in the arguments, or the fallback. */
const char *text_argument (int argc, char **argv, const char *name, const char *fallback);
uint64_t number_argument (int argc, char **argv, const char *name, uint64_t fallback);

/* Ends the program with a message when the condition is false; libzmq's error text is added. */
void require (int condition, const char *what);

/* POOL_SIZE messages of `size` bytes, every byte of message n being n. */
unsigned char **prepare_pool (size_t size);

/* Checks all bytes of message n. For the warm-up: the timed part checks length and first byte. */
void check_all_bytes (const unsigned char *data, size_t length, size_t size, uint64_t n);

/* Starts threads that compute until the program ends. */
void start_busy_threads (unsigned count);

/* What two processes tell each other through a pipe: all of it, or the program ends. */
void give (int pipe, const void *data, size_t length);
void get (int pipe, void *data, size_t length);

/* The most trips of a message there and back that are timed. */
enum { MOST_TRIPS = 4000000 };

/* Sends a message of bytes that are all the same, and waits until it is back. */
typedef void travel_t (void *socket, unsigned char content);

/* Travels for a while, notes the time of each trip and returns how many there were. */
size_t time_trips (travel_t *travel, void *socket, uint64_t milliseconds, uint64_t pause_us,
                   uint64_t *times);

/* Resident memory of this process in bytes. */
uint64_t resident_bytes (void);

/* Orders an array of times, so that [count / 2] is the median. */
void sort_times (uint64_t *times, size_t count);

/* The version of the libzmq in use, as "4.3.4". */
const char *library_version (void);

#endif
