package peers

import (
	"bytes"
	"image/color"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const overview = "performance.svg"

// TestOverview holds the picture of docs/performance.md to the tables of docs/disk.md and docs/memory.md, which it is drawn from; with $TEMPFS_TEST_DOCS it draws it.
func TestOverview(t *testing.T) {
	p := pictureOfBoth(t, pageOf(t, "disk.md"), pageOf(t, "memory.md"))
	p.draw(t, overview)
	drawn, err := os.ReadFile("../../docs/" + overview)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(drawn, p.svg(t)) {
		t.Errorf("docs/%s is not what the tables say: TEMPFS_TEST_DOCS=../../docs go test -C tempfs_test/peers -run TestOverview .", overview)
	}
}

func pageOf(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// bar is one of a group: how many times as fast as the yardstick.
type bar struct {
	name  string
	speed float64
}

// group is an operation with the bars of all contenders.
type group struct {
	name string
	bars []bar
}

// pictureOfBoth has the disk at the left, to package os, and memory at the right, to MemMapFs.
func pictureOfBoth(t *testing.T, disk, memory string) picture {
	t.Helper()
	left := groupPlot("On disk: speed to package os (right is faster)", -2.4, 1.6, diskGroups(t, disk), map[string]color.Color{
		"tempfs": colours[nameOfMemory], "os.Root": colours["billy"], "BasePathFs": colours["MemMapFs"],
	})
	right := groupPlot("In memory: speed to MemMapFs (right is faster)", -1.4, mostShown, memoryGroups(t, memory), map[string]color.Color{
		"tempfs": colours[nameOfMemory], "the best of five others": colours["avfs"],
	})
	return picture{[][]*plot.Plot{{left, right}}, 27 * vg.Centimeter, 13 * vg.Centimeter}
}

// diskGroups are of names with three components, on tmpfs. The table has times, of which the inverse is speed.
func diskGroups(t *testing.T, page string) (groups []group) {
	t.Helper()
	for _, row := range []string{"open+close", "create+close", "open+read 4 KiB+close", "open+write 4 KiB+close", "stat", "stat, missing", "mkdir", "remove", "rename in one directory", "chmod", "list 100 entries with infos"} {
		cells := cellsOf(t, page, row)
		groups = append(groups, group{row, []bar{
			{"tempfs", 1 / number(t, strings.Split(cells[2], ",")[1])},
			{"os.Root", 1 / number(t, strings.Split(cells[5], ",")[1])},
			{"BasePathFs", 1 / number(t, strings.Split(cells[6], ",")[1])},
		}})
	}
	return groups
}

// memoryGroups divide the speeds of the table by that of MemMapFs.
func memoryGroups(t *testing.T, page string) (groups []group) {
	t.Helper()
	head := cellsOf(t, page, "workload")
	column := func(name string) int { return slices.Index(head, name) }
	for _, row := range []string{
		"create+write+close 100 B, depth 1", "create+write+close 100 B, depth 8", "open+read+close 100 B", "stat and its fields, depth 4", "list 1,000", "list 100,000", "append 1 B",
		"append 4 KiB up to 64 MiB", "write 64 MiB in 64 KiB pieces", "read 64 MiB in 64 KiB pieces", "rename a file", "RemoveAll of 100,000 files",
	} {
		cells := cellsOf(t, page, row)
		yardstick := number(t, cells[column("MemMapFs")])
		best := 0.0
		for _, other := range []string{"billy", "memoryfs", "pebble", "avfs", "hackpadfs"} {
			if cell := cells[column(other)]; cell != "–" {
				best = max(best, number(t, cell))
			}
		}
		groups = append(groups, group{row, []bar{
			{"tempfs", number(t, cells[column(nameOfMemory)]) / yardstick},
			{"the best of five others", best / yardstick},
		}})
	}
	return groups
}

// cellsOf are those of the first row of a page with that name, which is the first of them.
func cellsOf(t *testing.T, page, name string) []string {
	t.Helper()
	_, rest, found := strings.Cut(page, "\n| "+name+" |")
	if !found {
		t.Fatalf("no row %s", name)
	}
	line, _, _ := strings.Cut(rest, "\n")
	cells := []string{name}
	for cell := range strings.SplitSeq(strings.TrimSuffix(line, "|"), "|") {
		cells = append(cells, strings.Trim(cell, " *"))
	}
	return cells
}

// number reads one of a table: "1.83", "< 0.001".
func number(t *testing.T, cell string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(cell), "< "), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// groupPlot has a group of bars for each operation, the first at the top; to the right of 1 is faster than the yardstick.
func groupPlot(title string, least, most float64, groups []group, colour map[string]color.Color) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.X.Tick.Marker = powersOfTwo{}
	p.X.Min, p.X.Max = least, most
	slices.Reverse(groups)
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.name
	}
	p.NominalY(names...)
	p.Y.Tick.Label.XAlign = draw.XRight
	p.Y.Min, p.Y.Max = -1-0.7*float64(len(groups[0].bars)), float64(len(groups)) // with room for the legend below the last
	members := groups[0].bars
	width := vg.Points(15) / vg.Length(len(members))
	for i := range members {
		values := make(plotter.Values, len(groups))
		for j, g := range groups {
			values[j] = max(least, min(most, math.Log2(g.bars[i].speed)))
		}
		bars, err := plotter.NewBarChart(values, width)
		if err != nil {
			panic(err) // there are bars
		}
		bars.Horizontal, bars.Color, bars.LineStyle.Width = true, colour[members[i].name], 0
		bars.Offset = width * (vg.Length(len(members)-1)/2 - vg.Length(i))
		p.Add(bars)
		p.Legend.Add(members[i].name, bars)
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	p.Add(grid)
	p.Legend.Padding = vg.Points(2)
	return p
}
