/*
 * What this machine can do at most, asked for line by line on standard input, so that it is measured beside what it is compared with.
 * Each line of input is a command with numbers; each line of output is JSON. Built by ../src/contenders/limits.ts with
 * -O3 -march=native -fno-math-errno.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));

#if defined(__x86_64__)
#define KEEP(vector) __asm__ volatile("" : "+x"(vector))
#else
#define KEEP(vector) __asm__ volatile("" : "+w"(vector))
#endif

/* Latency of four cycles on two pipes needs eight sums at a time for fused work, fourteen for a product and then a sum; sixteen registers hold them. */
#define SUMS 14
#define PROBE_SECONDS 0.02

/* OPT_BENCH_CLOCK=cpu: the time that this thread really ran, for machines that others use as well. */
static clockid_t clock_id = CLOCK_MONOTONIC;

static double now(void) {
  struct timespec time;
  clock_gettime(clock_id, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Seconds for one call of `work(repeats)` per repeat, measured for PROBE_SECONDS. */
static double seconds_per_repeat(void (*work)(long)) {
  long repeats = 1000;
  for (;;) {
    double start = now();
    work(repeats);
    double elapsed = now() - start;
    if (elapsed > PROBE_SECONDS) return elapsed / (double)repeats;
    repeats = elapsed < PROBE_SECONDS / 64 ? repeats * 32 : (long)((double)repeats * 1.25 * PROBE_SECONDS / elapsed);
  }
}

/* One repeat: SUMS vectors, each result fed back, so that nothing is left out. */
#define ARITHMETIC(name, vector, expression)                 \
  static void name(long repeats) {                           \
    vector sums[SUMS], a, b;                                 \
    for (int k = 0; k < SUMS; k++) sums[k] = (vector){1};    \
    a = (vector){0} + 0.999f;                                \
    b = (vector){0} + 0.001f;                                \
    KEEP(a);                                                 \
    KEEP(b);                                                 \
    for (long r = 0; r < repeats; r++) {                     \
      _Pragma("GCC unroll 14") for (int k = 0; k < SUMS; k++) { \
        vector x = sums[k];                                  \
        expression;                                          \
        KEEP(x);                                             \
        sums[k] = x;                                         \
      }                                                      \
    }                                                        \
    for (int k = 0; k < SUMS; k++) KEEP(sums[k]);            \
  }

/* KEEP between product and sum keeps the compiler from fusing them. */
ARITHMETIC(fma_f32, f32x4, x = x * a + b)
ARITHMETIC(fma_f64, f64x2, x = x * a + b)
ARITHMETIC(multiply_add_f32, f32x4, x = x * a; KEEP(x); x = x + b)
ARITHMETIC(divide_f32, f32x4, x = a / x)

static void root_f32(long repeats) {
  float sums[4 * SUMS];
  for (int k = 0; k < 4 * SUMS; k++) sums[k] = 0.5f;
  for (long r = 0; r < repeats; r++) {
    for (int k = 0; k < SUMS; k++) {
      f32x4 x;
      memcpy(&x, sums + 4 * k, sizeof x);
      /* Four scalar roots of one vector become one vector instruction. */
      x = (f32x4){sqrtf(x[0]), sqrtf(x[1]), sqrtf(x[2]), sqrtf(x[3])};
      KEEP(x);
      memcpy(sums + 4 * k, &x, sizeof x);
    }
  }
  volatile float consumed = sums[0];
  (void)consumed;
}

/* The numbers that every contender starts from: ../src/inputs.ts has the same lines. */
static float input(uint32_t index, uint32_t seed) {
  uint32_t x = index + seed * 0x9e3779b1u;
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  x = x ^ (x >> 16);
  return (float)((double)x / 4294967296.0 - 0.5);
}

static float *array(long count, uint32_t seed) {
  float *values = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
  if (values == NULL) exit(1);
  for (long i = 0; i < count; i++) values[i] = seed == 0 ? 0.0f : input((uint32_t)i, seed);
  return values;
}

static double copy_bandwidth(long bytes) {
  char *from = (char *)array(bytes / 4, 1), *to = (char *)array(bytes / 4, 2);
  double start = now(), elapsed;
  long repeats = 0;
  memcpy(to, from, (size_t)bytes);
  start = now();
  do {
    memcpy(to, from, (size_t)bytes);
    __asm__ volatile("" : : "r"(to) : "memory");
    repeats++;
    elapsed = now() - start;
  } while (elapsed < PROBE_SECONDS);
  free(from);
  free(to);
  return 2.0 * (double)bytes * (double)repeats / elapsed;
}

/* y += a x: two streams read, one written, in place, as optimizers do. */
static double update_bandwidth(long count) {
  float *x = array(count, 1), *y = array(count, 2);
  double start = 0, elapsed = 0;
  long repeats = -1;
  do {
    if (repeats < 0) start = now();
    for (long i = 0; i < count; i++) y[i] += 1e-6f * x[i];
    __asm__ volatile("" : : "r"(y) : "memory");
    repeats++;
    elapsed = now() - start;
    if (repeats == 0) start = now();
  } while (repeats < 1 || elapsed < PROBE_SECONDS);
  free(x);
  free(y);
  return 12.0 * (double)count * (double)repeats / elapsed;
}

static struct {
  long count;
  int step;
  float *parameters, *first, *second, *gradients[3];
} state;

static void adam_start(long count) {
  state.count = count;
  state.step = 0;
  state.parameters = array(count, 1);
  state.first = array(count, 0);
  state.second = array(count, 0);
  for (int k = 0; k < 3; k++) state.gradients[k] = array(count, (uint32_t)(2 + k));
}

static void adam_step(float rate) {
  const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  const float *restrict g = state.gradients[state.step++ % 3];
  float *restrict p = state.parameters, *restrict m = state.first, *restrict v = state.second;
  float scale = (float)(rate / (1 - pow(0.9, state.step)));
  float root = (float)(1 / sqrt(1 - pow(0.999, state.step)));
  for (long i = 0; i < state.count; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    p[i] -= scale * m[i] / (sqrtf(v[i]) * root + epsilon);
  }
}

/* The norm in 64 sums, which the compiler makes vectors of. */
static float gradient_norm(const float *restrict g, long count) {
  float sums[64] = {0}, total = 0;
  long whole = count / 64 * 64;
  for (long i = 0; i < whole; i += 64)
    for (int k = 0; k < 64; k++) sums[k] += g[i + k] * g[i + k];
  for (long i = whole; i < count; i++) total += g[i] * g[i];
  for (int k = 0; k < 64; k++) total += sums[k];
  return sqrtf(total);
}

/* Adam after clipping by the global norm, with decoupled weight decay and a decaying learning rate. */
static void chain_step(void) {
  const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f, decay = 0.01f;
  const float *restrict g = state.gradients[state.step % 3];
  float *restrict p = state.parameters, *restrict m = state.first, *restrict v = state.second;
  double rate = 0.001 * pow(0.999, state.step++);
  float norm = gradient_norm(g, state.count);
  float clip = norm > 1 ? 1 / norm : 1;
  float scale = (float)(rate / (1 - pow(0.9, state.step))), shrink = (float)(1 - rate * decay);
  float root = (float)(1 / sqrt(1 - pow(0.999, state.step)));
  for (long i = 0; i < state.count; i++) {
    float clipped = g[i] * clip;
    m[i] = beta1 * m[i] + (1 - beta1) * clipped;
    v[i] = beta2 * v[i] + (1 - beta2) * clipped * clipped;
    p[i] = p[i] * shrink - scale * m[i] / (sqrtf(v[i]) * root + epsilon);
  }
}

int main(void) {
  char line[256], command[64];
  const char *clock_name = getenv("OPT_BENCH_CLOCK");
  if (clock_name != NULL && strcmp(clock_name, "cpu") == 0) clock_id = CLOCK_THREAD_CPUTIME_ID;
  while (fgets(line, sizeof line, stdin) != NULL) {
    long number = 0;
    if (sscanf(line, "%63s %ld", command, &number) < 1) continue;
    if (strcmp(command, "fma-f32") == 0) printf("{\"rate\":%.9g}\n", SUMS * 4 * 2 / seconds_per_repeat(fma_f32));
    else if (strcmp(command, "fma-f64") == 0) printf("{\"rate\":%.9g}\n", SUMS * 2 * 2 / seconds_per_repeat(fma_f64));
    else if (strcmp(command, "multiply-add-f32") == 0) printf("{\"rate\":%.9g}\n", SUMS * 4 * 2 / seconds_per_repeat(multiply_add_f32));
    else if (strcmp(command, "divide-f32") == 0) printf("{\"rate\":%.9g}\n", SUMS * 4 / seconds_per_repeat(divide_f32));
    else if (strcmp(command, "root-f32") == 0) printf("{\"rate\":%.9g}\n", SUMS * 4 / seconds_per_repeat(root_f32));
    else if (strcmp(command, "copy") == 0) printf("{\"rate\":%.9g}\n", copy_bandwidth(number));
    else if (strcmp(command, "update") == 0) printf("{\"rate\":%.9g}\n", update_bandwidth(number));
    else if (strcmp(command, "adam-start") == 0) {
      adam_start(number);
      puts("{}");
    } else if (strcmp(command, "adam") == 0) {
      double start = now();
      for (long k = 0; k < number; k++) adam_step(0.001f);
      printf("{\"seconds\":%.9g}\n", now() - start);
    } else if (strcmp(command, "chain") == 0) {
      double start = now();
      for (long k = 0; k < number; k++) chain_step();
      printf("{\"seconds\":%.9g}\n", now() - start);
    } else if (strcmp(command, "adam-read") == 0) {
      printf("{\"values\":[");
      for (long i = 0; i < state.count; i += number) printf("%s%.9g", i == 0 ? "" : ",", state.parameters[i]);
      printf("]}\n");
    } else return 1;
    fflush(stdout);
  }
  return 0;
}
