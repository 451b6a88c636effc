package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pages are README.md, its like beside it, and docs/*.md.
func pages(t *testing.T) map[string]string {
	t.Helper()
	root := repository(t)
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			texts[name] = string(text)
		}
	}
	require.NotEmpty(t, texts)
	return texts
}

// pageOf is the text of a page, whose path begins at the root of the module.
func pageOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(t), filepath.FromSlash(path)))
	require.NoError(t, err)
	return string(text)
}

// tableCells are the cells of a row of a table in a page.
func tableCells(row string) []string {
	cells := strings.Split(strings.Trim(row, "|\n"), "|")
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
	}
	return cells
}

// TestPagesCompile wants each block of Go in the pages to stand, but for white space, in a file that go test or go build compiles.
func TestPagesCompile(t *testing.T) {
	code := compiled(t)
	blocks := 0
	for page, text := range pages(t) {
		for _, block := range regexp.MustCompile("(?ms)^```go\n(.*?)^```").FindAllStringSubmatch(text, -1) {
			blocks++
			found := false
			for _, source := range code {
				found = found || strings.Contains(source, oneSpaced(block[1]))
			}
			require.True(t, found, "%s has code that no test file or example has:\n%s", page, block[1])
		}
	}
	require.Greater(t, blocks, 3)
}

// compiled are the tests and examples of the module, white space made equal.
func compiled(t *testing.T) []string {
	t.Helper()
	var sources []string
	root := repository(t)
	examples := filepath.Join(root, "docs", "examples") + string(filepath.Separator)
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go"), !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(path, examples):
			return nil
		}
		source, err := os.ReadFile(path)
		sources = append(sources, oneSpaced(string(source)))
		return err
	}))
	return sources
}

func oneSpaced(s string) string { return " " + strings.Join(strings.Fields(s), " ") + " " }

// TestPagesLink wants every file to be there that the pages lead to, and in a page the heading.
func TestPagesLink(t *testing.T) {
	texts := pages(t)
	for page, text := range texts {
		for _, link := range regexp.MustCompile(`\]\(([^)#:\s]*)(#[^)]*)?\)`).FindAllStringSubmatch(text, -1) {
			target := page
			if link[1] != "" {
				target = filepath.Join(filepath.Dir(page), filepath.FromSlash(link[1]))
			}
			_, err := os.Stat(target)
			require.NoError(t, err, "%s leads to %s", page, link[1])
			if link[2] != "" {
				require.Contains(t, anchors(texts[target]), link[2], "%s leads to %s", page, link[0])
			}
		}
	}
}

// anchors are those that GitHub gives the headings of a page.
func anchors(text string) (all []string) {
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		letters := regexp.MustCompile(`[^\pL\pN _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		all = append(all, "#"+strings.ReplaceAll(letters, " ", "-"))
	}
	return all
}
