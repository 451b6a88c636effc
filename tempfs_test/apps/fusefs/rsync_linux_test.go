package fusefs_test

import (
	"testing"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// TestRsync synchronizes to a mount, on it, and from it. What has been transferred once is not transferred again. Times of symbolic links are left out (-J): an Fs cannot set them.
func TestRsync(t *testing.T) {
	trial.Program(t, "rsync")
	eachMount(t, "FUSE: rsync", func(t *testing.T, checks *trial.Checks, dir string) {
		out := t.TempDir() + "/"
		const (
			sync   = `rsync -aHSJ --numeric-ids --delete `
			nobody = `test -z "$(rsync -aHSJci --numeric-ids --delete `
		)
		runAll(t, checks, dir, []script{
			{"make a tree", tree},
			{"copy", sync + `tree/ copy/`},
			{"again: nothing, by checksums", nobody + `tree/ copy/)"`},
			{"what changed", `echo more >>tree/a/11; chmod 700 tree/a/12; chown 9:9 tree/a/13; touch -d 2002-02-02 tree/a/14; ` + sync + `-i tree/ copy/ >said; test "$(grep '^>f' said)" = $'>f.st...... a/11\n>f..t...... a/14';  ` + nobody + `tree/ copy/)"`},
			{"what is gone", `rm tree/a/15; rm -r tree/a/b; ` + sync + `tree/ copy/; fails test -e copy/a/b; ` + nobody + `tree/ copy/)"`},
			{"what is called otherwise", `mv tree/random tree/renamed; mv tree/empty tree/a/moved; ` + sync + `--fuzzy tree/ copy/; fails test -e copy/random; ` + nobody + `tree/ copy/)"`},
			{"a file that became a directory, and back", `rm tree/a/16; mkdir tree/a/16; echo x >tree/a/16/x; rmdir tree/private; echo file >tree/private; ` + sync + `--force tree/ copy/; test -f copy/a/16/x; test -f copy/private; ` + nobody + `tree/ copy/)"`},
			{"in place", `printf patch | dd of=tree/renamed bs=1 seek=150000 conv=notrunc status=none; rsync -aHJ --inplace --no-whole-file tree/ copy/; cmp tree/renamed copy/renamed`},
			{"to the host and back", sync + `tree/ "` + out + `out/"; ` + sync + `"` + out + `out/" back/; ` + nobody + `tree/ back/)"`},
			{"hard links to an older copy", sync + `--link-dest=../copy tree/ snapshot/; test "$(stat -c %i snapshot/renamed)" = "$(stat -c %i copy/renamed)"`},
			{"backups", `echo again >>tree/a/17; rsync -aHJ --backup --suffix=.old tree/ copy/; test -f copy/a/17.old`},
		})
	})
}
