package tempfs_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/aferotemp/go"

// arrows are the packages and what each may import beside the standard library. The files of every GOOS are read, hence it
// holds for all of them.
var arrows = map[string][]string{
	"locate":               {"golang.org/x/sys"},
	"memfallback":          {"github.com/spf13/afero"},
	"tempfs/internal/disk": {"golang.org/x/sys"},
	"tempfs/aferotest":     {"github.com/spf13/afero", "testing"},
	"tempfs/unpack":        {"github.com/spf13/afero"},
	"tempfs/fixture":       {"github.com/spf13/afero"},
	"tempfs/faults":        {module + "/tempfs"},
	"tempfs": {
		"github.com/spf13/afero", "golang.org/x/sys",
		module + "/locate", module + "/memfallback", module + "/tempfs/internal/disk",
	},
}

// repository is the root of the module, or the reason why there is none: the test binary may run anywhere.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Skipf("the tests run away from their source: %v", err)
	}
	return root
}

func TestArrows(t *testing.T) {
	root := repository(t)
	for dir, allowed := range arrows {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, dir)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, path := range importsOf(t, file) {
				require.True(t, mayImport(path, allowed), "%s imports %s", file, path)
			}
		}
	}
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	require.NoError(t, err)
	var paths []string
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		paths = append(paths, path)
	}
	return paths
}

// mayImport: the standard library has no dot in its first element. Package testing is not for programs: it has flags.
func mayImport(path string, allowed []string) bool {
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") && path != "testing" {
		return true
	}
	for _, a := range allowed {
		if path == a || strings.HasPrefix(path, a+"/") && !strings.HasPrefix(a, module) {
			return true
		}
	}
	return false
}

// TestRequirements keeps the module's own go.mod short, since it becomes a part of every user's.
func TestRequirements(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(repository(t), "go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(content), "module "+module+"\n")
	require.NotRegexp(t, `(?m)^(replace|exclude|tool|toolchain)\b`, string(content))
	var direct []string
	for _, m := range regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) v\S+(.*)$`).FindAllStringSubmatch(string(content), -1) {
		if !strings.Contains(m[2], "// indirect") {
			direct = append(direct, m[1])
		}
	}
	require.ElementsMatch(t, []string{"github.com/spf13/afero", "github.com/stretchr/testify", "golang.org/x/sys"}, direct)
}

// TestOnlyTests keeps this package a place of tests.
func TestOnlyTests(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(repository(t), "tempfs_test", "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		require.True(t, strings.HasSuffix(file, "_test.go"), file)
	}
}
