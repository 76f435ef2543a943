#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sqlite3.h>

// Declared by glibc under _GNU_SOURCE only, which Swift's own module of it lacks.
extern int pthread_setname_np(pthread_t, const char *);
static inline void csqlite_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
