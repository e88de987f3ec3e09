# Shared by tools/demo and tools/check: what the machine needs, and the build. Sourced by sh; sets nothing but names.
#
# The caller has set $top, the top of the source tree.

BUILD_PACKAGES="gcc libc6-dev make autoconf automake pkg-config libglib2.0-dev libncurses-dev libssl-dev
	libgsasl-dev libgpgme-dev libsqlite3-dev libunistring-dev zlib1g-dev libchafa-dev
	libpng-dev libjpeg-dev libgif-dev libwebp-dev ca-certificates"
SERVER_PACKAGES="dovecot-imapd openssl python3"
TEST_PACKAGES="libvterm-dev gnupg gpgsm binutils xz-utils"

JOBS=$(nproc 2>/dev/null || echo 2)

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "This needs root, and there is no sudo: $*" >&2
		return 1
	fi
}

# Prints those of the packages named that are not installed.
missing_packages() {
	for package; do
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
		installed) ;;
		*) echo "$package" ;;
		esac
	done
}

# Installs what is missing of the packages named. Without apt we trust that the machine has it: configure will tell.
install_missing() {
	command -v apt-get >/dev/null || return 0
	missing=$(missing_packages "$@" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	echo "Installing: $missing" >&2
	# Our Dovecot is private: the machine must not get a public mail service because of us.
	masked=
	case $missing in
	*dovecot*)
		if [ -d /run/systemd/system ]; then
			as_root systemctl mask --runtime --quiet dovecot.service dovecot.socket && masked=yes
		fi
		;;
	esac
	apt_said=$(mktemp) || return
	as_root apt-get -q update >"$apt_said" 2>&1 &&
		as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get -q -y --no-install-recommends install $missing >>"$apt_said" 2>&1
	status=$?
	if [ -n "$masked" ]; then
		as_root systemctl disable --quiet dovecot.service dovecot.socket >&2
		as_root systemctl unmask --runtime --quiet dovecot.service dovecot.socket
	fi
	if [ $status != 0 ]; then
		tail -n 30 "$apt_said" >&2
		echo "apt-get could not install: $missing" >&2
	fi
	rm -f "$apt_said"
	return $status
}

# configure_in DIR OPTION...: makes the configure script if there is none, and runs it in DIR if the options are new.
configure_in() {
	directory=$1
	shift
	if [ ! -x "$top/configure" ]; then
		"$top/autogen.sh" || return
	fi
	mkdir -p "$directory" || return
	if [ ! -f "$directory/Makefile" ] || [ "$(cat "$directory/options" 2>/dev/null)" != "$*" ]; then
		(cd "$directory" && "$top/configure" "$@") || return
		echo "$*" >"$directory/options"
	fi
}
