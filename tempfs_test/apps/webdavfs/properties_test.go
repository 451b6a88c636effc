package webdavfs_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/webdav"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// withProps is a filesystem with some files.
func withProps(t *testing.T, fsys *tempfs.Fs) webdav.FileSystem {
	t.Helper()
	fixture.Build(t, fsys, fixture.Tree{"file": "content", "dir/file": "content", "dir2/file": "content"})
	return webdavfs.DeadProps(webdavfs.New(fsys))
}

// TestPropertiesStayWithTheirFile, whatever it is called by then.
func TestPropertiesStayWithTheirFile(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		files, ctx := withProps(t, fsys), t.Context()
		setProps(t, files, "/file", "a")
		setProps(t, files, "/dir", "b") // a collection
		setProps(t, files, "/dir/file", "c")
		setProps(t, files, "/dir2/file", "d")

		require.NoError(t, files.Rename(ctx, "/dir/", "/moved"))
		requireProps(t, files, "/moved", "b")
		requireProps(t, files, "/moved/file", "c")
		requireProps(t, files, "/dir2/file", "d") // which only begins as /dir does

		require.NoError(t, files.Rename(ctx, "/file", "/moved/file")) // over another one
		requireProps(t, files, "/moved/file", "a")
		require.NoError(t, files.Rename(ctx, "/moved/file", "moved/./file")) // onto itself
		requireProps(t, files, "/moved/file", "a")
		require.Error(t, files.Rename(ctx, "/moved", "/moved/in"))
		requireProps(t, files, "/moved", "b")

		writeNew(t, files, "/plain")
		require.NoError(t, files.Rename(ctx, "/plain", "/dir2/file")) // one without properties over one with
		requireProps(t, files, "/dir2/file")

		require.NoError(t, files.RemoveAll(ctx, "/moved"))
		require.NoError(t, files.Mkdir(ctx, "/moved", 0o700))
		requireProps(t, files, "/moved")
		writeNew(t, files, "/moved/file")
		requireProps(t, files, "/moved/file")
		setProps(t, files, "/dir2/file", "e")
		writeNew(t, files, "/dir2/file")
		requireProps(t, files, "/dir2/file", "e") // what is overwritten is the same resource
	})
}

// TestPropertiesOfOpenFiles: a name that is given to another file meanwhile has nothing to do with them.
func TestPropertiesOfOpenFiles(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		files, ctx := withProps(t, fsys), t.Context()
		moved, removed, unset := open(t, files, "/dir/file"), open(t, files, "/file"), open(t, files, "/dir2/file")
		require.NoError(t, files.Rename(ctx, "/dir", "/moved"))
		require.NoError(t, files.RemoveAll(ctx, "/file"))
		require.NoError(t, files.RemoveAll(ctx, "/dir2/file"))
		require.NoError(t, files.Mkdir(ctx, "/dir", 0o700))
		writeNew(t, files, "/dir/file")
		writeNew(t, files, "/file")
		writeNew(t, files, "/dir2/file")
		setProps(t, files, "/dir2/file", "c")
		patchProps(t, moved, 200, "a")
		patchProps(t, removed, 200, "b")
		require.NoError(t, moved.Close())
		require.NoError(t, removed.Close())
		require.NoError(t, unset.Close())
		requireProps(t, files, "/moved/file", "a")
		requireProps(t, files, "/dir/file")
		requireProps(t, files, "/file")
		requireProps(t, files, "/dir2/file", "c")
	})
}

// TestPropertiesAreCopied with a file, and are its own from then on. Those of a collection the handler does not copy.
func TestPropertiesAreCopied(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		files := withProps(t, fsys)
		s := server{serve(t, files)}
		setProps(t, files, "/dir", "a")
		setProps(t, files, "/dir/file", "b")
		setProps(t, files, "/file", "c") // which is replaced
		status, _ := s.ask(t, "COPY", "/dir", "", s.destination("/copy"))
		require.Equal(t, 201, status)
		status, _ = s.ask(t, "COPY", "/dir/file", "", s.destination("/file"))
		require.Equal(t, 204, status)
		setProps(t, files, "/dir/file", "d")
		requireProps(t, files, "/copy")
		requireProps(t, files, "/copy/file", "b")
		requireProps(t, files, "/file", "b")
	})
}

// TestPropertiesHaveALimit, and what would pass it changes nothing.
func TestPropertiesHaveALimit(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		files := withProps(t, fsys)
		setProps(t, files, "/file", "a")
		file := open(t, files, "/file")
		patchProps(t, file, webdav.StatusInsufficientStorage, "b", strings.Repeat("x", 64<<10))
		patchProps(t, file, 200, strings.Repeat("y", 32<<10))
		patchProps(t, file, webdav.StatusInsufficientStorage, strings.Repeat("z", 32<<10))
		require.NoError(t, file.Close())
		requireProps(t, files, "/file", "a", strings.Repeat("y", 32<<10))
	})
}

// TestPatchIsInOrder, as RFC 4918 has it (section 9.2), and to remove what is not there is no error.
func TestPatchIsInOrder(t *testing.T) {
	files := withProps(t, tempfs.Test(t))
	file := open(t, files, "/file")
	set, remove := webdav.Proppatch{Props: props("a", "b")}, webdav.Proppatch{Remove: true, Props: props("a", "c")}
	stats, err := file.(webdav.DeadPropsHolder).Patch([]webdav.Proppatch{set, remove})
	require.NoError(t, err)
	require.Equal(t, []webdav.Propstat{{Status: 200, Props: []webdav.Property{{XMLName: nameOf("a")}, {XMLName: nameOf("b")}, {XMLName: nameOf("a")}, {XMLName: nameOf("c")}}}}, stats)
	held, err := file.(webdav.DeadPropsHolder).DeadProps()
	require.NoError(t, err)
	clear(held) // a copy
	require.NoError(t, file.Close())
	requireProps(t, files, "/file", "b")
}

// halfway is a filesystem whose RemoveAll fails when all but one file is gone.
type halfway struct{ webdav.FileSystem }

func (h halfway) RemoveAll(ctx context.Context, name string) error {
	return errors.Join(h.FileSystem.RemoveAll(ctx, name+"/file"), errors.New("the rest stays"))
}

func TestRemovalThatFailsHalfway(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"dir/file": "content", "dir/other": "content"})
		files := webdavfs.DeadProps(halfway{webdavfs.New(fsys)})
		for _, name := range []string{"/dir", "/dir/file", "/dir/other"} {
			setProps(t, files, name, "a")
		}
		require.Error(t, files.RemoveAll(t.Context(), "/dir"))
		requireProps(t, files, "/dir", "a")
		requireProps(t, files, "/dir/other", "a")
		writeNew(t, files, "/dir/file")
		requireProps(t, files, "/dir/file")
	})
}

// TestPropertiesFollowWhileAllMove: a property that was set on an open file is never found on another one.
func TestPropertiesFollowWhileAllMove(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		files, ctx := withProps(t, fsys), t.Context()
		var movers sync.WaitGroup
		var patched atomic.Int64
		for i := range 4 {
			writeNew(t, files, fmt.Sprintf("/dir/own-%d", i))
		}
		for i := range 4 {
			own := fmt.Sprintf("/dir/own-%d", i)
			movers.Go(func() {
				for range 50 {
					_ = files.Rename(ctx, "/dir", "/elsewhere")
					for _, dir := range []string{"/dir", "/elsewhere"} {
						if file, err := files.OpenFile(ctx, dir+own[4:], os.O_RDWR, 0); err == nil {
							patchProps(t, file, 200, own[5:])
							patched.Add(1)
							_ = file.Close()
						}
					}
					_ = files.Rename(ctx, "/elsewhere", "/dir")
				}
			})
		}
		movers.Wait()
		_ = files.Rename(ctx, "/elsewhere", "/dir")
		for i := range 4 {
			own := fmt.Sprintf("own-%d", i)
			setProps(t, files, "/dir/"+own, own) // if it has none yet, for it was always elsewhere
			requireProps(t, files, "/dir/"+own, own)
		}
		require.NotZero(t, patched.Load())
	})
}

func nameOf(local string) xml.Name { return xml.Name{Space: "urn:test", Local: local} }

func props(names ...string) (all []webdav.Property) {
	for _, name := range names {
		all = append(all, webdav.Property{XMLName: nameOf(name), InnerXML: []byte("x")})
	}
	return all
}

// open opens a file or a collection as PROPPATCH does.
func open(t *testing.T, files webdav.FileSystem, name string) webdav.File {
	t.Helper()
	file, err := files.OpenFile(t.Context(), name, os.O_RDWR, 0)
	require.NoError(t, err)
	return file
}

func patchProps(t *testing.T, file webdav.File, status int, names ...string) {
	t.Helper()
	stats, err := file.(webdav.DeadPropsHolder).Patch([]webdav.Proppatch{{Props: props(names...)}})
	require.NoError(t, err)
	require.Len(t, stats, 1)
	require.Equal(t, status, stats[0].Status)
}

func setProps(t *testing.T, files webdav.FileSystem, name string, names ...string) {
	t.Helper()
	file := open(t, files, name)
	patchProps(t, file, 200, names...)
	require.NoError(t, file.Close())
}

// requireProps wants a file to have properties of these names, and no others.
func requireProps(t *testing.T, files webdav.FileSystem, name string, names ...string) {
	t.Helper()
	file := open(t, files, name)
	held, err := file.(webdav.DeadPropsHolder).DeadProps()
	require.NoError(t, err)
	require.NoError(t, file.Close())
	want := map[xml.Name]webdav.Property{}
	for _, property := range props(names...) {
		want[property.XMLName] = property
	}
	require.Len(t, held, len(want), name)
	for key, property := range want {
		require.Equal(t, property, held[key], name)
	}
}

// writeNew writes a file as PUT does.
func writeNew(t *testing.T, files webdav.FileSystem, name string) {
	t.Helper()
	file, err := files.OpenFile(t.Context(), name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	require.NoError(t, err)
	_, err = file.Write([]byte("new"))
	require.NoError(t, err)
	require.NoError(t, file.Close())
}
