package peers

import (
	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
)

// nameOfMemory is the contender that the demands are made of.
const nameOfMemory = "memory"

// more are contenders of ours that are not always there.
var more []contender

func ours() []contender {
	return append([]contender{
		{name: "memfallback", open: inMemory("/", func() system { return aferoSystem{memfallback.New()} })},
		{name: nameOfMemory, open: fsOfOurs(tempfs.InMemory())},
		{name: "disk", open: fsOfOurs(onTmpfs()...), cannot: ofTheKernel},
	}, more...)
}

func fsOfOurs(opts ...tempfs.Option) func() (place, error) {
	return func() (place, error) {
		fsys, err := tempfs.New(opts...)
		if err != nil {
			return place{}, err
		}
		return place{aferoSystem{fsys}, "/", fsys.Release}, nil
	}
}
