#pragma once
#include <uv.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/eventfd.h>
