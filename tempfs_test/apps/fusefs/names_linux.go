package fusefs

import (
	"sync"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// steadyNames lets no name change while another operation uses one. A node's path is made of the names that go-fuse has for it, which it changes after the Fs did:
// in between, and while the path is on its way, it would lead to nothing, or to another file. What has an open file needs no name and runs beside.
type steadyNames struct {
	fuse.RawFileSystem
	mu sync.RWMutex
}

// These change names.

func (s *steadyNames) Rename(cancel <-chan struct{}, in *fuse.RenameIn, oldName, newName string) fuse.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.RawFileSystem.Rename(cancel, in, oldName, newName)
}

func (s *steadyNames) Unlink(cancel <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.RawFileSystem.Unlink(cancel, in, name)
}

func (s *steadyNames) Rmdir(cancel <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.RawFileSystem.Rmdir(cancel, in, name)
}

// These use names.

func (s *steadyNames) Lookup(cancel <-chan struct{}, in *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Lookup(cancel, in, name, out)
}

func (s *steadyNames) GetAttr(cancel <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.GetAttr(cancel, in, out)
}

func (s *steadyNames) SetAttr(cancel <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.SetAttr(cancel, in, out)
}

func (s *steadyNames) Readlink(cancel <-chan struct{}, in *fuse.InHeader) ([]byte, fuse.Status) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Readlink(cancel, in)
}

func (s *steadyNames) Mkdir(cancel <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Mkdir(cancel, in, name, out)
}

func (s *steadyNames) Mknod(cancel <-chan struct{}, in *fuse.MknodIn, name string, out *fuse.EntryOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Mknod(cancel, in, name, out)
}

func (s *steadyNames) Symlink(cancel <-chan struct{}, in *fuse.InHeader, target, name string, out *fuse.EntryOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Symlink(cancel, in, target, name, out)
}

func (s *steadyNames) Link(cancel <-chan struct{}, in *fuse.LinkIn, name string, out *fuse.EntryOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Link(cancel, in, name, out)
}

func (s *steadyNames) Open(cancel <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Open(cancel, in, out)
}

func (s *steadyNames) Create(cancel <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.Create(cancel, in, name, out)
}

func (s *steadyNames) ReadDir(cancel <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.ReadDir(cancel, in, out)
}

func (s *steadyNames) ReadDirPlus(cancel <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.ReadDirPlus(cancel, in, out)
}

func (s *steadyNames) FsyncDir(cancel <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.RawFileSystem.FsyncDir(cancel, in)
}
