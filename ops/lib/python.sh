# The Python programs that tests compare with, in a virtual environment under .build. Sourced, not run.

# test_python ROOT: makes the environment once and says where it is in TASKMESH_TEST_VENV.
test_python() {
  local venv="$1/.build/venv" packages=(confluent-kafka==2.6.1 icalendar==7.3.2 python-dateutil==2.9.0.post0)
  export TASKMESH_TEST_VENV="$venv"
  [ "$(cat "$venv/packages" 2>/dev/null)" = "${packages[*]}" ] && return 0
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"
  echo "${packages[*]}" >"$venv/packages"
}
