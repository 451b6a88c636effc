package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestManyTakeWhatThereIsAndNoMore is a race for the last bytes, the last files, and the last bytes of one file, again and again.
func TestManyTakeWhatThereIsAndNoMore(t *testing.T) {
	const bytes, files, racers, rounds = 10_000, 300, 4, 40 // so many that nobody is done before all have begun
	for what, c := range map[string]struct {
		limits tempfs.Limits
		take   func(fsys *tempfs.Fs, racer int, taken *atomic.Int64) error
	}{
		"bytes":              {tempfs.Limits{Bytes: bytes}, takeBytes(func(racer int) string { return fmt.Sprintf("/%d", racer) })},
		"bytes of one file":  {tempfs.Limits{FileSize: bytes}, takeBytes(func(int) string { return "/f" })},
		"bytes, in one file": {tempfs.Limits{Bytes: bytes}, takeBytes(func(int) string { return "/f" })},
		"files":              {tempfs.Limits{Files: files}, takeFiles},
	} {
		t.Run(what, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				for range rounds {
					var taken atomic.Int64
					require.NoError(t, parallel(racers, func(i int) error { return c.take(fsys, i, &taken) }))
					require.Equal(t, max(c.limits.Bytes, c.limits.FileSize, c.limits.Files), taken.Load())
					require.NoError(t, fsys.RemoveAll("/"))
					require.Equal(t, tempfs.Usage{}, fsys.Usage())
				}
			}, tempfs.WithLimits(c.limits))
		})
	}
}

// takeBytes appends a few at a time until there are no more.
func takeBytes(nameOf func(racer int) string) func(fsys *tempfs.Fs, racer int, taken *atomic.Int64) error {
	return func(fsys *tempfs.Fs, racer int, taken *atomic.Int64) error {
		f, err := fsys.OpenFile(nameOf(racer), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		for err == nil {
			var n int
			n, err = f.WriteString("abc")
			taken.Add(int64(n))
		}
		return errors.Join(unless(tempfs.ErrQuota, err), f.Close())
	}
}

func takeFiles(fsys *tempfs.Fs, racer int, taken *atomic.Int64) error {
	for i := 0; ; i++ {
		if err := fsys.Mkdir(fmt.Sprintf("/%d-%d", racer, i), 0o700); err != nil {
			return unless(tempfs.ErrQuota, err)
		}
		taken.Add(1)
	}
}

// TestNobodyPassesTheBrim while all take and give back the last bytes, which is where two could take the same.
func TestNobodyPassesTheBrim(t *testing.T) {
	const most, racers = 5, 4
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		rounds := 20_000
		if fsys.Backend() == "memory" {
			rounds = 300_000
		}
		require.NoError(t, parallel(racers, func(i int) error {
			f, err := fsys.Create(fmt.Sprintf("/%d", i))
			if err != nil {
				return err
			}
			for range rounds {
				if _, err = f.WriteAt([]byte("ab"), 0); unless(tempfs.ErrQuota, err) != nil {
					return err
				}
				if used := fsys.Usage().Bytes; used < 0 || used > most {
					return fmt.Errorf("%d bytes of %d", used, most)
				}
				if err = f.Truncate(0); err != nil {
					return err
				}
			}
			return f.Close()
		}))
		requireUsage(t, fsys, 0, racers)
	}, tempfs.WithLimits(tempfs.Limits{Bytes: most}))
}
