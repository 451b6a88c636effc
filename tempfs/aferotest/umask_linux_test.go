package aferotest

import (
	"os"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// TestRecordWithAnotherUmask compares modes with the record in a process whose umask is not that of the record.
func TestRecordWithAnotherUmask(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	s := Suite{New: func() (afero.Fs, error) { return memfallback.New(), nil }, Groups: []string{"create", "mkdir", "umask"}}
	for _, one := range s.tests() {
		require.NoError(t, s.run(one, recorded{isUser: os.Geteuid() > 0}).Err, one.name)
	}
	require.Equal(t, 0o077, syscall.Umask(0o077), "the process has its own")
}
