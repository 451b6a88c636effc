//go:build !wasip1

package wasip1

import (
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	_ "github.com/aferotemp/go/tempfs" // the go command knows by it that a cached result is old; of changed tests it knows by -count=1 alone
)

// guest is a test binary, compiled by Go and by wazero.
type guest struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
	dir     string // of its package, below that of the library
}

// library is the directory of the root module.
func library(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(dir, "go.mod"))
	return dir
}

// compile takes a directory below that of the library.
func compile(t *testing.T, dir string) *guest {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "guest.wasm")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Dir = filepath.Join(library(t), dir)
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	wasm, err := os.ReadFile(binary)
	require.NoError(t, err)

	g := &guest{runtime: wazero.NewRuntime(t.Context()), dir: dir}
	t.Cleanup(func() { require.NoError(t, g.runtime.Close(t.Context())) })
	_, err = wasi_snapshot_preview1.Instantiate(t.Context(), g.runtime)
	require.NoError(t, err)
	g.module, err = g.runtime.CompileModule(t.Context(), wasm)
	require.NoError(t, err)
	return g
}

// run wants the tests to pass and to leave no temporary files. root is a directory of the host that is "/" of the guest; with "" the guest has none.
func (g *guest) run(t *testing.T, root string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	config := wazero.NewModuleConfig().WithName("").WithArgs(append([]string{"guest", "-test.short"}, args...)...).
		WithStdout(&out).WithStderr(&out).
		WithSysWalltime().WithSysNanotime().WithSysNanosleep().
		WithRandSource(rand.Reader) // or else each run has the same names
	temp := filepath.Join(root, "tmp")
	if root != "" {
		require.NoError(t, os.Mkdir(temp, 0o700))
		const source = "/source" // where tests find their testdata
		config = config.WithEnv("PWD", source+"/"+g.dir).
			WithFSConfig(wazero.NewFSConfig().WithDirMount(root, "/").WithReadOnlyDirMount(library(t), source))
	}
	module, err := g.runtime.InstantiateModule(t.Context(), g.module, config)
	require.NoError(t, err, "%s", out.String())
	require.NoError(t, module.Close(t.Context()))
	require.Contains(t, out.String(), "PASS")
	if root != "" {
		left, err := os.ReadDir(temp)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}
