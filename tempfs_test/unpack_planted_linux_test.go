package tempfs_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// linkPlanter replaces directories of a tree by links to a directory outside, and files by links to a file there, for as long as it is let.
type linkPlanter struct {
	base    *os.Root // or it would go outside itself, by the links that it plants
	outside string
	stop    atomic.Bool
	swaps   atomic.Int64
	done    sync.WaitGroup
}

func (s *linkPlanter) start() {
	s.done.Go(func() {
		for n := 0; !s.stop.Load(); n++ {
			for _, pattern := range []string{".unpack-*", ".unpack-*/*", ".unpack-*/*/*", "*", "*/*"} {
				matches, err := fs.Glob(s.base.FS(), pattern)
				if err != nil || len(matches) == 0 {
					continue
				}
				s.swap(matches[n%len(matches)], n)
			}
			runtime.Gosched()
		}
	})
}

func (s *linkPlanter) swap(name string, n int) {
	info, err := s.base.Lstat(name)
	if err != nil || strings.HasSuffix(name, ".away") {
		return
	}
	away := fmt.Sprintf("%s.%d.away", name, n)
	if s.base.Rename(name, away) != nil {
		return
	}
	target := s.outside
	if !info.IsDir() {
		target = filepath.Join(s.outside, "secret")
	}
	if s.base.Symlink(target, name) == nil {
		s.swaps.Add(1)
	}
	runtime.Gosched()
	if n%3 != 0 { // some stay
		_ = s.base.Remove(name)
		_ = s.base.Rename(away, name)
	}
}

// TestUnpackWritesThroughNoPlantedLink while somebody else, who may write in the host's directory of the Fs, replaces what is made by links to outside. That the archive is
// unpacked nobody can promise then.
func TestUnpackWritesThroughNoPlantedLink(t *testing.T) {
	items := append(harmless(), packedFile("a/b/c", "1"), packedFile("a/b/d", "2"), packedFile("a/secret", "3"), packedDir("a/"), packedFile("sub/secret", "4"), packedHardLink("a/hard", "a/b/c"))
	for i := range 50 {
		items = append(items, packedFile(fmt.Sprintf("many%d/sub/secret", i%7), "overwritten")) // names that are outside, too
		items[len(items)-1].name += strconv.Itoa(i)
	}
	archive := packedTar(t, items...)
	swaps, ended := int64(0), map[bool]int{}
	for range 60 {
		require.NoError(t, tempfs.With(func(fsys *tempfs.Fs) error {
			a := inside(t, fsys)
			base, err := os.OpenRoot(a.base)
			require.NoError(t, err)
			defer func() { require.NoError(t, base.Close()) }()
			s := &linkPlanter{base: base, outside: a.outside.dir}
			s.start()
			err = unpack.Into(context.Background(), fsys, bytes.NewReader(archive))
			s.stop.Store(true)
			s.done.Wait()
			ended[err == nil]++
			swaps += s.swaps.Load()
			require.NoError(t, a.outside.changed())
			return os.RemoveAll(a.outside.dir) // the next Fs has another one
		}))
	}
	require.Positive(t, swaps)
	t.Log(swaps, "swaps; unpacked or not:", ended)
}
