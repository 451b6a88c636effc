package aferotest

import (
	"regexp"
	"slices"
	"strings"
)

// Ability is something that package os can and that a filesystem may be made without. [Suite.Without] lists those that are not wanted.
//
// It differs from a method that is missing, which the suite finds by itself: here the method is there, since afero.Fs demands it, and
// does nothing of use.
type Ability string

// The abilities that a filesystem may be made without.
const (
	Symlinks    Ability = "symbolic links"
	HardLinks   Ability = "hard links"
	Modes       Ability = "modes"          // permission bits: kept, told, and binding
	Owners      Ability = "owners"         // uid and gid
	Times       Ability = "times"          // of modification: kept, told, and moved by what is done
	Concurrency Ability = "concurrent use" // by many goroutines
	Errors      Ability = "errors"         // of the type, Op, paths and errno of package os; what errors.Is finds is for all
)

// Abilities lists all of them.
func Abilities() []Ability {
	return []Ability{Symlinks, HardLinks, Modes, Owners, Times, Concurrency, Errors}
}

// needs has what nobody can play without the ability: whole groups of cases, and single steps.
var needs = map[Ability]struct{ groups, verbs []string }{
	Symlinks:    {[]string{"symlink"}, []string{"symlink", "readlink"}},
	HardLinks:   {[]string{"link"}, []string{"link", "nlink"}},
	Modes:       {[]string{"mode", "umask", "perm"}, []string{"chmod"}},
	Owners:      {nil, []string{"chown", "lchown", "owner"}},
	Times:       {[]string{"times"}, []string{"chtimes"}},
	Concurrency: {[]string{"concurrent"}, nil},
	Errors:      {[]string{"errors"}, nil},
}

// lacking is the first of the abilities that the test needs, "" for none.
func (t oneTest) lacking(without []Ability) Ability {
	for _, a := range without {
		need := needs[a]
		if slices.Contains(need.groups, t.group()) || t.script != nil && slices.ContainsFunc(t.script.Steps, a.isNeeded) {
			return a
		}
	}
	return ""
}

// isNeeded reports whether the step is of no use without the ability.
func (a Ability) isNeeded(s Step) bool { return slices.Contains(needs[a].verbs, s.Verb) }

// withoutSteps drops the steps that need what is not wanted: a random script is as good without them.
func (c Case) withoutSteps(without []Ability) Case {
	c.Steps = slices.DeleteFunc(slices.Clone(c.Steps), func(s Step) bool {
		return slices.ContainsFunc(without, func(a Ability) bool { return a.isNeeded(s) })
	})
	return c
}

// How infoLine and tree write a mode and a time, and how describe writes an error.
var (
	writtenMode  = regexp.MustCompile(` ([dalTLDpSugct?]+|-)(?:[r-][w-][x-]){3}`)
	writtenTime  = regexp.MustCompile(` (?:now|\d{4}-\d\d-\d\dT[\d:.]+Z)([ ;]|$)`)
	writtenError = regexp.MustCompile(`(?:bare error|[a-z]+(?: (?:"(?:[^"\\]|\\.)*"|[^\s";]+)){0,2}): ` +
		`(?:text|closed|EOF|unexpected EOF|short write|errno \d+|E[A-Z2]+)( \(|$|;|, )`)
)

// masked is an outcome with what need not be told left out of it. The kind of a file stays: it is not its mode.
func masked(line string, without []Ability) string {
	if slices.Contains(without, Modes) {
		line = writtenMode.ReplaceAllStringFunc(line, func(mode string) string {
			kinds := writtenMode.FindStringSubmatch(mode)[1]
			return " " + strings.Trim(kinds, "ugt-")
		})
	}
	if slices.Contains(without, Times) {
		line = writtenTime.ReplaceAllString(line, " time$1")
	}
	if slices.Contains(without, Errors) {
		line = writtenError.ReplaceAllString(line, "error$1")
	}
	return line
}
