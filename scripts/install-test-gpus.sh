#!/usr/bin/env bash
# Provides what the tests need to run WebGPU without a GPU: Chromium, Firefox, and Mesa's llvmpipe as a Vulkan driver.
# Debian or Ubuntu as root: installs what is missing. Elsewhere: names it, says how to get it, and exits with 1;
# with STERNA_SKIP_MISSING=1 it exits with 0, and npm test lists the suites that need it as skipped.
# Quick when nothing is missing. `--check` only looks.
set -euo pipefail

# Dawn refuses the llvmpipe of Mesa 22 (Vulkan 1.3.230); that of Mesa 24 and later is accepted.
readonly OLDEST_VULKAN_PATCH=1.3.270
readonly OLDEST_MESA=24
readonly APT_WAIT_SECONDS=600

first_command() {
  local name
  for name in "$@"; do command -v "$name" && return 0; done
  return 1
}

first_file() {
  local name
  for name in "$@"; do [ -e "$name" ] && echo "$name" && return 0; done
  return 1
}

find_chromium() { first_command ${STERNA_CHROMIUM:+"$STERNA_CHROMIUM"} chromium google-chrome-stable google-chrome chromium-browser; }
find_firefox() { first_command ${STERNA_FIREFOX:+"$STERNA_FIREFOX"} firefox-esr firefox; }
# Ubuntu's packages of both browsers are shells around a snap, which containers cannot run.
works() { timeout 60 "$1" --version 2>/dev/null | tail -n 1 | grep -E '[0-9]+\.[0-9]+'; }
find_swiftshader() {
  first_file ${STERNA_SWIFTSHADER_ICD:+"$STERNA_SWIFTSHADER_ICD"} /usr/lib/chromium/vk_swiftshader_icd.json \
    /opt/google/chrome/vk_swiftshader_icd.json /usr/lib/chromium-browser/vk_swiftshader_icd.json
}
find_llvmpipe() {
  first_file ${STERNA_LLVMPIPE_ICD:+"$STERNA_LLVMPIPE_ICD"} /usr/share/vulkan/icd.d/lvp_icd.json \
    "/usr/share/vulkan/icd.d/lvp_icd.$(uname -m).json"
}
llvmpipe_version() { grep -oE '"api_version": *"[0-9.]+"' "$1" | grep -oE '[0-9]+\.[0-9]+\.[0-9]+'; }
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }
# Not `grep -q`: it would end the pipe early, and pipefail would report that as a failure.
has_vulkan_loader() { /sbin/ldconfig -p 2>/dev/null | grep 'libvulkan\.so\.1' >/dev/null || [ -e /usr/lib/libvulkan.so.1 ]; }

has_chromium() { local path; path=$(find_chromium) && works "$path" >/dev/null; }
has_firefox() { local path; path=$(find_firefox) && works "$path" >/dev/null; }
has_llvmpipe() {
  local manifest
  has_vulkan_loader && manifest=$(find_llvmpipe) && at_least "$(llvmpipe_version "$manifest")" "$OLDEST_VULKAN_PATCH"
}

# Fills `missing` with the names of what is not there.
look() {
  missing=()
  has_chromium || missing+=(chromium)
  find_swiftshader >/dev/null || missing+=(swiftshader)
  has_firefox || missing+=(firefox)
  has_llvmpipe || missing+=(llvmpipe)
}

show() {
  local path
  if path=$(find_chromium); then echo "chromium:    $path ($(works "$path" || echo 'does not start'))"; fi
  if path=$(find_swiftshader); then echo "swiftshader: $path"; fi
  if path=$(find_firefox); then echo "firefox:     $path ($(works "$path" || echo 'does not start'))"; fi
  if path=$(find_llvmpipe); then echo "llvmpipe:    $path (Vulkan $(llvmpipe_version "$path"))"; fi
}

# One line for each missing thing: what it is for and how to get it here.
explain() {
  local thing
  echo "Missing for the full test run:"
  for thing in "${missing[@]}"; do
    case "$thing" in
      chromium) echo "  chromium: Chromium or Chrome (156 was seen to work; package chromium on Debian and Fedora; on Ubuntu, whose package is a snap, Google's .deb of Chrome). Elsewhere: set STERNA_CHROMIUM." ;;
      swiftshader) echo "  swiftshader: vk_swiftshader_icd.json, which comes with Debian's chromium and Google's Chrome. Elsewhere: set STERNA_SWIFTSHADER_ICD." ;;
      firefox) echo "  firefox: Firefox (153 ESR was seen to work; package firefox-esr on Debian, firefox on Fedora; on Ubuntu, whose package is a snap, Mozilla's .deb). Elsewhere: set STERNA_FIREFOX." ;;
      llvmpipe) echo "  llvmpipe: Mesa's CPU Vulkan driver of Mesa $OLDEST_MESA or later and the Vulkan loader (packages mesa-vulkan-drivers and libvulkan1; Debian 12: from bookworm-backports; Fedora: mesa-vulkan-drivers vulkan-loader). Elsewhere: set STERNA_LLVMPIPE_ICD." ;;
    esac
  done
}

# apt-get, patient while another one holds a lock.
apt_get() {
  local started=$SECONDS output
  until output=$(DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout="$APT_WAIT_SECONDS" "$@" 2>&1); do
    if ! grep -q 'Could not get lock' <<<"$output" || ((SECONDS - started > APT_WAIT_SECONDS)); then
      echo "$output" >&2
      return 1
    fi
    sleep 3
  done
}

candidate_version() { apt-cache policy "$1" | sed -n 's/^ *Candidate: *\([0-9]*:\)\?//p'; }

# The repository that this machine already uses for Debian, with the backports suite.
add_backports() {
  local suite="$1-backports" uri
  if apt-cache policy | grep "a=[a-z-]*backports\|n=$suite" >/dev/null; then return 0; fi
  uri=$(sed -nE 's#^(URIs:|deb( \[[^]]*\])?) +(https?://[^ ]+/debian)/?( .*)?$#\3#p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
  echo "deb ${uri:-http://deb.debian.org/debian} $suite main" >/etc/apt/sources.list.d/sterna-backports.list
  apt_get update
}

install_on_debian() {
  local packages=()
  apt_get update
  if [ "$ID" = debian ]; then
    has_chromium && find_swiftshader >/dev/null || packages+=(chromium)
    has_firefox || packages+=(firefox-esr)
  fi
  if ((${#packages[@]} > 0)); then apt_get install -y --no-install-recommends "${packages[@]}"; fi
  if has_llvmpipe; then return 0; fi
  if at_least "$(candidate_version mesa-vulkan-drivers)" "$OLDEST_MESA"; then
    apt_get install -y --no-install-recommends mesa-vulkan-drivers libvulkan1
  elif [ "$ID" = debian ]; then
    add_backports "$VERSION_CODENAME"
    apt_get install -y --no-install-recommends -t "$VERSION_CODENAME-backports" mesa-vulkan-drivers libvulkan1
  fi
}

main() {
  look
  if ((${#missing[@]} > 0)) && [ "${1:-}" != --check ]; then
    ID=unknown VERSION_CODENAME=unknown
    # shellcheck source=/dev/null
    [ -r /etc/os-release ] && . /etc/os-release
    if { [ "$ID" = debian ] || [ "$ID" = ubuntu ]; } && [ "$(id -u)" = 0 ]; then
      echo "Installing for the tests: ${missing[*]}"
      install_on_debian || echo "The installation failed; see above." >&2
      look
    elif [ "$ID" = debian ] || [ "$ID" = ubuntu ]; then
      echo "Not root: run \`sudo npm run setup\` to have this script install what it can."
    fi
  fi
  show
  if ((${#missing[@]} == 0)); then return 0; fi
  explain
  if [ "${STERNA_SKIP_MISSING:-}" = 1 ]; then
    echo "STERNA_SKIP_MISSING=1: the suites that need it are skipped and listed."
    return 0
  fi
  echo "Install it, or set STERNA_SKIP_MISSING=1 to test without it."
  return 1
}

main "$@"
