package peers

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// tableOfSpeeds has the speed of each contender, to that of the best peer.
func tableOfSpeeds(all []contender, lines []line) string {
	header := []string{"workload", "best peer", "it takes"}
	for _, c := range all {
		header = append(header, c.name)
	}
	t := newTable(append(header, "asked"))
	for _, l := range lines {
		cells := []string{l.name, l.best, duration(l.results[l.best].nanoseconds)}
		for _, c := range all {
			cell := l.cell(c.name, func() string { return ratio(l.speed(c.name, l.best)) })
			if c.name == nameOfMemory && l.slower() {
				cell = "**" + cell + "**"
			}
			cells = append(cells, cell)
		}
		t.add(append(cells, l.demand.speedAsked()))
	}
	return t.String()
}

// tableOfAllocations has how often each contender allocates in one operation.
func tableOfAllocations(all []contender, lines []line) string {
	header := []string{"workload"}
	for _, c := range all {
		header = append(header, c.name)
	}
	t := newTable(append(header, "asked"))
	for _, l := range lines {
		cells := []string{l.name}
		for _, c := range all {
			cell := l.cell(c.name, func() string { return strconv.Itoa(int(l.results[c.name].allocations)) })
			if c.name == nameOfMemory && l.wasteful() {
				cell = "**" + cell + "**"
			}
			cells = append(cells, cell)
		}
		asked := ""
		if l.demand.allocations > 0 {
			asked = strconv.Itoa(l.demand.allocations)
		}
		t.add(append(cells, asked))
	}
	return t.String()
}

// cell is a figure, or what is there instead.
func (l line) cell(name string, figure func() string) string {
	switch r, measured := l.results[name]; {
	case !measured:
		return ""
	case r.cannot == errTooSlow.Error():
		return fmt.Sprintf("> %v", tooSlow)
	case r.cannot != "":
		return "–"
	}
	return figure()
}

func (d demand) speedAsked() string {
	switch {
	case d.speed == 0:
		return ""
	case d.of != "":
		return ratio(d.speed) + " of " + d.of
	}
	return ratio(d.speed)
}

// listOfFaults is what the contenders cannot do, and what they do otherwise.
func listOfFaults(all []contender) string {
	var b strings.Builder
	for _, c := range all {
		var says []string
		for _, a := range slices.Sorted(maps.Keys(c.cannot)) {
			if a != inHeap && !slices.Contains(says, c.cannot[a]) {
				says = append(says, c.cannot[a])
			}
		}
		for _, f := range c.faults {
			says = append(says, "it "+f.says)
		}
		if len(says) > 0 {
			fmt.Fprintf(&b, "- **%s**: %s.\n", c.name, strings.Join(says, "; "))
		}
	}
	return b.String()
}

// table is one of Markdown, of which the first column is words and the others are figures.
type table struct{ strings.Builder }

func newTable(header []string) *table {
	t := &table{}
	t.add(header)
	t.WriteString("|---|" + strings.Repeat("--:|", len(header)-1) + "\n")
	return t
}

func (t *table) add(cells []string) {
	t.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// ratio has two digits at least that say something, but for the smallest.
func ratio(r float64) string {
	switch {
	case r < 0.00095:
		return "< 0.001"
	case r < 0.0095:
		return strconv.FormatFloat(r, 'f', 3, 64)
	case r < 9.95:
		return strconv.FormatFloat(r, 'f', 2, 64)
	}
	return thousands(r)
}

// duration has three digits.
func duration(nanoseconds float64) string {
	for _, unit := range []struct {
		name  string
		value float64
	}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}} {
		if nanoseconds >= 0.9995*unit.value {
			return threeDigits(nanoseconds/unit.value) + " " + unit.name
		}
	}
	return threeDigits(nanoseconds) + " ns"
}

func threeDigits(value float64) string {
	switch {
	case value < 9.995:
		return strconv.FormatFloat(value, 'f', 2, 64)
	case value < 99.95:
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	return strconv.FormatFloat(value, 'f', 0, 64)
}

// thousands is a whole number in groups of three digits.
func thousands(value float64) string {
	digits := strconv.FormatFloat(value, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
