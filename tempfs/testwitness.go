package tempfs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// keepVariable is the environment variable that wins over [Keep] in a test.
const keepVariable = "TEMPFS_KEEP"

// keepFromEnvironment is the option that keepVariable is, and does nothing for a value that it has no word for.
func keepFromEnvironment(tb TB) Option {
	tb.Helper()
	value := os.Getenv(keepVariable)
	for k, name := range keepNames {
		if value == name {
			return Keep(KeepPolicy(k))
		}
	}
	if value != "" {
		tb.Logf("tempfs.Test: %s=%q is ignored: it is none of %s", keepVariable, value, strings.Join(keepNames[:], ", "))
	}
	return nil
}

// testWitness is that of Test. What it saw it keeps for the clean-up of the test, which logs it.
type testWitness struct {
	tb     TB
	caller string   // what the user called
	saw    []string // written by the release
}

func (w *testWitness) failed() bool { return w.tb.Failed() }

func (w *testWitness) kept(tree *Fs, dir string, err error) {
	if err != nil {
		w.say("not kept: %v", err)
	} else {
		w.say("kept %s", dir)
	}
	w.say("%s", listing(tree))
	if tree.config.keepArtifacts {
		w.copyToArtifacts(tree, dir)
	}
}

func (w *testWitness) say(format string, args ...any) {
	w.saw = append(w.saw, fmt.Sprintf(format, args...))
}

// copyToArtifacts gives the copy the name of the tree, which nothing else has in the artifacts of the test.
func (w *testWitness) copyToArtifacts(tree *Fs, dir string) {
	tb, ok := w.tb.(interface{ ArtifactDir() string })
	if !ok {
		return
	}
	name := func(locked bool) string {
		if dir == "" {
			return rootName(tree.config.prefix, tree.config.suffix, locked)
		}
		return filepath.Base(dir)
	}
	if copied, err := tree.copyInto(tb.ArtifactDir(), 1, name); err != nil {
		w.say("not copied: %v", err)
	} else {
		w.say("copied to %s", copied)
	}
}

// tell logs what was kept.
func (w *testWitness) tell() {
	w.tb.Helper()
	if len(w.saw) > 0 {
		w.tb.Logf("%s: %s", w.caller, strings.Join(w.saw, "\n"))
	}
}
