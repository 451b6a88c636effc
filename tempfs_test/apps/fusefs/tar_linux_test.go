package fusefs_test

import (
	"testing"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// tree makes a directory with one of each kind of thing that an Fs holds.
const tree = `
mkdir -p tree/empty tree/a/b/c tree/private
for i in $(seq 30); do seq $i >tree/a/$i; done
printf 'no newline' >tree/a/b/f; : >tree/nothing
ln tree/a/1 tree/a/b/hard; ln tree/a/1 tree/hard
ln -s a/1 tree/link; ln -s /absolute/nowhere tree/dangling; ln -s .. tree/a/up; ln tree/link tree/hardlink-of-link
truncate -s 5M tree/sparse; printf data | dd of=tree/sparse bs=1 seek=3000000 conv=notrunc status=none
head -c 300000 /dev/urandom >tree/random
touch "tree/$(printf 'n%.0s' {1..255})" "tree/ spaces and
newline" $'tree/not-\xff-UTF-8'
mkdir -p "tree/$(printf 'd%.0s' {1..200})/$(printf 'e%.0s' {1..200})"; echo deep >"tree/$(printf 'd%.0s' {1..200})/$(printf 'e%.0s' {1..200})/f"
chmod 4755 tree/a/2; chmod 2750 tree/a/3; chmod 1777 tree/a/b; chmod 000 tree/a/4; chmod 500 tree/private
chown 12:34 tree/a/5; chown -h 56:78 tree/dangling
touch -d '1999-12-31 23:59:59.123456789 UTC' tree/a/6; touch -d '2100-01-01 UTC' tree/a/7; touch -d '1965-05-05 UTC' tree/a/8; touch -d '2001-01-01 UTC' tree/empty tree/a/b tree
`

// listing tells all of a tree that is to be kept. The times of symbolic links are none of it.
const listing = `listing() { (cd "$1"; find . -type l -printf '%P %y %u:%g %n %l\0' -o -printf '%P %y %m %U:%G %n %T@\0' | sort -z | sed -z '/^ d /d'; find . -type f -print0 | sort -z | xargs -0 sha256sum) | tr '\0' '\n'; }; `

// TestTar takes a tree in and out, and lets tar(1) compare.
func TestTar(t *testing.T) {
	trial.Program(t, "tar")
	eachMount(t, "FUSE: tar", func(t *testing.T, checks *trial.Checks, dir string) {
		out := t.TempDir() + "/"
		const same = listing + `diff -a <(listing tree) <(listing "$D"); `
		runAll(t, checks, dir, []script{
			{"make a tree", tree},
			{"create on the mount", `tar cf all.tar -H posix tree; tar tf all.tar >/dev/null`},
			{"compare with where it came from", `test -z "$(tar df all.tar 2>&1)"`},
			{"extract on the mount", `mkdir x; tar xpf all.tar -C x --numeric-owner; test -z "$(tar df all.tar -C x 2>&1)"; D=x/tree; ` + same},
			{"formats", `for f in posix gnu; do tar c -H $f -f $f.tar tree; test -z "$(tar df $f.tar 2>&1)"; done`},
			{"sparse", `tar cSf sparse.tar tree/sparse; test "$(stat -c %s sparse.tar)" -lt 100000; mkdir s; tar xSf sparse.tar -C s; cmp tree/sparse s/tree/sparse; test "$(du -k s/tree/sparse | cut -f1)" -lt 1000`},
			{"compressed", `tar czf all.tgz tree; test -z "$(tar df all.tgz 2>&1)"`},
			{"out to the host", `rm -rf "` + out + `out"; mkdir "` + out + `out"; tar xpf all.tar -C "` + out + `out" --numeric-owner; test -z "$(tar df all.tar -C "` + out + `out" 2>&1)"; D="` + out + `out/tree"; ` + same},
			{"in from the host", `tar cf - -H posix -C "` + out + `out" tree | (mkdir in; tar xpf - -C in --numeric-owner); D=in/tree; ` + same},
			{"append, update, delete", `echo 1 >tree/private/new; tar rf all.tar tree/private/new; tar df all.tar >/dev/null || true; tar --delete -f all.tar tree/sparse; tar tf all.tar | (fails grep -x tree/sparse)`},
			{"extract over what is there", `echo changed >x/tree/a/9; rm x/tree/hard; ln -s elsewhere x/tree/hard; tar xpf posix.tar -C x --numeric-owner --overwrite-dir; test -z "$(tar df posix.tar -C x 2>&1)"`},
			{"incremental", `tar cf inc0.tar -g snar tree; tar cf inc1.tar -g snar tree; tar tf inc1.tar | fails grep -av '/$\|a/7$'; echo more >>tree/a/10; tar cf inc2.tar -g snar tree; test "$(tar tf inc2.tar | grep -av '/$\|a/7$')" = tree/a/10`},
		})
	})
}
