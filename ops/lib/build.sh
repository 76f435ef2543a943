# Builds the executables, and knows without asking the package manager when there is nothing to build. Sourced, not run.

# The sources' names and times: any edit, new file or removed file changes it.
source_state() {
  find "$1/Package.swift" "$1/Services" "$1/Shared" -type f -printf '%P %T@ %s\n' | sort | cksum
}

# build ROOT CONFIG
build() {
  local root=$1 config=$2 stamp="$1/.build/taskmesh-$2.stamp" state
  state=$(source_state "$root")
  if [ -x "$root/.build/$config/local-mesh" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then return 0; fi
  command -v swift >/dev/null || {
    echo "there is no swift on the PATH: install Swift 6.3 from https://swift.org/install/linux and run this again" >&2
    exit 69
  }
  echo "building Taskmesh ($config); the first time takes a few minutes"
  swift build --package-path "$root" -c "$config" || {
    echo "the build failed: the lines above say where" >&2
    exit 70
  }
  printf '%s\n' "$state" >"$stamp"
}
