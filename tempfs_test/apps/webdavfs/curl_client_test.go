package webdavfs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// curl is the program, and the server that it speaks to.
type curl struct {
	t            *testing.T
	program, url string
	dir          string // for what it writes
	environment  []string
}

func newCurl(t *testing.T, url string) *curl {
	t.Helper()
	return &curl{t: t, program: trial.Program(t, "curl"), url: url, dir: t.TempDir(), environment: alone(t)}
}

// answer is what the server says.
type answer struct {
	status     int
	head, body string
}

// ask sends a request for a path, with more options of curl.
func (c *curl) ask(method, path string, options ...string) (answer, error) {
	head, body := filepath.Join(c.dir, "head"), filepath.Join(c.dir, "body")
	if err := os.WriteFile(body, nil, 0o600); err != nil { // curl makes no file of an empty body
		return answer{}, err
	}
	arguments := []string{"--disable", "--silent", "--show-error", "--path-as-is", "--dump-header", head, "--output", body, "--write-out", "%{http_code}"}
	if method == "HEAD" {
		arguments = append(arguments, "--head")
	} else {
		arguments = append(arguments, "--request", method)
	}
	command := exec.CommandContext(c.t.Context(), c.program, append(append(arguments, options...), c.url+path)...)
	command.Env = c.environment
	output, err := command.CombinedOutput()
	if err != nil {
		return answer{}, fmt.Errorf("curl: %w: %s", err, output)
	}
	status, err := strconv.Atoi(string(output))
	if err != nil {
		return answer{}, err
	}
	headText, err := os.ReadFile(head)
	if err != nil {
		return answer{}, err
	}
	bodyText, err := os.ReadFile(body)
	return answer{status: status, head: string(headText), body: string(bodyText)}, err
}

// header is the value of a header of the answer, "" if it has none.
func (a answer) header(name string) string {
	for line := range strings.Lines(a.head) {
		if key, value, _ := strings.Cut(line, ":"); strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
