package unpack

// meter counts what an archive comes to.
type meter struct {
	limits    Limits
	entries   int64 // and directories that names imply
	completed int64
	bytes     int64
}

// entry counts one.
func (m *meter) entry() error {
	if m.entries >= m.limits.Entries {
		return refuse(ErrTooMany, "%d are allowed", m.limits.Entries)
	}
	m.entries++
	return nil
}

// content counts n bytes of a file that has size by now.
func (m *meter) content(n, size int64) error {
	if size > m.limits.FileSize {
		return refuse(ErrTooLarge, "a file may have %d bytes", m.limits.FileSize)
	}
	if n > m.limits.Bytes-m.bytes {
		return refuse(ErrTooLarge, "all files may have %d bytes", m.limits.Bytes)
	}
	m.bytes += n
	return nil
}
