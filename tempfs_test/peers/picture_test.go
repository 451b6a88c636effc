package peers

import (
	"bytes"
	"image/color"
	"math"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// picture is plots in a grid, of which some may be nil.
type picture struct {
	plots         [][]*plot.Plot
	width, height vg.Length
}

// draw writes a picture beside the document.
func (p picture) draw(tb testing.TB, name string) {
	tb.Helper()
	if docs == "" {
		return
	}
	if err := os.WriteFile(docs+"/"+name, p.svg(tb), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// svg is the picture as a file, with fonts of the same width for those who lack the first.
func (p picture) svg(tb testing.TB) []byte {
	tb.Helper()
	canvas := vgsvg.New(p.width, p.height)
	tiles := draw.Tiles{
		Rows: len(p.plots), Cols: len(p.plots[0]),
		PadX: vg.Millimeter * 5, PadY: vg.Millimeter * 5, PadTop: vg.Millimeter, PadLeft: vg.Millimeter * 3, PadRight: vg.Millimeter * 3,
	}
	canvases := plot.Align(p.plots, tiles, draw.New(canvas))
	for i, row := range p.plots {
		for j, one := range row {
			if one != nil {
				one.Draw(canvases[i][j])
			}
		}
	}
	var file bytes.Buffer
	if _, err := canvas.WriteTo(&file); err != nil {
		tb.Fatal(err)
	}
	return bytes.ReplaceAll(file.Bytes(), []byte("Liberation Serif"), []byte("Liberation Serif,Times New Roman,Times,serif"))
}

// colours tell the contenders apart; ours are the strong ones.
var colours = map[string]color.Color{
	"MemMapFs":    color.RGBA{0x9e, 0xca, 0xe1, 255},
	"billy":       color.RGBA{0xa1, 0xd9, 0x9b, 255},
	"memoryfs":    color.RGBA{0xfd, 0xd0, 0xa2, 255},
	"pebble":      color.RGBA{0xbc, 0xbd, 0xdc, 255},
	"avfs":        color.RGBA{0xd9, 0xd9, 0xd9, 255},
	"hackpadfs":   color.RGBA{0xe7, 0xba, 0x52, 255},
	"tmpfs":       color.RGBA{0x96, 0x96, 0x96, 255},
	"memfallback": color.RGBA{0x6a, 0x51, 0xa3, 255},
	nameOfMemory:  color.RGBA{0xcb, 0x18, 0x1d, 255},
	"spill":       color.RGBA{0x08, 0x51, 0x9c, 255},
}

// The speeds that are shown are bounded, or a row that somebody does ten thousand times slower would leave no room for the others.
const leastShown, mostShown = -7, 6 // exponents of two

// pictureOfPeers has a group of bars for each line: to the right of 1 is faster than the best peer.
func pictureOfPeers(all []contender, lines []line) picture {
	p := plot.New()
	p.Title.Text = "Speed to that of the best peer (right is faster)"
	p.X.Min, p.X.Max = leastShown, mostShown
	p.X.Tick.Marker = powersOfTwo{}
	var names []string
	for _, l := range slices.Backward(lines) {
		names = append(names, l.name)
	}
	p.NominalY(names...)
	shown := slices.DeleteFunc(slices.Clone(all), func(c contender) bool { return colours[c.name] == nil })
	const width = vg.Length(3.2)
	for i, c := range shown {
		bars, err := plotter.NewBarChart(bounded(c, lines), width)
		if err != nil {
			panic(err) // there are bars
		}
		bars.Horizontal, bars.Color, bars.LineStyle.Width = true, colours[c.name], 0
		bars.Offset = width * (vg.Length(len(shown)-1)/2 - vg.Length(i))
		p.Add(bars)
		p.Legend.Add(c.name, bars)
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	p.Add(grid)
	p.Legend.Top = true // at the right, where few come
	group := width * vg.Length(len(shown)+2)
	return picture{[][]*plot.Plot{{p}}, 20 * vg.Centimeter, vg.Length(len(lines))*group + 2*vg.Centimeter}
}

// bounded are the speeds of a contender as powers of two, the last line first; what was not measured is 0, which has no bar.
func bounded(c contender, lines []line) plotter.Values {
	values := make(plotter.Values, 0, len(lines))
	for _, l := range slices.Backward(lines) {
		value := 0.0
		if r, measured := l.results[c.name]; measured && r.cannot == "" {
			value = max(leastShown, min(mostShown, math.Log2(l.speed(c.name, l.best))))
		}
		values = append(values, value)
	}
	return values
}

// powersOfTwo marks an axis of exponents.
type powersOfTwo struct{}

func (powersOfTwo) Ticks(least, most float64) (ticks []plot.Tick) {
	for exponent := math.Ceil(least); exponent <= most; exponent++ {
		label := thousands(math.Exp2(math.Abs(exponent)))
		if exponent < 0 {
			label = "1/" + label
		}
		ticks = append(ticks, plot.Tick{Value: exponent, Label: label})
	}
	return ticks
}
