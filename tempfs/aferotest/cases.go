package aferotest

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed cases/*.txt
var caseFiles embed.FS

// Case is a script with a name that does not change, "group/what it shows".
type Case struct {
	Name  string
	Steps []Step
}

// Group is the part of the name before the slash.
func (c Case) Group() string {
	group, _, _ := strings.Cut(c.Name, "/")
	return group
}

// Cases returns all scripts, by group.
func Cases() []Case { return slices.Clone(allCases()) }

var allCases = sync.OnceValue(func() []Case {
	entries, err := caseFiles.ReadDir("cases")
	if err != nil {
		panic(err) // it is compiled in
	}
	var all []Case
	for _, e := range entries {
		text, err := caseFiles.ReadFile(path.Join("cases", e.Name()))
		if err == nil {
			var cases []Case
			cases, err = parseCases(string(text))
			all = append(all, cases...)
		}
		if err != nil {
			panic(fmt.Sprintf("%s: %v", e.Name(), err)) // a test of ours parses all
		}
	}
	return all
})

// parseCases reads a file of cases: a line "== group/name" begins one, then there is a step a line. Empty lines and those that begin
// with # mean nothing.
func parseCases(text string) ([]Case, error) {
	var cases []Case
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "== "); ok {
			cases = append(cases, Case{Name: name})
			continue
		}
		s, err := ParseStep(line)
		if err == nil && len(cases) == 0 {
			err = errors.New("a step before the first case")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		last := &cases[len(cases)-1]
		last.Steps = append(last.Steps, s)
	}
	return cases, nil
}
