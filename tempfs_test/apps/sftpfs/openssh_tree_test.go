package sftpfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/afero"
)

func (s *session) trees() error {
	if err := plant(s.local); err != nil {
		return err
	}
	if _, err := s.batch("put -pR tree", "get -pR tree back"); err != nil {
		return err
	}
	if err := sameTree(afero.NewBasePathFs(s.fsys, "/tree"), afero.NewBasePathFs(afero.NewOsFs(), s.local+"/tree")); err != nil {
		return fmt.Errorf("there: %w", err)
	}
	if err := sameTree(afero.NewBasePathFs(afero.NewOsFs(), s.local+"/back"), afero.NewBasePathFs(afero.NewOsFs(), s.local+"/tree")); err != nil {
		return fmt.Errorf("back: %w", err)
	}
	return nil
}

// plant makes a tree with modes and times of its own.
func plant(dir string) error {
	host := afero.NewBasePathFs(afero.NewOsFs(), dir)
	err := host.MkdirAll("tree/deep/deeper", 0o755)
	for name, mode := range map[string]fs.FileMode{"tree/read": 0o444, "tree/deep/run": 0o755, "tree/deep/deeper/own": 0o600} {
		err = errors.Join(err, afero.WriteFile(host, name, []byte(name), mode), host.Chmod(name, mode))
	}
	for i, name := range []string{"tree/read", "tree/deep/run", "tree/deep/deeper/own", "tree/deep/deeper", "tree/deep", "tree"} {
		when := time.Unix(1_000_000_000+int64(i), 0)
		err = errors.Join(err, host.Chtimes(name, when, when))
	}
	return errors.Join(err, host.Chmod("tree/deep", 0o700), host.Chmod("tree/deep/deeper", 0o711))
}

// sameTree compares names, modes, times and contents; the time of the top is that of the copy.
func sameTree(got, want afero.Fs) error {
	count := func(fsys afero.Fs) (n int) {
		_ = afero.Walk(fsys, "/", func(string, fs.FileInfo, error) error { n++; return nil })
		return n
	}
	if g, w := count(got), count(want); g != w {
		return fmt.Errorf("%d files of %d", g, w)
	}
	return afero.Walk(want, "/", func(name string, info fs.FileInfo, err error) error {
		if err != nil {
			return err
		}
		found, err := got.Stat(name)
		switch {
		case err != nil:
			return err
		case found.Mode() != info.Mode():
			return fmt.Errorf("%s: %v, and not %v", name, found.Mode(), info.Mode())
		case !found.ModTime().Equal(info.ModTime()):
			return fmt.Errorf("%s: of %v, and not of %v", name, found.ModTime(), info.ModTime())
		case info.IsDir():
			return nil
		}
		a, err := afero.ReadFile(got, name)
		b, wantErr := afero.ReadFile(want, name)
		if err == nil && wantErr == nil && !bytes.Equal(a, b) {
			err = fmt.Errorf("%s: other content", name)
		}
		return errors.Join(err, wantErr)
	})
}

func (s *session) names() error {
	if err := s.write("plain", []byte("named"), 0o644); err != nil {
		return err
	}
	for i, name := range []string{"two words", `a"quote`, "st*r", "wh?t", "[set]", "grüße", "-dash", "tab\tbed", `back\slash`, strings.Repeat("n", 255)} {
		quoted := `"/` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
		local := fmt.Sprintf("named%d", i)
		err := errors.Join(
			must(s.batch("put plain "+quoted, "get "+quoted+" "+local, "rename "+quoted+" /renamed", "rm /renamed")),
			s.gotAs(local, "named"), s.missing("/renamed"),
		)
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	return s.refuses("put plain "+strings.Repeat("n", 256), "Failure")
}
