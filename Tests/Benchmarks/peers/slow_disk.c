/* A disk in a cloud: preloaded, it lets every flush to the disk take 2 ms longer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int flush(const char *name, int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int result = real(file);
  struct timespec delay = {0, 2000000};
  nanosleep(&delay, 0);
  return result;
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
