package memfallback_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRandomTimesOnHost asks after each command of a random script which times it changed.
func TestRandomTimesOnHost(t *testing.T) {
	names := strings.Fields("/ a a/b a/f f s a/x x g l")
	probe, err := os.Create(filepath.Join(t.TempDir(), "probe"))
	require.NoError(t, err)
	defer probe.Close()
	for seed := *firstSeed; seed < *firstSeed+*seeds/10+1; seed++ {
		r := rand.New(rand.NewPCG(seed, 7))
		var b strings.Builder
		for command := range strings.Lines(randomScript(r, 20)) {
			if command == "tree\n" {
				continue
			}
			for _, name := range names {
				b.WriteString("mark " + name + "\n")
			}
			b.WriteString(command)
			for _, name := range names {
				b.WriteString("changed " + name + "\n")
			}
		}
		for _, uid := range []int{0, 65534} {
			var host []string
			inChroot(t, uid, func() { host = onceTicked(hostSession(uid, probe), b.String()) })
			require.Equal(t, host, onceTicked(memorySession(uid), b.String()), "uid %d seed %d", uid, seed)
		}
	}
}

// onceTicked runs the script, waits for the clock once for all the marks that follow one another, and tells no changes of
// what was not there to be marked.
func onceTicked(s *session, script string) (results []string) {
	tick, pending := s.tick, false
	s.tick = func() { pending = true }
	for line := range strings.Lines(script) {
		words := parse(line)
		verb, name := words[0], words[1]
		if pending && verb != "mark" {
			tick()
			pending = false
		}
		if verb == "mark" {
			delete(s.infos, name)
		}
		if verb == "changed" && s.infos[name] == nil {
			continue
		}
		results = append(results, strings.TrimSpace(line)+"  =>  "+s.do(verb, words[1:]))
	}
	for _, f := range s.files {
		f.Close()
	}
	return results
}
