package tempfs_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDiskAllocations has each row allocate no more than asked, alone and below directories.
func TestDiskAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector has sync.Pool drop what it is given")
	}
	requireOpenat2(t)
	const times = 100
	for _, r := range diskRows() {
		for _, depth := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s/%d", r.name, depth), func(t *testing.T) {
				w, err := newWorkplace(contenderOurs, depth, times+1)
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, w.close()) })
				require.NoError(t, w.run(r.prepare))
				require.NoError(t, w.run(r.before))
				i := 0
				allocations := testing.AllocsPerRun(times, func() { // and once more, before
					if err == nil {
						err = r.do(w, i)
					}
					i++
				})
				require.NoError(t, err)
				if r.allocations == unasked {
					t.Log(allocations)
					return
				}
				require.LessOrEqual(t, allocations, float64(r.allocations))
			})
		}
	}
}
