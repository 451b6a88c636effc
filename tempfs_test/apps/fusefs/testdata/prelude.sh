# Begins each script. $HOST is a directory of the host.

# bash does not end for a command after "!" that succeeds.
fails() { if "$@" >/dev/null 2>&1; then echo "succeeds: $*"; return 1; fi; }

# tree makes a directory with one of each kind of thing that an Fs holds.
tree() {
	mkdir -p tree/empty tree/a/b/c tree/private
	for i in $(seq 30); do seq $i >tree/a/$i; done
	printf 'no newline' >tree/a/b/f
	: >tree/nothing
	head -c 300000 /dev/urandom >tree/random
	truncate -s 5M tree/sparse
	printf data | dd of=tree/sparse bs=1 seek=3000000 conv=notrunc status=none

	ln tree/a/1 tree/a/b/hard
	ln tree/a/1 tree/hard
	ln -s a/1 tree/link
	ln -s /absolute/nowhere tree/dangling
	ln -s .. tree/a/up
	ln -P tree/link tree/hardlink-of-link

	local n d
	n=$(printf 'n%.0s' {1..255})
	d=$(printf 'd%.0s' {1..200})
	touch "tree/$n" "tree/ spaces and
newline" $'tree/not-\xff-UTF-8'
	mkdir -p "tree/$d/$d"
	echo deep >"tree/$d/$d/f"

	chmod 4755 tree/a/2
	chmod 2750 tree/a/3
	chmod 1777 tree/a/b
	chmod 000 tree/a/4
	chmod 500 tree/private
	chown 12:34 tree/a/5
	chown -h 56:78 tree/dangling
	touch -d '1999-12-31 23:59:59.123456789 UTC' tree/a/6
	touch -d '2100-01-01 UTC' tree/a/7
	touch -d '1965-05-05 UTC' tree/a/8
	touch -d '2001-01-01 UTC' tree/empty tree/a/b tree
}

# listing tells all of a tree that is to be kept. The times of symbolic links are none of it.
listing() (
	cd "$1"
	{
		find . -type l -printf '%P %y %u:%g %n %l\0' -o -printf '%P %y %m %U:%G %n %T@\0' | sort -z
		find . -type f -print0 | sort -z | xargs -0 sha256sum
	} | tr '\0' '\n'
)

