package webdavfs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// TestCadaver has a client of WebDAV do what somebody types.
func TestCadaver(t *testing.T) {
	cadaver := trial.Program(t, "cadaver")
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "local.txt"), []byte("content\n"), 0o600))
		session := typed{cadaver: cadaver, dir: dir, url: serve(t, webdavfs.DeadProps(webdavfs.New(on.Fs))), checks: on.Checks(t)}
		session.run(t, []line{
			{"mkcol dir", "succeeded."},
			{"put local.txt dir/a.txt", "succeeded."},
			{"cd dir", ""},
			{"get a.txt back.txt", "succeeded."},
			{"copy a.txt b.txt", "succeeded."},
			{"move b.txt c.txt", "succeeded."},
			{"lock a.txt", "succeeded."},
			{"put ../local.txt a.txt", "No such file"}, // for it changes no directory of the host
			{"put local.txt a.txt", "succeeded."},
			{"unlock a.txt", "succeeded."},
			{"propset a.txt colour blue", "succeeded."},
			{"move a.txt d.txt", "succeeded."},
			{"propget d.txt colour", "Value of colour is: blue"},
			{"propdel d.txt colour", "succeeded."},
			{"propget d.txt colour", "404 Not Found"},
			{"ls", "c.txt"},
			{"cat c.txt", "content"},
		})
		session.checks.Check("what was got", hasContent(afero.NewOsFs(), filepath.Join(dir, "back.txt")))
		session.checks.Check("what was moved", hasContent(on.Fs, "/dir/d.txt"))
		session.run(t, []line{
			{"rmcol dir/d.txt", "not a collection"},
			{"delete dir/d.txt", "succeeded."},
			{"delete dir/d.txt", "404 Not Found"},
			{"delete dir", "is a collection"},
			{"rmcol dir", "succeeded."},
			{"ls", "collection is empty."},
		})
		session.checks.Record("cadaver")
	})
}

// typed is what is typed into cadaver.
type typed struct {
	cadaver, dir, url string
	checks            *trial.Checks
}

// line is a command, and a part of what cadaver says to it.
type line struct{ command, answer string }

// run is one session. Cadaver writes each prompt, the command after it, and then its answer.
func (s typed) run(t *testing.T, lines []line) {
	t.Helper()
	var input strings.Builder
	for _, each := range lines {
		_, _ = fmt.Fprintln(&input, each.command)
	}
	command := exec.CommandContext(t.Context(), s.cadaver, s.url+"/")
	command.Dir, command.Env, command.Stdin = s.dir, append(alone(t), "TERM=dumb", "PAGER=cat"), strings.NewReader(input.String())
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	rest := string(output)
	for _, each := range lines {
		var found bool
		_, rest, found = strings.Cut(rest, "> "+each.command+"\n")
		require.True(t, found, "no %q in %s", each.command, output)
		answer, _, _ := strings.Cut(rest, "\ndav:")
		s.checks.Check(each.command, func() error {
			if !strings.Contains(answer, each.answer) {
				return fmt.Errorf("cadaver says %q, which has no %q", answer, each.answer)
			}
			return nil
		})
	}
}

// hasContent wants a file to be what was put.
func hasContent(fsys afero.Fs, name string) step {
	return func() error {
		content, err := afero.ReadFile(fsys, name)
		if err == nil && string(content) != "content\n" {
			err = fmt.Errorf("%s is %q", name, content)
		}
		return err
	}
}
