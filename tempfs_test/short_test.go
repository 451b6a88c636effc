package tempfs_test

import "testing"

// onlyInFull skips, with -short, a test that is the same for every user and with the race detector: it chooses the users of its processes itself, and
// what it looks at happens in those, one goroutine at a time. The gate runs all tests in full once, and then again with -short.
func onlyInFull(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("once is enough: a run without -short has it")
	}
}
