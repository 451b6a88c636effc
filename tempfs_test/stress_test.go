package tempfs_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// stress is an Fs with files that many goroutines use at once.
//
// Locks: those of slots, by number, and then those of a file.
type stress struct {
	fsys  *tempfs.Fs
	slots [6]stressSlot
}

// stressSlot is a name and the file that has it.
type stressSlot struct {
	name string
	mu   sync.RWMutex
	file *stressFile // guarded by mu
}

func newStress(fsys *tempfs.Fs) (*stress, error) {
	s := &stress{fsys: fsys}
	if err := fsys.Mkdir("/d", 0o700); err != nil {
		return nil, err
	}
	for i := range s.slots {
		slot := &s.slots[i]
		slot.name = fmt.Sprintf("/d/%d", i)
		var err error
		if slot.file, err = newStressFile(fsys, slot.name, 40*i); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// step does one thing of many, number i of one goroutine.
func (s *stress) step(r *rand.Rand, unique string) error {
	slot := &s.slots[r.IntN(len(s.slots))]
	switch r.IntN(20) {
	case 0:
		return s.replace(slot, r, unique)
	case 1:
		return s.recreate(slot, r)
	case 2:
		if r.IntN(4) > 0 {
			return nil
		}
		return s.clone(r)
	case 3, 4, 5:
		return s.readByName(slot)
	}
	slot.mu.RLock()
	defer slot.mu.RUnlock()
	switch r.IntN(8) {
	case 0:
		return slot.file.truncate(r)
	case 1, 2:
		return slot.file.extend(1 + r.IntN(20))
	case 3, 4, 5:
		return slot.file.overwrite(r)
	}
	return slot.file.check(r)
}

// readByName reads what the name leads to, through a file of its own.
func (s *stress) readByName(slot *stressSlot) error {
	slot.mu.RLock()
	defer slot.mu.RUnlock()
	slot.file.freeze()
	defer slot.file.thaw()
	return checkFile(s.fsys, slot.name, slot.file)
}

// checkFile wants the named file to be as the record says, which is frozen.
func checkFile(fsys afero.Fs, name string, want *stressFile) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return want.checkAll(struct{ io.Reader }{f})
}

// replace renames a new file over one that is open, and that stays what it was for who has it open.
func (s *stress) replace(slot *stressSlot, r *rand.Rand, unique string) error {
	fresh, err := newStressFile(s.fsys, unique, r.IntN(maxStressBlocks))
	if err != nil {
		return err
	}
	slot.mu.Lock()
	old := slot.file
	err = s.fsys.Rename(unique, slot.name)
	slot.file = fresh
	slot.mu.Unlock()
	if err != nil {
		return err
	}
	return lastUse(old, r)
}

// recreate removes a file that is open, and makes another of its name.
func (s *stress) recreate(slot *stressSlot, r *rand.Rand) error {
	slot.mu.Lock()
	old := slot.file
	err := s.fsys.Remove(slot.name)
	if err == nil {
		slot.file, err = newStressFile(s.fsys, slot.name, r.IntN(maxStressBlocks))
	}
	slot.mu.Unlock()
	if err != nil {
		return err
	}
	return lastUse(old, r)
}

// lastUse is that of a file without a name, of which nobody else knows.
func lastUse(f *stressFile, r *rand.Rand) error {
	for _, use := range []func(r *rand.Rand) error{
		f.check, f.overwrite, f.truncate, f.overwrite, func(r *rand.Rand) error { return f.extend(r.IntN(50)) }, f.check,
	} {
		if err := use(r); err != nil {
			return fmt.Errorf("without a name: %w", err)
		}
	}
	if err := f.checkAll(io.NewSectionReader(f.handle, 0, 1<<40)); err != nil {
		return fmt.Errorf("without a name: %w", err)
	}
	return f.close()
}

// clone makes one while some files are written, and wants in it those that are not. Then it writes into the clone, which nobody else must see.
func (s *stress) clone(r *rand.Rand) error {
	still := r.IntN(len(s.slots) - 1)
	slots := s.slots[still : still+2]
	records := make([]*stressFile, len(slots))
	for i := range slots {
		slots[i].mu.RLock()
		slots[i].file.freeze()
		records[i] = slots[i].file.copyRecord()
	}
	clone, err := s.fsys.Clone()
	for i := range slots {
		slots[i].file.thaw()
		slots[i].mu.RUnlock()
	}
	if err != nil {
		return err
	}
	for i := range slots {
		if err = useClone(clone, slots[i].name, records[i], r); err != nil {
			err = fmt.Errorf("in the clone: %w", err)
			break
		}
	}
	if failed := clone.Release(); err == nil {
		err = failed
	}
	return err
}

func useClone(clone *tempfs.Fs, name string, record *stressFile, r *rand.Rand) (err error) {
	if err = checkFile(clone, name, record); err != nil {
		return err
	}
	if record.handle, err = clone.OpenFile(name, os.O_RDWR, 0); err != nil {
		return err
	}
	if record.append, err = clone.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return err
	}
	record.lastGen.Store(1 << 40) // not those that the original writes meanwhile
	return lastUse(record, r)
}

// TestContentUnderStress has every byte checked that is read, by the file, its place in it and the write that put it there.
func TestContentUnderStress(t *testing.T) {
	const goroutines, steps = 8, 150
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		s, err := newStress(fsys)
		require.NoError(t, err)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		require.NoError(t, parallel(goroutines, func(i int) error {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			for n := range steps {
				if failed := s.step(r, fmt.Sprintf("/d/new-%d-%d", i, n)); failed != nil {
					return fmt.Errorf("goroutine %d, step %d: %w", i, n, failed)
				}
			}
			return nil
		}))
		for i := range s.slots {
			require.NoError(t, s.readByName(&s.slots[i]))
			require.NoError(t, s.slots[i].file.close())
		}
		names, err := afero.ReadDir(fsys, "/d")
		require.NoError(t, err)
		require.Len(t, names, len(s.slots))
	})
}
