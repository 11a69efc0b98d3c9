// Trains a static token table by contrast: the vector of a text is the sum of its tokens' rows, made unit length; the
// two texts of a pair are to lie nearer to each other than to the texts of the other pairs of the batch (InfoNCE, both
// ways), by Adam with a cosine schedule. One thread.
//
// train <data prefix> <vocabulary> <dims> <checkpoint> [batch=2048] [steps=1490] [seconds=600] [rate=0.012]
//       [temperature=0.05] [seed=1]
//
// <prefix>.ids     uint16: the tokens of all texts, one after the other
// <prefix>.offsets uint32: where each text begins, and the end; a pair is two texts, one after the other
// <prefix>.sources uint8: the source of each pair; a batch is of one source where that has enough
// <prefix>.counts  uint32: texts that each token occurs in
// The checkpoint is a uint32 of the steps done and float32 [vocabulary][dims]: the table, and both moments of Adam. If it
// is there, training goes on from it. Batch and dims must be multiples of 64.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANES = 16, COLUMNS = 64, ROWS = 6, WARM_UP = 100, REPORT_EVERY = 100 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));

static const float BETA1 = 0.9f, BETA2 = 0.999f, LEAST_RATE = 0.05f;

typedef struct {
  uint16_t *ids;
  uint32_t *offsets, *counts;
  uint8_t *sources;
  int pairs;
} Data;

typedef struct {
  int vocabulary, dims;
  uint32_t step;
  float *rows, *mean, *square, *gradient;
} Table;

// The tokens of the texts of a batch, each token of a text once: token, how often, and where each text begins.
typedef struct {
  int *tokens, *begin;
  float *times;
} Bag;

// One side of a batch: unit vectors, the lengths before, and the gradient of the loss.
typedef struct {
  Bag bag;
  float *unit, *length, *gradient;
} Side;

// ---- numbers ----

static uint64_t state = 88172645463325252ULL;
static uint64_t random64(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}
static float uniform(void) { return (float)(random64() >> 40) * (1.0f / 16777216); }
static float normal(void) {
  float radius = sqrtf(-2 * logf(uniform() + 1e-7f));
  return radius * cosf(6.2831853f * uniform());
}
static void shuffle(int *items, int count) {
  for (int i = count - 1; i > 0; i--) {
    int j = (int)(random64() % (uint64_t)(i + 1)), other = items[i];
    items[i] = items[j], items[j] = other;
  }
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// ---- memory and files ----

static void fail(const char *what) {
  perror(what);
  exit(1);
}
static void *zeros(size_t bytes) {
  size_t whole = (bytes + 63) / 64 * 64;
  void *memory = aligned_alloc(64, whole ? whole : 64);
  if (!memory) fail("memory");
  return memset(memory, 0, whole);
}
static void *read_file(const char *prefix, const char *end, size_t *bytes) {
  char path[1024];
  snprintf(path, sizeof path, "%s.%s", prefix, end);
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  void *data = zeros(*bytes);
  if (fread(data, 1, *bytes, file) != *bytes) fail(path);
  fclose(file);
  return data;
}
static Data read_data(const char *prefix) {
  size_t bytes;
  Data data = {.ids = read_file(prefix, "ids", &bytes)};
  data.offsets = read_file(prefix, "offsets", &bytes);
  data.counts = read_file(prefix, "counts", &bytes);
  data.sources = read_file(prefix, "sources", &bytes);
  data.pairs = (int)bytes;
  return data;
}

// ---- matrices ----

static float *panel;

// c[m][n] = a[m][k] b[k][n], with n a multiple of 64. A panel of b is copied to lie in a row, for the cache.
static void multiply(int m, int n, int k, const float *a, const float *b, float *c) {
  for (int column = 0; column < n; column += COLUMNS) {
    for (int i = 0; i < k; i++) memcpy(panel + (size_t)i * COLUMNS, b + (size_t)i * n + column, COLUMNS * sizeof(float));
    for (int row = 0; row < m; row += ROWS) {
      int rows = m - row < ROWS ? m - row : ROWS;
      lanes sum[ROWS][COLUMNS / LANES];
      memset(sum, 0, sizeof sum);
      for (int i = 0; i < k; i++) {
        const lanes *line = (const lanes *)(panel + (size_t)i * COLUMNS);
        // Always all rows, so that the compiler keeps the sums in registers; those past the end repeat the last.
        for (int r = 0; r < ROWS; r++) {
          float factor = a[(size_t)(row + (r < rows ? r : rows - 1)) * k + i];
          for (int q = 0; q < COLUMNS / LANES; q++) sum[r][q] += factor * line[q];
        }
      }
      for (int r = 0; r < rows; r++) memcpy(c + (size_t)(row + r) * n + column, sum[r], COLUMNS * sizeof(float));
    }
  }
}

static void transpose(int m, int n, const float *from, float *to) {
  enum { TILE = 16 };
  for (int i = 0; i < m; i += TILE)
    for (int j = 0; j < n; j += TILE)
      for (int a = i; a < i + TILE && a < m; a++)
        for (int b = j; b < j + TILE && b < n; b++) to[(size_t)b * m + a] = from[(size_t)a * n + b];
}

// ---- the order of the pairs ----

// Pairs of one source fill batches of their own, as texts of a kind are the harder to tell apart; what is left of all
// sources is mixed. Returns the number of batches; `order` holds the pairs, `batches` the order of the batches.
static int plan_epoch(const Data *data, int size, int *order, int *batches) {
  int *shuffled = zeros(sizeof(int) * (size_t)data->pairs), *rest = zeros(sizeof(int) * (size_t)data->pairs);
  for (int i = 0; i < data->pairs; i++) shuffled[i] = i;
  shuffle(shuffled, data->pairs);
  int filled = 0, left = 0;
  for (int source = 0; source < 256; source++) {
    int begin = filled;
    for (int i = 0; i < data->pairs; i++)
      if (data->sources[shuffled[i]] == source) order[filled++] = shuffled[i];
    int whole = (filled - begin) / size * size;
    for (int i = begin + whole; i < filled; i++) rest[left++] = order[i];
    filled = begin + whole;
  }
  shuffle(rest, left);
  for (int i = 0; i < left / size * size; i++) order[filled++] = rest[i];
  int count = filled / size;
  for (int i = 0; i < count; i++) batches[i] = i;
  shuffle(batches, count);
  free(shuffled), free(rest);
  return count;
}

// ---- one step ----

static void gather(const Data *data, const int *pairs, int size, int side, Bag *bag, int *place) {
  int end = 0;
  for (int i = 0; i < size; i++) {
    int text = 2 * pairs[i] + side, begin = end;
    bag->begin[i] = begin;
    for (uint32_t at = data->offsets[text]; at < data->offsets[text + 1]; at++) {
      int token = data->ids[at], known = place[token] - 1;
      if (known >= begin) bag->times[known] += 1;
      else place[token] = end + 1, bag->tokens[end] = token, bag->times[end++] = 1;
    }
    for (int at = begin; at < end; at++) place[bag->tokens[at]] = 0;
  }
  bag->begin[size] = end;
}

static void embed(const Table *table, int size, Side *side) {
  int dims = table->dims;
  for (int i = 0; i < size; i++) {
    float *unit = side->unit + (size_t)i * dims, squares = 0;
    memset(unit, 0, sizeof(float) * (size_t)dims);
    for (int at = side->bag.begin[i]; at < side->bag.begin[i + 1]; at++) {
      const float *row = table->rows + (size_t)side->bag.tokens[at] * dims;
      for (int d = 0; d < dims; d++) unit[d] += side->bag.times[at] * row[d];
    }
    for (int d = 0; d < dims; d++) squares += unit[d] * unit[d];
    side->length[i] = sqrtf(squares) + 1e-9f;
    for (int d = 0; d < dims; d++) unit[d] /= side->length[i];
  }
}

// Turns similarities into the gradient of the loss by them, in place. Returns the loss, which reads a row as a question
// to all columns; the gradient is of both ways. `hits` counts the rows whose own column is the highest.
static double lose(float *scores, int size, float temperature, float *by_column, int *hits) {
  float *highest = by_column, *sum = by_column + size, scale = 1 / temperature, share = scale / (float)(2 * size);
  double loss = 0;
  for (int j = 0; j < size; j++) highest[j] = -1e9f, sum[j] = 0;
  for (int i = 0; i < size; i++)
    for (int j = 0; j < size; j++) {
      float *score = scores + (size_t)i * size + j;
      *score *= scale;
      if (*score > highest[j]) highest[j] = *score;
    }
  for (int i = 0; i < size; i++)
    for (int j = 0; j < size; j++) sum[j] += expf(scores[(size_t)i * size + j] - highest[j]);
  for (int i = 0; i < size; i++) {
    float *row = scores + (size_t)i * size, most = -1e9f, total = 0;
    for (int j = 0; j < size; j++) most = row[j] > most ? row[j] : most;
    for (int j = 0; j < size; j++) total += expf(row[j] - most);
    if (row[i] >= most) ++*hits;
    loss -= row[i] - most - logf(total);
    for (int j = 0; j < size; j++)
      row[j] = share * (expf(row[j] - most) / total + expf(row[j] - highest[j]) / sum[j]);
    row[i] -= 2 * share;
  }
  return loss;
}

// Adds the gradient of a side's unit vectors to the gradients of the rows; marks and lists the tokens it touches.
static void spread(Table *table, int size, Side *side, int *marks, int *touched, int *count) {
  int dims = table->dims;
  for (int i = 0; i < size; i++) {
    float *gradient = side->gradient + (size_t)i * dims, *unit = side->unit + (size_t)i * dims, along = 0;
    for (int d = 0; d < dims; d++) along += gradient[d] * unit[d];
    for (int d = 0; d < dims; d++) gradient[d] = (gradient[d] - along * unit[d]) / side->length[i];
    for (int at = side->bag.begin[i]; at < side->bag.begin[i + 1]; at++) {
      int token = side->bag.tokens[at];
      if (!marks[token]) marks[token] = 1, touched[(*count)++] = token;
      float *sum = table->gradient + (size_t)token * dims;
      for (int d = 0; d < dims; d++) sum[d] += side->bag.times[at] * gradient[d];
    }
  }
}

static void adjust(Table *table, float rate, int *marks, const int *touched, int count) {
  float step = (float)table->step + 1;
  float size = rate / (1 - powf(BETA1, step)), correct = 1 / (1 - powf(BETA2, step));
  for (int i = 0; i < count; i++) {
    size_t begin = (size_t)touched[i] * (size_t)table->dims;
    marks[touched[i]] = 0;
    for (size_t at = begin; at < begin + (size_t)table->dims; at++) {
      float slope = table->gradient[at];
      table->gradient[at] = 0;
      table->mean[at] = BETA1 * table->mean[at] + (1 - BETA1) * slope;
      table->square[at] = BETA2 * table->square[at] + (1 - BETA2) * slope * slope;
      table->rows[at] -= size * table->mean[at] / (sqrtf(table->square[at] * correct) + 1e-8f);
    }
  }
}

// ---- the whole ----

static float option(int count, char **arguments, const char *name, float fallback) {
  size_t length = strlen(name);
  for (int i = 0; i < count; i++)
    if (!strncmp(arguments[i], name, length) && arguments[i][length] == '=')
      return (float)atof(arguments[i] + length + 1);
  return fallback;
}

// Rare tokens begin longer, as they say more: by the logarithm of how few texts hold them.
static void begin_table(Table *table, const Data *data) {
  for (int token = 0; token < table->vocabulary; token++) {
    float rarity = logf(1 + (2.0f * (float)data->pairs + 1) / ((float)data->counts[token] + 1));
    float size = rarity / 8 / sqrtf((float)table->dims);
    for (int d = 0; d < table->dims; d++) table->rows[(size_t)token * table->dims + d] = normal() * size;
  }
}

static void open_table(Table *table, const char *checkpoint, const Data *data) {
  size_t cells = (size_t)table->vocabulary * (size_t)table->dims;
  float **parts[] = {&table->rows, &table->mean, &table->square, &table->gradient};
  for (int i = 0; i < 4; i++) *parts[i] = zeros(cells * sizeof(float));
  FILE *file = fopen(checkpoint, "rb");
  if (!file) {
    begin_table(table, data);
    return;
  }
  if (fread(&table->step, 4, 1, file) != 1) fail(checkpoint);
  for (int i = 0; i < 3; i++)
    if (fread(*parts[i], sizeof(float), cells, file) != cells) fail(checkpoint);
  fclose(file);
}

static void save_table(const Table *table, const char *checkpoint) {
  size_t cells = (size_t)table->vocabulary * (size_t)table->dims;
  FILE *file = fopen(checkpoint, "wb");
  if (!file || fwrite(&table->step, 4, 1, file) != 1) fail(checkpoint);
  float *parts[] = {table->rows, table->mean, table->square};
  for (int i = 0; i < 3; i++)
    if (fwrite(parts[i], sizeof(float), cells, file) != cells) fail(checkpoint);
  if (fclose(file)) fail(checkpoint);
}

static float rate_at(float step, float steps, float rate) {
  float now = rate * (LEAST_RATE + (1 - LEAST_RATE) * 0.5f * (1 + cosf(3.14159265f * step / steps)));
  return step < WARM_UP ? now * (step + 1) / WARM_UP : now;
}

static size_t longest_side(const Data *data, int size) {
  uint32_t longest = 0;
  for (int text = 0; text < 2 * data->pairs; text++) {
    uint32_t length = data->offsets[text + 1] - data->offsets[text];
    longest = length > longest ? length : longest;
  }
  return (size_t)size * longest;
}

int main(int count, char **arguments) {
  if (count < 5) {
    fprintf(stderr, "train <data prefix> <vocabulary> <dims> <checkpoint> [name=value ...]\n");
    return 2;
  }
  Data data = read_data(arguments[1]);
  Table table = {.vocabulary = atoi(arguments[2]), .dims = atoi(arguments[3])};
  int size = (int)option(count, arguments, "batch", 2048), dims = table.dims;
  float steps = option(count, arguments, "steps", 1490), temperature = option(count, arguments, "temperature", 0.05f);
  float rate = option(count, arguments, "rate", 0.012f), limit = option(count, arguments, "seconds", 600);
  uint64_t seed = (uint64_t)option(count, arguments, "seed", 1);
  if (size % COLUMNS || dims % COLUMNS || data.pairs < size) {
    fprintf(stderr, "batch and dims must be multiples of %d, and %d pairs must fill a batch\n", COLUMNS, data.pairs);
    return 2;
  }
  state ^= seed * 0x9E3779B97F4A7C15ULL;
  open_table(&table, arguments[4], &data);
  size_t cells = (size_t)size * (size_t)dims, tokens = longest_side(&data, size);
  Side sides[2];
  for (int s = 0; s < 2; s++) {
    sides[s].bag = (Bag){zeros(tokens * sizeof(int)), zeros(sizeof(int) * ((size_t)size + 1)), zeros(tokens * sizeof(float))};
    sides[s].unit = zeros(cells * sizeof(float)), sides[s].gradient = zeros(cells * sizeof(float));
    sides[s].length = zeros(sizeof(float) * (size_t)size);
  }
  panel = zeros(sizeof(float) * COLUMNS * (size_t)(size > dims ? size : dims));
  size_t square = (size_t)size * (size_t)size * sizeof(float);
  float *scores = zeros(square), *turned = zeros(square > cells * 4 ? square : cells * 4), *by_column = zeros(8 * (size_t)size);
  int *place = zeros(sizeof(int) * (size_t)table.vocabulary), *marks = zeros(sizeof(int) * (size_t)table.vocabulary);
  int *touched = zeros(sizeof(int) * (size_t)table.vocabulary), *order = zeros(sizeof(int) * (size_t)data.pairs);
  int *batches = zeros(sizeof(int) * ((size_t)(data.pairs / size) + 1)), epoch = -1, epoch_batches = data.pairs / size;
  int since = 0, hits = 0;
  double started = seconds(), loss = 0;
  for (; (float)table.step < steps && seconds() - started < limit; table.step++) {
    int wanted = (int)table.step / epoch_batches;
    if (wanted != epoch) {
      // The order of an epoch hangs on its number alone, so that a training that goes on sees what it would have seen.
      state = seed * 1000003ULL + (uint64_t)wanted * 7919ULL + 12345, epoch = wanted;
      epoch_batches = plan_epoch(&data, size, order, batches);
    }
    const int *pairs = order + (size_t)batches[table.step % (uint32_t)epoch_batches] * (size_t)size;
    for (int s = 0; s < 2; s++) gather(&data, pairs, size, s, &sides[s].bag, place), embed(&table, size, &sides[s]);
    transpose(size, dims, sides[1].unit, turned);
    multiply(size, size, dims, sides[0].unit, turned, scores);
    loss += lose(scores, size, temperature, by_column, &hits) / size;
    multiply(size, dims, size, scores, sides[1].unit, sides[0].gradient);
    transpose(size, size, scores, turned);
    multiply(size, dims, size, turned, sides[0].unit, sides[1].gradient);
    int changed = 0;
    for (int s = 0; s < 2; s++) spread(&table, size, &sides[s], marks, touched, &changed);
    adjust(&table, rate_at((float)table.step, steps, rate), marks, touched, changed);
    if (++since < REPORT_EVERY && (float)table.step + 1 < steps) continue;
    double found = (double)hits / since / size;
    printf("%u %.4f %.3f %.1f\n", table.step + 1, loss / since, found, (seconds() - started) * 1e3 / (table.step + 1));
    fflush(stdout);
    since = hits = 0, loss = 0;
  }
  save_table(&table, arguments[4]);
  return 0;
}
