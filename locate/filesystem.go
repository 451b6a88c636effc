package locate

// facts is what the system tells of a filesystem.
type facts struct {
	noExec bool
	free   uint64 // bytes, to a user without privileges
}
