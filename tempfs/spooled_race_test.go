package tempfs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSpooledRollEndsForAClose closes while the file is moving.
func TestSpooledRollEndsForAClose(t *testing.T) {
	var f *SpooledFile
	var moved faulty
	closed := make(chan error)
	f = spooledOver(t, 0, func() (handle, syscall.Errno) {
		go func() { closed <- f.Close() }()
		for !f.spool.closed.Load() {
			runtime.Gosched()
		}
		inner, errno := unnamedInMemory()
		moved = faulty{handle: inner, room: 1 << 30}
		return &moved, errno
	})
	write(t, f, "content")
	require.Equal(t, pathError("roll", "", fs.ErrClosed), f.Roll())
	require.NoError(t, <-closed)
	require.Equal(t, 1, moved.closed)
	require.False(t, f.Rolled())
}

// TestSpooledReleaseWhileRolling has files that move at the moment of the release.
func TestSpooledReleaseWhileRolling(t *testing.T) {
	Each(t, func(t *testing.T, fsys *Fs) {
		var wg sync.WaitGroup
		began := make(chan struct{})
		for range 4 {
			wg.Go(func() {
				for {
					f, err := fsys.SpooledTemporaryFile(1000)
					for err == nil {
						select {
						case began <- struct{}{}:
						default:
							runtime.Gosched() // where nobody is preempted
						}
						_, err = f.Write(make([]byte, 600))
						if f.Rolled() {
							err = errors.Join(err, f.Close())
							break
						}
					}
					if err != nil {
						require.ErrorIs(t, err, fs.ErrClosed)
						return
					}
				}
			})
		}
		for range 100 {
			<-began
		}
		require.NoError(t, fsys.Release())
		wg.Wait()
	})
}

// TestSpooledIsSafeForConcurrentUse has writers of regions of their own and readers of them, who see zeros or what was written, while the file moves.
func TestSpooledIsSafeForConcurrentUse(t *testing.T) {
	const writers, region = 8, 1000
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for range 5 {
			f := spooled.must(t, writers*region/2)
			var writing, reading sync.WaitGroup
			var done atomic.Bool
			for w := range writers {
				writing.Go(func() {
					p := bytes.Repeat([]byte{byte('A' + w)}, 10)
					for at := w * region; at < (w+1)*region; at += len(p) {
						require.NoError(t, errOnly(f.WriteAt(p, int64(at))))
						got := make([]byte, len(p))
						require.NoError(t, errOnly(f.ReadAt(got, int64(at))))
						require.Equal(t, p, got)
					}
				})
			}
			for range 2 {
				reading.Go(func() {
					p := make([]byte, writers*region)
					for !done.Load() {
						runtime.Gosched() // where nobody is preempted
						n, err := f.ReadAt(p, 0)
						if err != nil {
							require.ErrorIs(t, err, io.EOF)
						}
						for i, c := range p[:n] {
							require.True(t, c == 0 || c == byte('A'+i/region), "byte %d is %q", i, c)
						}
						f.Rolled()
						require.NoError(t, errOnly(f.Stat()))
					}
				})
			}
			writing.Wait()
			done.Store(true)
			reading.Wait()
			require.True(t, f.Rolled())
			var want strings.Builder
			for w := range writers {
				want.WriteString(strings.Repeat(string(rune('A'+w)), region))
			}
			requireState(t, f, want.String(), 0)
		}
	})
}

// TestSpooledConcurrentAppendsAreWhole also rolls at any time.
func TestSpooledConcurrentAppendsAreWhole(t *testing.T) {
	const writers, records = 4, 100
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, flag := range []int{0, os.O_APPEND} {
			f := spooled.must(t, 1000, Flags(flag))
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					for r := range records {
						require.NoError(t, errOnly(f.WriteString(string(rune('a'+w))+strings.Repeat("-", 8)+"\n")))
						if w == 0 && r == records/10 {
							require.NoError(t, f.Roll())
						}
					}
				})
			}
			wg.Wait()
			seek(t, f, 0)
			content, err := io.ReadAll(f)
			require.NoError(t, err)
			require.Len(t, content, writers*records*10)
			for w := range writers {
				require.Equal(t, records, bytes.Count(content, []byte(string(rune('a'+w))+"--------\n")))
			}
		}
	})
}
