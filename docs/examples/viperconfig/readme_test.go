package main

import (
	"testing"

	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// settings is the app of README.md.
func settings() error {
	fsys, err := tempfs.New(tempfs.MemoryFallback()) // on disk; in memory where no directory can be written
	if err != nil {
		return err
	}
	defer fsys.Release() // the whole tree

	v := viper.New()
	v.SetFs(fsys) // or an FTP server, hugo, your own: whatever takes an afero.Fs
	v.Set("port", 8080)
	return v.WriteConfigAs("app.yaml")
}

func TestReadme(t *testing.T) { require.NoError(t, settings()) }
