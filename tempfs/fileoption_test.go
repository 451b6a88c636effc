package tempfs

import (
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFileOptions(t *testing.T) {
	const made = os.O_CREATE | os.O_EXCL
	for _, c := range []struct {
		name string
		opts []FileOption
		want fileConfig
	}{
		{"none", nil, fileConfig{perm: 0o600, flag: os.O_RDWR | made}},
		{"nil", []FileOption{nil}, fileConfig{perm: 0o600, flag: os.O_RDWR | made}},
		{"the last wins", []FileOption{Perm(0o640), Perm(0)}, fileConfig{perm: 0, hasPerm: true, flag: os.O_RDWR | made}},
		{"mode of the default", []FileOption{Perm(0o600)}, fileConfig{perm: 0o600, hasPerm: true, flag: os.O_RDWR | made}},
		{"append", []FileOption{Flags(os.O_APPEND)}, fileConfig{perm: 0o600, flag: os.O_RDWR | os.O_APPEND | made}},
		{"write only", []FileOption{Flags(os.O_WRONLY | os.O_SYNC)}, fileConfig{perm: 0o600, flag: os.O_WRONLY | os.O_SYNC | made}},
		{"what means nothing", []FileOption{Flags(os.O_TRUNC | os.O_EXCL)}, fileConfig{perm: 0o600, flag: os.O_RDWR | made}},
		{
			"all others",
			[]FileOption{Linkable(), KeepOnClose(), KeepFile()},
			fileConfig{perm: 0o600, flag: os.O_RDWR | made, linkable: true, keepOnClose: true, keepFile: true},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := newFileConfig(c.opts)
			require.NoError(t, err)
			require.NotNil(t, got.random)
			got.random, c.want.prefix = nil, "tmp"
			require.Equal(t, &c.want, got)
		})
	}
	for name, bad := range map[string]FileOption{
		"two ways to open":  Flags(os.O_RDWR | os.O_WRONLY),
		"an unknown flag":   Flags(1 << 29),
		"a type for a mode": Perm(fs.ModeDir | 0o700),
		"a separator":       Prefix("a/b"),
	} {
		_, err := newFileConfig([]FileOption{bad})
		require.ErrorIs(t, err, fs.ErrInvalid, name)
	}
}
