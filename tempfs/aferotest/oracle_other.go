//go:build !linux

package aferotest

func onOwnThread(fn func()) { fn() }

// enterRoot is for Linux, which gives a thread a root of its own.
func enterRoot(string) error { return ErrNoOracle }

// become is never reached.
func become(int, int) error { return ErrNoOracle }
