//go:build unix

package disk

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func openDescriptor(t *testing.T) *descriptor {
	t.Helper()
	fd, err := unix.Open(t.TempDir(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	return &descriptor{fd: fd}
}

func isOpen(fd int) bool {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil
}

func TestDescriptorIsClosedByItsLastUser(t *testing.T) {
	d := openDescriptor(t)
	require.True(t, d.acquire())
	require.True(t, d.acquire())
	require.Zero(t, d.close())
	require.False(t, d.acquire())
	require.Equal(t, syscall.EBADF, d.close())
	d.release()
	require.True(t, isOpen(d.fd))
	d.release()
	require.False(t, isOpen(d.fd))

	d = openDescriptor(t)
	require.True(t, d.acquire())
	d.release()
	require.True(t, isOpen(d.fd))
	require.Zero(t, d.close())
	require.False(t, isOpen(d.fd))
	require.False(t, d.acquire())
}

// TestNoDescriptorIsUsedAfterItsClose has files opened as fast as others are closed, so that numbers come back at once. Each reader knows what is in its
// file, and what is in no other.
func TestNoDescriptorIsUsedAfterItsClose(t *testing.T) {
	tree := newTree(t)
	for _, name := range []string{"a", "b"} {
		put(t, tree, name, name)
	}
	var wrong atomic.Int64
	var all sync.WaitGroup
	for _, name := range []string{"a", "b"} {
		all.Go(func() {
			for range 300 {
				h, errno := tree.OpenFile(name, os.O_RDONLY, 0)
				if errno != 0 {
					t.Errorf("open %s: %d", name, errno)
					return
				}
				var users sync.WaitGroup
				began := make(chan struct{}, 2)
				for range 2 {
					users.Go(func() {
						buffer := make([]byte, 1)
						for {
							n, errno := h.ReadAt(buffer, 0)
							if errno == syscall.EBADF {
								return
							}
							if n != 1 || string(buffer) != name {
								wrong.Add(1)
							}
							select {
							case began <- struct{}{}:
							default:
							}
						}
					})
				}
				<-began
				h.Close()
				users.Wait()
			}
		})
	}
	all.Wait()
	require.Zero(t, wrong.Load())
}

// TestOperationBesideClose ends a tree while it is used: the answer is that of the tree, or EBADF, and never one of another directory.
func TestOperationBesideClose(t *testing.T) {
	for range 50 {
		tree, err := makeNamed(t.TempDir(), "root")
		require.NoError(t, err)
		require.Zero(t, tree.Mkdir("d", 0o755))
		put(t, tree, "d/f", "x")
		sub, errno := tree.Sub("d")
		require.Zero(t, errno)
		var users sync.WaitGroup
		for range 2 {
			users.Go(func() {
				for {
					switch _, errno := sub.Lstat("f"); errno {
					case 0:
					case syscall.EBADF:
						return
					default:
						t.Errorf("errno %d", errno)
						return
					}
				}
			})
		}
		sub.Close()
		for range 4 { // they would take its number
			f, err := os.Open(filepath.Dir(tree.Dir()))
			require.NoError(t, err)
			defer f.Close()
		}
		users.Wait()
		require.NoError(t, tree.Release(t.Context(), nil))
	}
}
