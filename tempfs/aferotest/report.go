package aferotest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Result is what came of one case.
type Result struct {
	Case string
	// Unsupported is what the filesystem lacks for it, a method or one of [Suite.Without]; "" for nothing. The case is then not
	// applicable.
	Unsupported string
	// InPlace is why a case that may end its process ran in this one and not in one of its own; "" for all others.
	InPlace string
	// Err is nil when all steps had the outcome of package os.
	Err error
}

// Group is the group of the case.
func (r Result) Group() string { return Case{Name: r.Case}.Group() }

// Report is what came of all cases.
type Report struct {
	// Name is that of the filesystem.
	Name    string
	Results []Result
}

// Failed are the results of cases that failed.
func (r Report) Failed() []Result {
	return r.filter(func(r Result) bool { return r.Err != nil })
}

// Skipped are the results of cases that are not applicable.
func (r Report) Skipped() []Result {
	return r.filter(func(r Result) bool { return r.Err == nil && r.Unsupported != "" })
}

func (r Report) filter(keep func(Result) bool) []Result {
	return slices.DeleteFunc(slices.Clone(r.Results), func(r Result) bool { return !keep(r) })
}

// String has a line of counts, what was not applicable and why, what was not isolated and why, and then each case that failed.
func (r Report) String() string {
	var b strings.Builder
	failed, skipped := r.Failed(), r.Skipped()
	fmt.Fprintf(&b, "%d cases: %d passed, %d failed, %d not applicable\n",
		len(r.Results), len(r.Results)-len(failed)-len(skipped), len(failed), len(skipped))
	writeReasons(&b, "not applicable for want of", skipped, func(r Result) string { return r.Unsupported })
	writeReasons(&b, "not in a process of their own, since", r.Results, func(r Result) string { return r.InPlace })
	for _, f := range failed {
		fmt.Fprintf(&b, "\n%s: %v\n", f.Case, f.Err)
	}
	return b.String()
}

// writeReasons writes a line for each reason, with how many results have it.
func writeReasons(b *strings.Builder, what string, results []Result, reason func(Result) string) {
	counts := reasons(results, reason)
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(b, "  %s %s: %d\n", what, why, counts[why])
	}
}

func reasons(results []Result, reason func(Result) string) map[string]int {
	counts := map[string]int{}
	for _, r := range results {
		if why := reason(r); why != "" {
			counts[why]++
		}
	}
	return counts
}

// tally counts the outcomes of a group, or of all.
type tally struct{ passed, failed, skipped int }

func (t *tally) add(r Result) {
	switch {
	case r.Err != nil:
		t.failed++
	case r.Unsupported != "":
		t.skipped++
	default:
		t.passed++
	}
}

// String has only what there is: a number alone is of cases that all passed.
func (t tally) String() string {
	parts := []string{}
	if t.passed > 0 {
		parts = append(parts, strconv.Itoa(t.passed))
	}
	if t.failed > 0 {
		parts = append(parts, fmt.Sprintf("**%d failed**", t.failed))
	}
	if t.skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d n/a", t.skipped))
	}
	return strings.Join(parts, ", ")
}

// Markdown is a table of groups and filesystems: how many cases passed, how many failed, and how many are not applicable (n/a). Under it
// stands what each filesystem lacks. It is for a README; [Report.String] tells what failed.
func Markdown(reports ...Report) string {
	var b strings.Builder
	b.WriteString("| group |")
	for _, r := range reports {
		fmt.Fprintf(&b, " %s |", r.Name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(reports)) + "\n")
	for _, group := range append(groupsOf(reports), allGroups) {
		fmt.Fprintf(&b, "| %s |", group)
		for _, r := range reports {
			fmt.Fprintf(&b, " %v |", r.tally(group))
		}
		b.WriteByte('\n')
	}
	for _, r := range reports {
		if lacks := reasons(r.Skipped(), func(r Result) string { return r.Unsupported }); len(lacks) > 0 {
			fmt.Fprintf(&b, "\nn/a for %s, for want of: %s.\n", r.Name, listed(lacks))
		}
		if here := reasons(r.Results, func(r Result) string { return r.InPlace }); len(here) > 0 {
			fmt.Fprintf(&b, "\nNot in a process of their own for %s, since: %s.\n", r.Name, listed(here))
		}
	}
	return b.String()
}

const allGroups = "**all**" // the last row

func (r Report) tally(group string) tally {
	var t tally
	for _, one := range r.Results {
		if group == allGroups || one.Group() == group {
			t.add(one)
		}
	}
	return t
}

// groupsOf keeps the order of the cases.
func groupsOf(reports []Report) []string {
	var groups []string
	for _, r := range reports {
		for _, one := range r.Results {
			if !slices.Contains(groups, one.Group()) {
				groups = append(groups, one.Group())
			}
		}
	}
	return groups
}

func listed(counts map[string]int) string {
	var list []string
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%s (%d)", why, counts[why]))
	}
	return strings.Join(list, ", ")
}
