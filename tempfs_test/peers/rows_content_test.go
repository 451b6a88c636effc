package peers

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
)

// Two demands are of peers that are not the best of their rows, since a copy of the bytes takes too much of what the best take: memoryfs doubles one buffer,
// and tmpfs has the pages of the kernel.

func rowsOfAppends() []row {
	return []row{
		appendingTo("append 1 B", 1, func(scale) int { return 1 }, sliceOfMany, demand{speed: 1, of: "MemMapFs"}),
		appendingTo("append 4 KiB up to 64 MiB", blockSize, func(s scale) int { return int(s.large) / blockSize }, 0, demand{speed: 8, of: "avfs"}),
	}
}

func rowsOfContent() []row {
	return []row{
		writingLarge(demand{speed: 15, of: "pebble"}),
		readingLarge(demand{speed: 1}),
		readingAnywhere(demand{speed: 1}),
		writingAnywhere(demand{speed: 1}),
		writingFar(),
	}
}

// appendingTo appends to a file of one piece, with one handle. A slice has at least so many operations, and no more if most is 0.
func appendingTo(name string, size int, least func(scale) int, most int, d demand) row {
	return row{
		name: name, demand: d, needs: []ability{appending},
		prepare: func(w *workplace) (steps, error) {
			file, piece := w.path("appended"), pattern(size)
			var f io.WriteCloser
			return steps{
				least: least(w.scale), most: max(least(w.scale), most),
				before: func(int) (err error) {
					if err = w.put(file, piece); err != nil {
						return err
					}
					f, err = w.Append(file)
					return err
				},
				do: func(int) error {
					_, err := f.Write(piece)
					return err
				},
				check: func(n int) error { return w.checkContent(file, bytes.Repeat(piece, n+1)) },
				after: func(int) error {
					if err := f.Close(); err != nil {
						return err
					}
					return w.Remove(file)
				},
			}, nil
		},
	}
}

// nameOfLarge is the row that has a yardstick: what copying the bytes would take.
const nameOfLarge = "write 64 MiB in 64 KiB pieces"

func writingLarge(d demand) row {
	return row{
		name: nameOfLarge, demand: d,
		prepare: func(w *workplace) (steps, error) {
			file := w.path("large")
			return steps{
				least: 1, most: 1,
				do:    func(int) error { return w.putLarge(file) },
				check: func(int) error { return w.checkLarge(file) },
				after: func(int) error { return w.Remove(file) },
			}, nil
		},
	}
}

func readingLarge(d demand) row {
	return row{
		name: "read 64 MiB in 64 KiB pieces", demand: d,
		prepare: func(w *workplace) (steps, error) {
			file := w.path("large")
			return steps{
				least: 1, most: 4,
				do: func(int) error {
					n, err := w.get(file, w.block)
					if err == nil && n != w.scale.large {
						return fmt.Errorf("%d bytes of %d", n, w.scale.large)
					}
					return err
				},
				check: func(int) error { return w.checkLarge(file) },
			}, w.putLarge(file)
		},
	}
}

func (w *workplace) checkLarge(file string) error {
	return w.checkContent(file, bytes.Repeat(pattern(pieceSize), int(w.scale.large)/pieceSize))
}

// offsetsOfBlocks are those of blocks of the large file, the same for all contenders.
func offsetsOfBlocks(s scale, n int) []int64 {
	random, blocks := rand.New(rand.NewPCG(1, 2)), s.large/blockSize
	offsets := make([]int64, n)
	for i := range offsets {
		offsets[i] = random.Int64N(blocks) * blockSize
	}
	return offsets
}

func readingAnywhere(d demand) row {
	return anywhere("random read 4 KiB of 64 MiB", d, func(w *workplace, f updater, offset int64) error {
		_, err := f.ReadAt(w.block[:blockSize], offset)
		if err == io.EOF { // a reader may tell it with the last bytes
			return nil
		}
		return err
	}, func(w *workplace, f updater, offset int64) error {
		want := pattern(pieceSize)[offset%pieceSize:][:blockSize]
		return checkBlock(w, f, offset, want)
	})
}

func writingAnywhere(d demand) row {
	block := bytes.Repeat([]byte("written "), blockSize/8)
	return anywhere("random write 4 KiB of 64 MiB", d, func(_ *workplace, f updater, offset int64) error {
		_, err := f.WriteAt(block, offset)
		return err
	}, func(w *workplace, f updater, offset int64) error {
		return checkBlock(w, f, offset, block)
	})
}

func checkBlock(w *workplace, f updater, offset int64, want []byte) error {
	if _, err := f.ReadAt(w.block[:blockSize], offset); err != nil && err != io.EOF {
		return err
	}
	if !bytes.Equal(w.block[:blockSize], want) {
		return fmt.Errorf("wrong bytes at %d", offset)
	}
	return nil
}

// anywhere does something at random places of a large file that stays open.
func anywhere(name string, d demand, do, check func(w *workplace, f updater, offset int64) error) row {
	return row{
		name: name, demand: d, needs: []ability{updating},
		prepare: func(w *workplace) (steps, error) {
			file, offsets := w.path("large"), offsetsOfBlocks(w.scale, sliceOfMany)
			if err := w.putLarge(file); err != nil {
				return steps{}, err
			}
			var f updater
			return steps{
				least: 1, most: sliceOfMany,
				before: func(int) (err error) {
					f, err = w.Update(file)
					return err
				},
				do: func(i int) error { return do(w, f, offsets[i]) },
				check: func(n int) error {
					for _, offset := range offsets[:n] {
						if err := check(w, f, offset); err != nil {
							return err
						}
					}
					info, err := w.Stat(file)
					if err == nil && info.Size() != w.scale.large {
						return fmt.Errorf("the size is now %d", info.Size())
					}
					return err
				},
				after: func(int) error { return f.Close() },
			}, nil
		},
	}
}

// writingFar writes one byte far beyond the end of a new file.
func writingFar() row {
	return row{
		name: "one byte at 1 GiB", needs: []ability{updating},
		prepare: func(w *workplace) (steps, error) {
			file := w.path("far")
			return steps{
				least: 1, most: 1,
				before: func(int) error { return w.put(file, nil) },
				do:     func(int) error { return w.putFar(file) },
				check: func(int) error {
					info, err := w.Stat(file)
					if err == nil && info.Size() != w.scale.far+1 {
						return fmt.Errorf("the size is %d", info.Size())
					}
					return err
				},
				after: func(int) error { return w.Remove(file) },
			}, nil
		},
	}
}

func (w *workplace) putFar(file string) error {
	f, err := w.Update(file)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte{1}, w.scale.far); err != nil {
		return err
	}
	return f.Close()
}
