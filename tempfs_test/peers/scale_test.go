package peers

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// sizesOfScale are the numbers of files of a tree. A directory has a hundred.
var sizesOfScale = []int{1_000, 10_000, 100_000, 1_000_000}

const (
	filesOfDirectory = 100
	mostSamples      = 1_000
)

// sample is a file of the tree on which each operation is done.
type sample struct{ dir, name, made, renamed string }

// scaleOperation is what is measured in trees of every size.
type scaleOperation struct {
	name string
	do   func(w *workplace, s sample) error
	both float64 // it is done and undone: so many operations
}

// scaleOperations come in this order, since what one makes another removes. What may take too long undoes what it did.
var scaleOperations = []scaleOperation{
	{"create", func(w *workplace, s sample) error { return w.put(s.made, w.block[:100]) }, 1},
	{"stat", func(w *workplace, s sample) error { return w.look(s.name) }, 1},
	{"open+read", func(w *workplace, s sample) error { return w.read(s.name, w.block[:100]) }, 1},
	{"list 100", func(w *workplace, s sample) error {
		l, err := w.List(s.dir)
		if err == nil && l.len() < filesOfDirectory {
			return fs.ErrNotExist
		}
		return err
	}, 1},
	{"rename", func(w *workplace, s sample) error {
		if err := w.Rename(s.name, s.renamed); err != nil {
			return err
		}
		return w.Rename(s.renamed, s.name)
	}, 2},
	{"remove", func(w *workplace, s sample) error { return w.Remove(s.made) }, 1},
}

// scaled is what a contender takes in a tree of one size.
type scaled struct {
	files          int
	nanoseconds    []float64 // of each operation
	collection     float64   // nanoseconds
	bytes, objects float64   // of one file
}

// BenchmarkScale does the same in small trees and in large ones, whose files and directories are alike: the cost of an operation should not grow with the tree.
func BenchmarkScale(b *testing.B) {
	all := scaleContenders()
	results := map[string][]scaled{}
	for _, c := range all {
		for _, files := range sizesOfScale {
			b.Run(fmt.Sprintf("%s/%d", c.name, files), func(b *testing.B) {
				s, err := measureScale(c, files, rounds(b))
				if err != nil {
					b.Fatal(err)
				}
				for i, operation := range scaleOperations {
					b.ReportMetric(s.nanoseconds[i], "ns/"+operation.name[:4])
				}
				b.ReportMetric(s.collection/1e6, "ms/GC")
				results[c.name] = append(results[c.name], s)
			})
		}
	}
	complete := true
	for _, c := range all {
		complete = complete && len(results[c.name]) == len(sizesOfScale)
	}
	publish(b, "scale", tableOfScale(all, results), complete)
	if complete {
		pictureOfScale(all, results).draw(b, "memory-scale.svg")
	}
}

// scaleContenders are ours in memory, and the one that they replace.
func scaleContenders() (all []contender) {
	for _, c := range contenders() {
		if c.name == "MemMapFs" || !c.peer && c.lacks(row{needs: []ability{inHeap}}) == "" {
			all = append(all, c)
		}
	}
	return all
}

func measureScale(c contender, files int, rounds func(func() error) error) (s scaled, err error) {
	w, err := newWorkplace(c, full)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	samples := w.sampled(files)
	bytes, objects := live()
	if err = w.putTree(files); err != nil {
		return s, err
	}
	bytesThen, objectsThen := live()
	s = scaled{files: files, bytes: (bytesThen - bytes) / float64(files), objects: (objectsThen - objects) / float64(files)}
	times, collections := make([][]float64, len(scaleOperations)), []float64{}
	err = rounds(func() error {
		begin := time.Now()
		runtime.GC()
		collections = append(collections, float64(time.Since(begin)))
		for i, operation := range scaleOperations {
			took, failed := w.eachSample(samples, operation)
			if failed != nil {
				return fmt.Errorf("%s: %w", operation.name, failed)
			}
			times[i] = append(times[i], took)
		}
		return nil
	})
	for _, t := range times {
		s.nanoseconds = append(s.nanoseconds, median(t))
	}
	s.collection = median(collections)
	return s, err
}

// eachSample returns the nanoseconds of one operation. It does fewer of those that take long.
func (w *workplace) eachSample(samples []sample, operation scaleOperation) (float64, error) {
	done, begin := 0, time.Now()
	for _, s := range samples {
		if err := operation.do(w, s); err != nil {
			return 0, err
		}
		done++
		if powerOfTwo := done&(done-1) == 0; powerOfTwo && operation.both > 1 && time.Since(begin) > slow/4 {
			break
		}
	}
	return float64(time.Since(begin)) / float64(done) / operation.both, nil
}

// sampled are files that are spread over a tree.
func (w *workplace) sampled(files int) []sample {
	samples := make([]sample, min(mostSamples, files))
	for i := range samples {
		file := i * (files / len(samples))
		dir := w.directoryOf(file)
		name := dir + nameInTree(file)
		samples[i] = sample{dir, name, name + "made", name + "renamed"}
	}
	return samples
}

func (w *workplace) directoryOf(file int) string {
	return w.path("d" + strconv.Itoa(file/filesOfDirectory))
}

func nameInTree(file int) string { return fmt.Sprintf("/f%02d", file%filesOfDirectory) }

func (w *workplace) putTree(files int) error {
	content := pattern(100)
	for file := range files {
		dir := w.directoryOf(file)
		if file%filesOfDirectory == 0 {
			if err := w.Mkdir(dir); err != nil {
				return err
			}
		}
		if err := w.put(dir+nameInTree(file), content); err != nil {
			return err
		}
	}
	return nil
}

func tableOfScale(all []contender, results map[string][]scaled) string {
	header := []string{"", "files"}
	for _, operation := range scaleOperations {
		header = append(header, operation.name)
	}
	t := newTable(append(header, "collection", "bytes of a file", "objects of a file"))
	for _, c := range all {
		for _, s := range results[c.name] {
			cells := []string{c.name, thousands(float64(s.files))}
			for _, ns := range s.nanoseconds {
				cells = append(cells, duration(ns))
			}
			t.add(append(cells, duration(s.collection), thousands(s.bytes), threeDigits(s.objects)))
		}
	}
	return t.String()
}
