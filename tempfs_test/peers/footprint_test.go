package peers

import (
	"runtime"
	"strconv"
	"testing"
)

const (
	filesOfMillion       = 1_000_000
	directoriesOfMillion = 1_000
)

// What is asked of ours at most. The directories are beside the files.
const (
	bytesAsked   = 280
	objectsAsked = 2.01
	sparseAsked  = 1 << 20
)

// footprint is what a contender takes.
type footprint struct {
	bytes, objects float64 // of one file
	sparse         float64 // bytes of a file of one byte at 1 GiB
	cannot         string
	cannotSparse   string
}

// BenchmarkFootprint makes a million files of a hundred bytes in a thousand directories, and a file of one byte at 1 GiB, and counts what of the heap
// they keep.
func BenchmarkFootprint(b *testing.B) {
	all, done := contenders(), 0
	t := newTable([]string{"", "bytes of each of a million files of 100 bytes", "objects of each", "bytes of a file with one byte at 1 GiB"})
	for _, c := range all {
		b.Run(c.name, func(b *testing.B) {
			var taken footprint
			once(b, func() {
				var err error
				if taken, err = measureFootprint(c); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(taken.bytes, "B/file")
			b.ReportMetric(taken.objects, "objects/file")
			t.add(taken.cells(c))
			done++
		})
	}
	publish(b, "footprint", t.String()+"\nAsked of "+nameOfMemory+": 280 bytes and 2 objects of a file, and less than 1 MiB. The files of tmpfs and disk are in no heap.\n",
		done == len(all))
}

func (f footprint) cells(c contender) []string {
	cells := []string{c.name, "–", "–", "–"}
	asked := func(figure, most float64, cell string) string {
		if c.name == nameOfMemory && figure > most {
			return "**" + cell + "**"
		}
		return cell
	}
	if f.cannot == "" {
		cells[1] = asked(f.bytes, bytesAsked, thousands(f.bytes))
		cells[2] = asked(f.objects, objectsAsked, threeDigits(f.objects))
	}
	if f.cannotSparse == "" {
		cells[3] = asked(f.sparse, sparseAsked, thousands(f.sparse))
	}
	return cells
}

func measureFootprint(c contender) (f footprint, err error) {
	f.cannot, f.cannotSparse = c.lacks(row{needs: []ability{inHeap}}), c.lacks(row{needs: []ability{inHeap, updating}})
	if f.cannot == "" {
		if f.bytes, f.objects, err = kept(c, (*workplace).putMillion); err != nil {
			return f, err
		}
		f.bytes, f.objects = f.bytes/filesOfMillion, f.objects/filesOfMillion
	}
	if f.cannotSparse == "" {
		f.sparse, _, err = kept(c, (*workplace).putSparse)
	}
	return f, err
}

// kept is what of the heap somebody keeps who has done something.
func kept(c contender, do func(w *workplace) error) (bytes, objects float64, err error) {
	w, err := newWorkplace(c, full)
	if err != nil {
		return 0, 0, err
	}
	bytesBefore, objectsBefore := live()
	if err := do(w); err != nil {
		return 0, 0, err
	}
	bytesAfter, objectsAfter := live()
	return bytesAfter - bytesBefore, objectsAfter - objectsBefore, w.close()
}

func (w *workplace) putSparse() error {
	file := w.path("far")
	if err := w.put(file, nil); err != nil {
		return err
	}
	return w.putFar(file)
}

// live is what the heap has after garbage collection. It takes two: the first may leave what had a finalizer, or lay in a sync.Pool.
func live() (bytes, objects float64) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc), float64(m.HeapObjects)
}

// putMillion makes up the names as it goes, and keeps none of them.
func (w *workplace) putMillion() error {
	content := pattern(100)
	for i := range directoriesOfMillion {
		dir := w.path("d" + strconv.Itoa(i))
		if err := w.Mkdir(dir); err != nil {
			return err
		}
		for j := range filesOfMillion / directoriesOfMillion {
			if err := w.put(dir+"/f"+strconv.Itoa(j), content); err != nil {
				return err
			}
		}
	}
	return nil
}
