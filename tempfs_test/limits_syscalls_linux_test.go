package tempfs_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// childDoesLimitedRows does the rows of the disk, and those of limits, in an Fs with limits and in one without.
const childDoesLimitedRows = "do the rows under limits"

func init() { children[childDoesLimitedRows] = func(string) error { return doLimitedRows() } }

// The contenders of it.
const (
	tracedFree    = "without limits"
	tracedLimited = "with limits"
)

func doLimitedRows() error {
	runtime.LockOSThread() // whose calls are counted
	for contender, limits := range map[string]tempfs.Limits{tracedFree: {}, tracedLimited: roomy} {
		for _, r := range diskRows() {
			for _, depth := range diskDepths[:2] {
				if err := doLimitedRow(r, depth, contender, limits); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func doLimitedRow(r row, depth int, contender string, limits tempfs.Limits) error {
	fsys, err := tempfs.New(tempfs.WithLimits(limits))
	if err != nil {
		return err
	}
	w := &workplace{block: make([]byte, blockSize), close: fsys.Release}
	if err := w.open(contenderOurs, fsys, depth, tracedTimes); err != nil {
		return errors.Join(err, w.close())
	}
	return w.doTraced(r, traceKey(r, depth, contender))
}

// moreCalls are those that limits may add to a row, at depth 1 and deeper: a look at what is opened, removed or moved. All others take none.
var moreCalls = map[string][2]int{
	"open+close":                  {1, 1},
	"open+read 4 KiB+close":       {1, 1},
	"open+write 4 KiB+close":      {1, 1},
	"remove":                      {1, 1},
	"rename in one directory":     {2, 4},
	"list 100 entries with infos": {1, 1},
}

// TestLimitsTakeFewSystemCalls more than an Fs has without.
func TestLimitsTakeFewSystemCalls(t *testing.T) {
	onlyInFull(t)
	requireOpenat2(t)
	calls := traceRows(t, childDoesLimitedRows)
	for _, r := range diskRows() {
		for i, depth := range diskDepths[:2] {
			free, limited := most(calls[traceKey(r, depth, tracedFree)]), most(calls[traceKey(r, depth, tracedLimited)])
			require.NotEmpty(t, free)
			t.Logf("%s, depth %d: %d, with limits %d", r.name, depth, len(free), len(limited))
			require.LessOrEqual(t, len(limited), len(free)+moreCalls[r.name][i], "%s, depth %d: %v", r.name, depth, limited)
		}
	}
}
