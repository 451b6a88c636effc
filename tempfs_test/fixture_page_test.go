package tempfs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// These are the programs of docs/fixtures.md. What they test is one that links the newest release and lets it listen on another port.

// deploy is what they test.
func deploy(fsys *tempfs.Fs) error {
	config, err := afero.ReadFile(fsys, "config.yaml")
	if err != nil {
		return err
	}
	config = []byte(strings.ReplaceAll(string(config), "80", "443"))
	if err := afero.WriteFile(fsys, "config.yaml", config, 0o644); err != nil {
		return err
	}
	if err := fsys.Remove("latest"); err != nil {
		return err
	}
	if err := afero.WriteFile(fsys, "deploy.log", []byte("done"), 0o644); err != nil {
		return err
	}
	return fsys.SymlinkIfPossible("releases/v2", "latest")
}

func TestDeployLinksTheNewestRelease(t *testing.T) {
	fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{
		"config.yaml":        "port: 80\n",
		"bin/run":            fixture.File{Data: "#!/bin/sh\n", Mode: 0o755},
		"releases/v1/notes":  "first",
		"releases/v2/notes":  "second",
		"latest":             fixture.Link("releases/v1"),
		"cache/":             nil,
		"releases/v2/sum.md": fixture.HardLink("releases/v2/notes"),
	})

	require.NoError(t, deploy(fsys))

	fixture.Assert(t, fsys, fixture.Tree{
		"config.yaml": fixture.Contains("port: 443"),
		"bin/run":     fixture.File{Data: fixture.Any, Mode: 0o755},
		"latest":      fixture.Link("releases/v2"),
		"cache/":      nil,
	}, fixture.Ignore("*.log", "releases"))
}

// failedTest keeps how a test failed.
type failedTest struct {
	testing.TB
	message string
}

func (f *failedTest) Errorf(format string, args ...any) { f.message += fmt.Sprintf(format, args...) }

func TestPageShowsHowAssertFails(t *testing.T) {
	fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{"config.yaml": "port: 80\n", "bin/run": fixture.File{Mode: 0o644}, "cache/tmp/": nil})
	f := &failedTest{TB: t}
	require.False(t, fixture.Assert(f, fsys, fixture.Tree{
		"config.yaml": "port: 443\n",
		"bin/run":     fixture.File{Data: fixture.Any, Mode: 0o755},
		"latest":      fixture.Link("releases/v2"),
		"cache/":      nil,
	}))
	page := pageOf(t, "docs/fixtures.md")
	require.Contains(t, page, ": "+strings.ReplaceAll(strings.TrimSpace(f.message), "\n", "\n        ")+"\n```\n")
}

// release has what the tests of deploy begin with, as text.
var release = fixture.MustTxtar(`
@mode 0755 bin/run
@link latest releases/v1
-- config.yaml --
port: 80
-- bin/run --
#!/bin/sh
-- releases/v1/notes --
first
-- releases/v2/notes --
second
`)

func TestDeployIsAsOnEachBackend(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, release)
		require.NoError(t, deploy(fsys))
		fixture.Golden(t, fsys, "testdata/deployed.txtar", fixture.Ignore("*.log"))
	})
}

func TestDeployChangesOnlyWhatItShould(t *testing.T) {
	fsys := fixture.Build(t, tempfs.Test(t, tempfs.InMemory()), release)

	want, err := fixture.Read(fsys)
	require.NoError(t, err)
	require.NoError(t, deploy(fsys))

	want["config.yaml"] = "port: 443\n"
	want["latest"] = fixture.Link("releases/v2")
	fixture.Assert(t, fsys, want, fixture.Ignore("*.log"))
}

func TestDeployInParallelTestsHasClones(t *testing.T) {
	template := fixture.Build(t, tempfs.Test(t, tempfs.InMemory()), release)
	for _, port := range []string{"port: 80\n", "port: 8080\n"} {
		t.Run(port, func(t *testing.T) {
			t.Parallel()
			fsys := template.TestClone(t) // released with the subtest

			fixture.Build(t, fsys, fixture.Tree{"config.yaml": port}, fixture.Overwrite())
			require.NoError(t, deploy(fsys))
		})
	}
}

func BenchmarkDeploy(b *testing.B) {
	template := fixture.Build(b, tempfs.Test(b, tempfs.InMemory()), release)
	for b.Loop() {
		b.StopTimer()
		fsys, err := template.Clone()
		require.NoError(b, err)
		b.StartTimer()

		require.NoError(b, deploy(fsys))
		require.NoError(b, fsys.Release())
	}
}

func FuzzDeploy(f *testing.F) {
	template := fixture.Build(f, tempfs.Test(f, tempfs.InMemory()), release)
	f.Add("port: 80\n")
	f.Fuzz(func(t *testing.T, config string) {
		fsys := template.TestClone(t)

		fixture.Build(t, fsys, fixture.Tree{"config.yaml": config}, fixture.Overwrite())
		require.NoError(t, deploy(fsys))
		fixture.Assert(t, fsys, fixture.Tree{"config.yaml": strings.ReplaceAll(config, "80", "443")}, fixture.Only("config.yaml"))
	})
}
