# shellcheck shell=bash
# Sourced by scripts/test: the browsers and tools that tests need, through apt.

BROWSER_INSTALL="apt-get update && apt-get install -y --no-install-recommends chromium firefox-esr nftables iproute2 age"

# Without them the tests that need them fail, each with this same advice; the others still run.
prepare_browsers() {
	local missing
	missing="$(_missing_browsers)"
	[[ -z "$missing" ]] && return 0
	if command -v apt-get >/dev/null && _as_root true 2>/dev/null; then
		say "Installing what the tests need: $missing"
		_as_root sh -c "export DEBIAN_FRONTEND=noninteractive; $BROWSER_INSTALL" >&2 </dev/null || true
		missing="$(_missing_browsers)"
	fi
	[[ -z "$missing" ]] || say "Tests will fail, missing: $missing. Run as root: $BROWSER_INSTALL"
}

_missing_browsers() {
	# nft and ip live in /usr/sbin, which is not on everybody's PATH.
	local name missing=() PATH="$PATH:/usr/sbin:/sbin"
	for name in chromium firefox-esr nft ip age; do
		command -v "$name" >/dev/null || missing+=("$name")
	done
	echo "${missing[*]}"
}

_as_root() {
	if [[ "$EUID" -eq 0 ]]; then
		"$@"
	else
		sudo --non-interactive "$@"
	fi
}
