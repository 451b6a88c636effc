package peers

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// pictureOfScale has a plot for each operation, and one for garbage collection: the cost over the number of files.
func pictureOfScale(all []contender, results map[string][]scaled) picture {
	const columns = 4
	plots := [][]*plot.Plot{nil, nil}
	add := func(title string, value func(scaled) float64) {
		row := &plots[0]
		if len(*row) == columns {
			row = &plots[1]
		}
		*row = append(*row, scalePlot(title, all, results, value))
	}
	for i, operation := range scaleOperations {
		add(operation.name+", ns", func(s scaled) float64 { return s.nanoseconds[i] })
	}
	add("garbage collection, ns", func(s scaled) float64 { return s.collection })
	add("heap, bytes of a file", func(s scaled) float64 { return s.bytes })
	plots[0][0].Legend = legendOf(plots[0][0], all, results)
	return picture{plots, 28 * vg.Centimeter, 14 * vg.Centimeter}
}

// scalePlot has both axes in powers of ten, with whole decades.
func scalePlot(title string, all []contender, results map[string][]scaled, value func(scaled) float64) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	least, most := math.Inf(1), math.Inf(-1)
	for _, c := range all {
		var points plotter.XYs
		for _, s := range results[c.name] {
			y := math.Max(value(s), 1)
			least, most = math.Min(least, y), math.Max(most, y)
			points = append(points, plotter.XY{X: float64(s.files), Y: y})
		}
		if len(points) > 0 {
			p.Add(curve(c, points))
		}
	}
	p.Y.Min = math.Pow(10, math.Floor(math.Log10(least)))
	p.Y.Max = math.Max(math.Pow(10, math.Ceil(math.Log10(most))), 10*p.Y.Min)
	p.X.Min, p.X.Max = float64(sizesOfScale[0]), float64(sizesOfScale[len(sizesOfScale)-1])
	return p
}

func curve(c contender, points plotter.XYs) *plotter.Line {
	l, err := plotter.NewLine(points)
	if err != nil {
		panic(err) // there are points, and they are finite
	}
	l.Color, l.Width = colours[c.name], vg.Points(2)
	return l
}

func legendOf(p *plot.Plot, all []contender, results map[string][]scaled) plot.Legend {
	legend := plot.NewLegend()
	for _, c := range all {
		if len(results[c.name]) > 0 {
			legend.Add(c.name, curve(c, plotter.XYs{{X: 1, Y: 1}}))
		}
	}
	legend.Top, legend.Left = true, true
	return legend
}
