package aferotest

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

// answers gives what package os says to a case, a line for each step.
type answers interface {
	to(c Case) ([]string, error)
}

// whom says whose answers count: an Fs binds permissions as they bind the process.
func newAnswers() answers {
	if o, err := NewOracle(); err == nil {
		_ = o.Close()
		return &kernel
	}
	return recorded{isUser: os.Geteuid() > 0}
}

// kernel remembers what the kernel has said to this process: it says the same to each filesystem under test.
var kernel = memory{source: live{NewOracle}}

type memory struct {
	source answers
	mu     sync.Mutex
	known  map[string][]string // by script; guarded by mu
}

func (m *memory) to(c Case) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	script := fmt.Sprint(c.Steps) // names may come again: a caller has cases of its own, and some are played in part
	if lines, ok := m.known[script]; ok {
		return lines, nil
	}
	lines, err := m.source.to(c)
	if err != nil {
		return nil, err
	}
	if m.known == nil {
		m.known = map[string][]string{}
	}
	m.known[script] = lines
	return lines, nil
}

// live asks the kernel, with a fresh directory for each case.
type live struct{ newOracle func() (*Oracle, error) }

func (l live) to(c Case) ([]string, error) {
	o, err := l.newOracle()
	if err != nil {
		return nil, err
	}
	evenRoot(o)
	p := NewPlayer(o)
	lines := make([]string, len(c.Steps))
	for i, s := range c.Steps {
		lines[i] = p.Do(s)
	}
	p.Close()
	return lines, o.Close()
}

//go:embed recorded/*.txt
var recordFiles embed.FS

// recorded are the answers of a Linux to root, or to a user.
type recorded struct{ isUser bool }

const (
	recordOfRoot = "recorded/root.txt"
	recordOfUser = "recorded/user.txt"
)

var records = sync.OnceValue(func() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for _, name := range []string{recordOfRoot, recordOfUser} {
		text, err := recordFiles.ReadFile(name)
		if err != nil {
			panic(err) // it is compiled in
		}
		all[name] = parseRecord(string(text))
	}
	return all
})

func parseRecord(text string) map[string][]string {
	record := map[string][]string{}
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "== "); ok {
			name = rest
			continue
		}
		record[name] = append(record[name], line)
	}
	return record
}

// errNotRecorded is for cases that a caller made: nobody has asked a Linux yet.
var errNotRecorded = errors.New("aferotest: no recorded answers to this case")

func (r recorded) to(c Case) ([]string, error) {
	name := recordOfRoot
	if r.isUser {
		name = recordOfUser
	}
	lines := records()[name][c.Name]
	if len(lines) != len(c.Steps) {
		return nil, errNotRecorded
	}
	return lines, nil
}
