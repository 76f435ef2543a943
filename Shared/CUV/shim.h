#pragma once
#include <uv.h>
#include <signal.h>
#include <sys/prctl.h>

// prctl is variadic, which Swift does not import.
static inline int shim_name_thread(const char *name) { return prctl(PR_SET_NAME, name); }
static inline int shim_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
