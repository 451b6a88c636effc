package peers

import "slices"

// row is an operation that is measured.
type row struct {
	name  string
	needs []ability
	// demand is what is asked of ours: the least speed, to that of the best peer or of the one that is named, and the most allocations, if any.
	demand demand
	// prepare makes what there is throughout.
	prepare func(w *workplace) (steps, error)
	// goroutines share the operations of a slice; 0 is one, that of the benchmark.
	goroutines int
}

type demand struct {
	speed       float64
	of          string // "": the best peer
	allocations int    // 0: none is asked
}

// steps are what a contender does for a row. A slice is before, do of each of its operations, and after; do alone is measured. Any but do may be nil.
type steps struct {
	// A slice has between least and most operations, as many as take a good time.
	least, most int
	before      func(n int) error
	do          func(i int) error
	// check asks whether the operations have done what they should, before after undoes it.
	check func(n int) error
	after func(n int) error
}

func rows() []row {
	return slices.Concat(rowsOfFiles(), rowsOfInfos(), rowsOfListings(), rowsOfAppends(), rowsOfContent(), rowsOfTrees(), rowsInParallel())
}

// sliceOfMany is the most operations of a slice.
const sliceOfMany = 4000
