package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// BenchmarkBuild has a site of 200 pages, on each backend: all of it, one page and the list, and nothing.
func BenchmarkBuild(b *testing.B) {
	tree := source(b)
	for n := range 200 {
		tree[fmt.Sprintf("content/%d/%d.txt", n/20, n)] = newPage
	}
	tempfs.Each(b, func(b *testing.B, fsys *tempfs.Fs) {
		fixture.Build(b, fsys, tree)
		run := func(name string, clean bool, writes int, change func(n int)) {
			b.Run(name, func(b *testing.B) {
				for n := 0; b.Loop(); n++ {
					change(n)
					done, err := build(fsys, clean)
					require.NoError(b, err)
					require.Len(b, done.written, writes)
				}
			})
		}
		run("all", true, 205, func(int) {})
		run("one", false, 2, func(n int) {
			require.NoError(b, fsys.Chtimes("content/0/0.txt", edited, edited.AddDate(0, 0, n)))
		})
		run("nothing", false, 0, func(int) {})
	})
}
