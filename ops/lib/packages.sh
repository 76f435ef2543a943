# What the commands in ops/ need of Debian, and how they get it. Sourced, not run.

# shellcheck disable=SC2034  # read by whoever sources this
build_packages=(libuv1-dev libnghttp2-dev librdkafka-dev libsqlite3-dev libssl-dev libyaml-dev pkg-config tzdata)
# shellcheck disable=SC2034
test_packages=(curl faketime kcat nghttp2-client procps protobuf-compiler python3-venv sqlite3 util-linux)

# install_packages YES PACKAGE…: installs those that are missing; asks first at a terminal unless YES is set.
install_packages() {
  local yes=$1 missing=() package as_root=()
  shift
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "missing Debian packages: ${missing[*]}. Install them as root: apt-get install ${missing[*]}" >&2
      exit 69
    }
    as_root=(sudo)
  fi
  echo "missing Debian packages: ${missing[*]} (about $((${#missing[@]} * 5)) MB, one minute)"
  if [ -z "$yes" ] && [ -t 0 ] && [ -t 1 ]; then
    read -r -p "install them now? [Y/n] " answer
    case "$answer" in "" | y | Y | yes) ;; *) echo "nothing was installed" >&2; exit 69 ;; esac
  fi
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
      echo "apt-get could not install ${missing[*]}: run it by hand to see why" >&2
      exit 69
    }
  fi
}
