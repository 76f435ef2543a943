#!/usr/bin/env bash
# Runs the tests of libraries and daemons under the sanitizers; each has a build of its own. `ops/test --sanitize` calls it.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The whole mesh is left out: its processes would each run at a third of their speed, on timers that go on as ever.
swift build --build-tests --sanitize=address --scratch-path .build/address
swift test --skip-build --sanitize=address --scratch-path .build/address --skip '^MeshTests\.'

# ThreadSanitizer does not see librdkafka's own locks and crashes in it: only what does not touch Kafka. All that it says of a
# Synchronization.Mutex is false, for it does not know the futex calls inside: those are suppressed.
suppressions=$PWD/.build/thread-suppressions
echo "race:Synchronization" >"$suppressions"
swift build --build-tests --sanitize=thread --scratch-path .build/thread
TSAN_OPTIONS="suppressions=$suppressions" swift test --skip-build --sanitize=thread --scratch-path .build/thread \
  --filter '^(JSONTests|ProtobufTests|TokensTests|SQLiteTests|TaskModelTests|TaskQueryTests|EventLoopTests|MetricsTests)\.'
