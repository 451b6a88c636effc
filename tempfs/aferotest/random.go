package aferotest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Words are the choices that random scripts are made of. There are few names, so that they meet: as files, directories,
// links and links in a loop.
type Words struct {
	Names, Targets, Files, Flags, Modes, Texts []string
}

// DefaultWords are those of the random cases.
func DefaultWords() Words {
	return Words{
		Names:   []string{"a", "b", "c", "a/a", "a/b", "b/a", "b/c", "a/b/c", "/a", "a/", "b/.", "a/..", "c/../a", "/", "../b"},
		Targets: []string{"a", "b", "/a", "/b/a", "../a", "..", ".", "/", "c/", "missing", "a/b"},
		Files:   []string{"f", "g"},
		Flags:   []string{"rdonly", "wronly", "rdwr", "rdwr|create", "wronly|create|excl", "rdwr|create|trunc", "wronly|create|append", "rdwr|append", "rdonly|create", "rdonly|trunc", "rdonly|nofollow", "rdonly|directory"},
		Modes:   []string{"0644", "0755", "0600", "0777", "0700"},
		Texts:   []string{"x", "hello", "0123456789"},
	}
}

// Shape is a verb and the kinds of its arguments, for whoever draws steps. The kinds are "name", "target", "file", "flags", "mode",
// "text", "offset", "size" (which may be negative, as for seek), "count" (of bytes or entries), "whence" and "time".
type Shape struct {
	Verb  string
	Kinds []string
	// Weight is how often it is drawn beside the others.
	Weight int
}

// Shapes lists what random scripts do. Truncate by name is not among them: of a file that has the size already, ext4
// sets the time and tmpfs does not.
func Shapes() []Shape {
	var shapes []Shape
	for line := range strings.Lines(shapeText) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		weight := int(number(words[0]))
		shapes = append(shapes, Shape{Verb: words[1], Kinds: words[2:], Weight: weight})
	}
	return shapes
}

const shapeText = `
4 open file name flags mode
2 create file name
4 mkdir name mode
2 mkdirall name mode
4 put name text
3 remove name
1 removeall name
4 rename name name
3 link name name
4 symlink target name
1 readlink name
1 stat name
1 lstat name
1 cat name
1 ls name
2 chmod name mode
2 chtimes name time time
2 read file count
2 readat file count offset
3 write file text
2 writeat file text offset
2 seek file size whence
2 ftruncate file size
1 fstat file
1 shut file
`

// Generate draws a script of n steps.
func Generate(r *rand.Rand, w Words, n int) []Step {
	var bag []Shape
	for _, s := range Shapes() {
		for range s.Weight {
			bag = append(bag, s)
		}
	}
	steps := make([]Step, n)
	for i := range steps {
		shape := bag[r.IntN(len(bag))]
		steps[i] = shape.Fill(w, r.IntN)
	}
	return steps
}

// Fill draws the arguments. pick chooses a number in [0, n).
func (s Shape) Fill(w Words, pick func(n int) int) Step {
	step := Step{Verb: s.Verb}
	for _, kind := range s.Kinds {
		choices := w.choices(kind)
		if s.Verb == "removeall" || s.Verb == "chmod" {
			choices = slices.DeleteFunc(slices.Clone(choices), isNoEntry)
		}
		step.Args = append(step.Args, choices[pick(len(choices))])
	}
	return step
}

// isNoEntry picks the names that no directory has an entry for, since they may be the root's. Package os removes all in the root and then
// fails, which is no rule to follow, and a filesystem need not let its root be locked.
func isNoEntry(name string) bool {
	return strings.HasSuffix(name, "/") || strings.HasSuffix(name, ".")
}

func (w Words) choices(kind string) []string {
	switch kind {
	case "name":
		return w.Names
	case "target":
		return w.Targets
	case "file":
		return w.Files
	case "flags":
		return w.Flags
	case "mode":
		return w.Modes
	case "text":
		return w.Texts
	case "offset": // package os does not look at a closed file for an offset below 0 either
		return []string{"0", "1", "3", "100", "70000"}
	case "size":
		return []string{"0", "1", "3", "7", "100", "70000", "-1"}
	case "count":
		return []string{"1", "3", "100"} // package os does not look at a closed file for 0 bytes
	case "whence":
		return []string{"0", "1", "9"} // the end of a directory is its filesystem's own affair
	case "time":
		return []string{"-", "1000000000", "1500000000"}
	}
	panic("aferotest: no words of kind " + kind)
}

const (
	randomScripts = 24
	randomSteps   = 40
)

// randomCases are scripts by a seed, the same each time.
func randomCases() []Case {
	cases := make([]Case, randomScripts)
	for seed := range cases {
		cases[seed] = randomCase(uint64(seed))
	}
	return cases
}

// randomCase has a look at the tree after each step.
func randomCase(seed uint64) Case {
	c := Case{Name: fmt.Sprintf("random/seed %d", seed)}
	for _, s := range Generate(rand.New(rand.NewPCG(seed, 1)), DefaultWords(), randomSteps) {
		c.Steps = append(c.Steps, s)
		if s.Verb == "chmod" { // of what may be the root, whose mode need not bind
			c.Steps = append(c.Steps, NewStep("chmod", "/", "0755"))
		}
		c.Steps = append(c.Steps, Step{Verb: "tree"})
	}
	return c
}
