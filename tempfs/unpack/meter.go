package unpack

import "sync"

// meter counts what an archive comes to.
type meter struct {
	limits    Limits
	entries   int64 // and directories that names imply
	completed int64

	mu    sync.Mutex
	bytes int64 // guarded by mu: workers count them
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
	m.mu.Lock()
	defer m.mu.Unlock()
	if n > m.limits.Bytes-m.bytes {
		return refuse(ErrTooLarge, "all files may have %d bytes", m.limits.Bytes)
	}
	m.bytes += n
	return nil
}

func (m *meter) written() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.bytes
}

func (m *meter) left() int64 { return m.limits.Bytes - m.written() }
