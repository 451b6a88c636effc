package aferotest

import (
	"errors"
	"slices"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// failures are the cases of the groups that fail. Case by case is enough to say what a filesystem gets wrong.
func failures(t *testing.T, newFs func() (afero.Fs, error), groups []string) []string {
	t.Helper()
	report := Suite{New: newFs, Groups: groups}.Run()
	require.NotEmpty(t, report.Results)
	var names []string
	for _, r := range report.Failed() {
		names = append(names, r.Case)
	}
	return names
}

// sequential are all groups but those that may end the process of a filesystem that is not made for them.
func sequential() []string {
	return slices.DeleteFunc(Groups(), func(group string) bool { return group == "huge" || group == "concurrent" })
}

// TestMemMapFs expects what users of afero.NewMemMapFs have reported, each by a case; and from the memory backend none of it. The
// numbers are of issues and pull requests of github.com/spf13/afero.
func TestMemMapFs(t *testing.T) {
	known := map[string]string{
		"#149":               "mkdir/missing parent",
		"#270":               "open/missing parent",
		"#164":               "mkdirall/a file on the way",
		"#232":               "remove/a directory that is not empty",
		"#319":               "rename/a directory over one that is not empty",
		"#656":               "rename/what is missing",
		"#327":               "handles/the name stays after a rename",
		"#101":               "create/over a directory",
		"#201":               "read/a directory",
		"#169":               "readdir/a file",
		"#522":               "names/empty is not the root",
		"#222":               "names/the root",
		"#415":               "flags/excl without create means nothing",
		"#13":                "append/two handles in turn",
		"#655":               "flags/rdonly and create",
		"#654":               "seek/before the start",
		"#412":               "read/ReadAt up to the end and over it",
		"#662":               "write/nothing beyond the end does not grow",
		"#567":               "handles/close",
		"#659":               "handles/use after close",
		"#150":               "perm/a directory without x hides what is in it",
		"#338":               "create/mode 0666 before umask",
		"#51":                "times/opening does not",
		"into itself":        "rename/a directory into itself",
		"huge offsets":       "write/at offsets that no file has",
		"open and recreated": "flags/trunc is seen through other handles",
		"living infos":       "stat/an info is of its moment",
		"zero time":          "times/zero leaves a time",
		"parent's mtime":     "times/a directory's moves when entries come",
	}
	wrong := failures(t, func() (afero.Fs, error) { return afero.NewMemMapFs(), nil }, sequential())
	right := failures(t, func() (afero.Fs, error) { return memfallback.New(), nil }, sequential())
	for thread, name := range known {
		require.Contains(t, wrong, name, thread)
		require.NotContains(t, right, name, thread)
	}
}

// based is an afero.BasePathFs in a chroot, where links that lead out of it harm nobody.
type based struct {
	*afero.BasePathFs
	host *Oracle
}

func (b *based) Close() error { return b.host.Close() }

// TestBasePathFs expects of the commonest way to get a throw-away filesystem what users have reported of it.
func TestBasePathFs(t *testing.T) {
	newFs := func() (afero.Fs, error) {
		host, err := NewOracle()
		if err != nil {
			return nil, err
		}
		base, _ := afero.NewBasePathFs(host, "/base").(*afero.BasePathFs)
		return &based{base, host}, host.Mkdir("/base", 0o755)
	}
	fs, err := newFs()
	if errors.Is(err, ErrNoOracle) {
		t.Skip(err)
	}
	require.NoError(t, err)
	require.NoError(t, fs.(*based).Close())
	wrong := failures(t, newFs, []string{"names", "resolve", "symlink", "errors", "removeall", "create"})
	for thread, name := range map[string]string{
		"#88":              "resolve/absolute links begin at the root",
		"#88, relative":    "resolve/links that climb stop at the root",
		"#282":             "symlink/keeps the target as it was given",
		"host paths":       "errors/paths are as given",
		"#148":             "names/File.Name is the name given",
		"cleaned names":    "resolve/dots after a link are of its target",
		"missing/..":       "resolve/dots after what is missing",
		"the empty name":   "names/empty is not the root",
		"a slash at end":   "names/trailing slash on a file",
		"removeall of dot": "removeall/dots at the end",
	} {
		require.Contains(t, wrong, name, thread)
	}
	require.NotContains(t, wrong, "create/over a file", "what it does well")
}
