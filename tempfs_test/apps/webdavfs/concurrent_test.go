package webdavfs_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// TestClientsOfTheirOwn work each in a collection of its own, at the same time, and each as if it were alone.
func TestClientsOfTheirOwn(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		s := server{serve(t, webdavfs.DeadProps(webdavfs.New(fsys)))}
		want := fixture.Tree{}
		var clients sync.WaitGroup
		for i := range 8 {
			dir := fmt.Sprintf("/client-%d", i)
			want[dir[1:]+"/copy/file"], want[dir[1:]+"/dir/moved"] = dir+" 2", dir+" 2"
			clients.Go(func() {
				for round := range 3 {
					content := fmt.Sprintf("%s %d", dir, round)
					for _, c := range []struct {
						status                   int
						method, path, body, dest string
					}{
						{201, "MKCOL", "", "", ""},
						{201, "MKCOL", "/dir", "", ""},
						{201, "PUT", "/dir/file", content, ""},
						{207, "PROPPATCH", "/dir/file", colour, ""},
						{201, "COPY", "/dir", "", "/copy"},
						{201, "MOVE", "/dir/file", "", "/dir/moved"},
						{404, "GET", "/dir/file", "", ""},
						{207, "PROPFIND", "", "", ""},
						{204, "DELETE", "", "", ""},
					} {
						if round == 2 && c.method == "DELETE" {
							continue
						}
						status, answer := s.ask(t, c.method, dir+c.path, c.body, s.destination(dir+c.dest))
						assert.Equal(t, c.status, status, "%s %s%s", c.method, dir, c.path)
						assert.Equal(t, c.method == "PROPFIND", strings.Contains(answer, ">blue<"), "the property, in the answer to %s", c.method)
					}
				}
			})
		}
		clients.Wait()
		fixture.Assert(t, fsys, want)
	})
}

// TestClientsInEachOthersWay replace, move and read one file. Whoever reads it finds what one of them has put there.
func TestClientsInEachOthersWay(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		s := server{serve(t, webdavfs.DeadProps(webdavfs.New(fsys)))}
		var clients sync.WaitGroup
		for i := range 6 {
			own, content := fmt.Sprintf("/own-%d", i), strings.Repeat(string(rune('a'+i)), 8000)
			clients.Go(func() {
				for range 15 {
					status, _ := s.ask(t, "PUT", own, content)
					assert.Equal(t, 201, status)
					_, _ = s.ask(t, "PROPPATCH", own, colour)
					status, _ = s.ask(t, "MOVE", own, "", s.destination("/shared"), "Overwrite: T")
					assert.Contains(t, []int{201, 204, 423}, status) // 423: another one is at it
					status, answer := s.ask(t, "GET", "/shared", "")
					assert.Contains(t, []int{200, 404}, status) // 404: between the removal and the rename of a MOVE
					if status == 200 {
						assert.Equal(t, strings.Repeat(answer[:min(1, len(answer))], 8000), answer)
					}
				}
			})
		}
		clients.Wait()
	})
}
