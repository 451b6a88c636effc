package memfallback_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// strangerCases are what a user may do among files of others: a setup by root, and what the user then does, whom foreign_linux_test.go
// has as 1234 in the groups 1235 and 1236. The kernel is asked the same, so the tables hold no answers.
var strangerCases = []struct{ title, setup, script string }{
	{
		"sticky directory of another", `
mkdir d 755
put d/mine one
chown d/mine 1234 1235
put d/others one
chown d/others 77 77
mkdir d/mydir 755
chown d/mydir 1234 1235
mkdir d/theirdir 777
chown d/theirdir 77 77
put d/theirdir/mine one
chown d/theirdir/mine 1234 1235
symlink others d/mylink
lchown d/mylink 1234 1235
symlink mine d/theirlink
chmod d 1777
put mine one
chown mine 1234 1235`, `
remove d/others
remove d/theirlink
remove d/theirdir
removeall d/theirdir
rename d/others d/x
rename d/others x
rename d/theirdir d/x
rename d/theirlink x
rename d/mine d/others
rename mine d/others
rename mine d/theirlink
rename d/mylink d/theirlink
rename d/mydir d/theirdir
rename d/mydir d/others
rename d/mine d/mylink
remove d/mine
rename d/mydir x
rename x d/again
put d/new one
rename d/new d/new2
remove d/new2
link d/others d/hard
remove d/hard
chmod d 777
removeall d`,
	},
	{
		"own sticky directory", `
mkdir d 755
put d/others one
chown d/others 77 77
mkdir d/theirdir 755
chown d/theirdir 77 77
put d/f one
chown d 1234 1235
chmod d 1755`, `
rename d/others d/x
rename d/f d/x
remove d/x
rename d/theirdir d/y
rename d/theirdir x
remove d/y`,
	},
	{
		"a directory of another changes its parent", `
mkdir a 777
chmod a 777
mkdir b 777
chmod b 777
mkdir a/shut 755
mkdir a/open 777
chmod a/open 777
put a/f one
mkdir a/mine 755
chown a/mine 1234 1235
chmod a/mine 555`, `
rename a/shut a/s
rename a/s b/s
rename a/open b/open
rename a/f b/f
rename a/mine b/mine
rename a/mine a/m
chmod a/m 755
rename a/m b/m`,
	},
	{
		"classes of users", `
put owner one
chown owner 1234 1235
chmod owner 077
put group one
chown group 77 1236
chmod group 707
put first one
chown first 77 1235
chmod first 640
put other one
chown other 77 77
chmod other 004
mkdir dg 755
put dg/f one
chown dg 77 1236
chmod dg 710
mkdir do 755
put do/f one
chown do 77 77
chmod do 701
mkdir dx 755
put dx/f one
chown dx 77 1236
chmod dx 707
mkdir dw 755
chown dw 77 1236
chmod dw 720`, `
cat owner
open a owner W
open a owner RW
truncate owner 0
chmod owner 400
cat owner
open a owner R|TRUNC
cat group
open a group W
cat first
open a first W
open a first R|TRUNC
cat other
open a other R|CREATE 644
truncate other 0
ls dg
cat dg/f
put dg/new one
remove dg/f
ls do
cat do/f
lstat do/f
lstat do/missing
ls dx
cat dx/f
lstat dx/f
put dw/new one
mkdir dw/new 755
ls dw`,
	},
	{
		"owners and groups", `
put mine one
chown mine 1234 1235
put theirs one
chown theirs 77 1235
chmod theirs 666
put setid one
chown setid 77 1235
chmod setid 6777
put foreigngroup one
chown foreigngroup 1234 77
mkdir d 755
chown d 1234 1235
mkdir theirdir 755
chown theirdir 77 1235
symlink mine s
lchown s 77 77`, `
chown mine -1 1236
chown mine -1 77
chown mine 77 -1
chown mine 1234 -1
chown mine 1234 1235
chown mine 0 0
chown theirs -1 -1
chown theirs 77 1235
chown theirs 1234 -1
chown theirs -1 1235
chown setid -1 -1
stat setid
chown foreigngroup -1 77
chown foreigngroup -1 1235
chown foreigngroup -1 77
chown s -1 1236
lchown s -1 1236
lchown s -1 -1
chown d -1 1236
chmod d 2755
chown d -1 1235
stat d
chmod theirs 644
chmod theirs 666
chmod theirdir 755
chtimes theirs 1 2
chtimes theirs - -
chtimes theirs - 2
chtimes mine 1 2
tree`,
	},
	{
		"set-group-id and groups", `
put foreign one
chown foreign 1234 77
put second one
chown second 1234 1236
mkdir d 755
chown d 77 77
chmod d 2777
mkdir e 755
chown e 77 1236
chmod e 2777
mkdir mine 755
chown mine 1234 77`, `
chmod foreign 2755
stat foreign
chmod foreign 6755
stat foreign
chmod second 2755
stat second
chmod mine 2755
stat mine
open a d/exec RW|CREATE 2755
open b d/plain RW|CREATE 2644
open c d/both RW|CREATE 6777
mkdir d/sub 2755
mkdir d/sub/sub 700
symlink x d/s
open a e/exec RW|CREATE 2755
mkdir e/sub 755
rename second d/second
link foreign d/foreign
chmod d/sub 755
stat d/sub
chmod e/sub 755
stat e/sub
tree`,
	},
	{
		"set-id bits of others go with a write", `
put a one
chown a 77 77
chmod a 6777
put b one
chown b 77 77
chmod b 6766
put c one
chown c 77 1236
chmod c 2767
put d one
chown d 77 1236
chmod d 6777
put e one
chown e 77 77
chmod e 6777`, `
open a a RW
write a ""
stat a
write a x
stat a
open b b W|APPEND
write b x
stat b
open c c RW|TRUNC
stat c
truncate d 1
stat d
open e e RW
ftruncate e 3
stat e`,
	},
	{
		"removing among others", `
mkdir d 777
chmod d 777
mkdir d/theirs 755
put d/theirs/f one
mkdir d/open 777
chmod d/open 777
put d/open/f one
mkdir d/empty 755
put d/f one
chmod d/f 0
mkdir e 755
chown e 77 77
mkdir e/mine 755
chown e/mine 1234 1235
put e/mine/f one`, `
remove d/theirs
removeall d/theirs
remove d/empty
removeall d/open
remove d/f
removeall e/mine
remove e/mine
ls e/mine
tree`,
	},
}

// TestStrangers compares memory with the kernel on each table.
func TestStrangers(t *testing.T) {
	for _, c := range strangerCases {
		t.Run(strings.ReplaceAll(c.title, " ", "_"), func(t *testing.T) {
			probe, err := os.Create(filepath.Join(t.TempDir(), "probe"))
			require.NoError(t, err)
			defer probe.Close()
			setup := "chmod / 777\n" + strings.TrimSpace(c.setup) + "\n"
			script := withoutProtected(t, withStats(c.script))
			var set, host []string
			inChroot(t, 0, func() {
				set = hostSession(foreignUID, probe).run(setup)
				if err := dropRights(); err != nil {
					panic(err)
				}
				host = hostSession(foreignUID, probe).run(script)
			})
			for _, line := range set {
				require.True(t, strings.HasSuffix(line, "  =>  ok"), line)
			}
			requireSame(t, host, foreignMemory(setup, script))
		})
	}
}

// withStats has the names of each command told behind it: mode, owner and links.
func withStats(script string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(script) + "\n") {
		b.WriteString(line)
		words := strings.Fields(line)
		if len(words) < 2 || words[0] == "stat" {
			continue
		}
		for _, name := range words[1:] {
			if strings.Trim(name, "0123456789-") != "" && strings.ToUpper(name) != name {
				b.WriteString("lstat " + name + "\n")
			}
		}
	}
	return b.String()
}
