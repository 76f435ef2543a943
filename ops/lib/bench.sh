# What benchmarks need beside the mesh: the load generators and the Python of the peers. Sourced, not run.

# bench_python ROOT: makes the peers' virtual environment once and says where it is in bench_venv.
bench_python() {
  local wanted="$1/Tests/Benchmarks/peers/requirements.txt"
  bench_venv="$1/.build/bench-venv"
  cmp -s "$wanted" "$bench_venv/requirements.txt" && return 0
  echo "installing the peers' Python packages" >&2
  python3 -m venv "$bench_venv"
  "$bench_venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted" >&2
  cp "$wanted" "$bench_venv/requirements.txt"
}

# bench_build ROOT: builds the load generators and says where they are in bench_bin.
bench_build() {
  local package="$1/Tests/Benchmarks" scratch="$1/.build/benchmarks"
  swift build --package-path "$package" --scratch-path "$scratch" -c release >&2 || {
    echo "ops/bench: the load generators do not build: the lines above say where" >&2
    exit 70
  }
  bench_bin="$scratch/release/Bench"
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds.
wait_for() {
  local seconds=$1 what=$2 end=$((SECONDS + $1))
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || { echo "ops/bench: $what is not there after $seconds s" >&2; return 1; }
    sleep 0.1
  done
}

# ports_are_free PORT…: whether nobody listens at any of them.
ports_are_free() {
  local port
  for port in "$@"; do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 1
  done
}
