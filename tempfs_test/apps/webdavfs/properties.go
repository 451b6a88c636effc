package webdavfs

import (
	"context"
	"encoding/xml"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/net/webdav"
)

// mostProperties is how many bytes the properties of one file may have, names included: clients are not to fill the memory, whatever the limits of the filesystem.
const mostProperties = 64 << 10

// DeadProps adds dead properties to files: those that clients set and a server only keeps (RFC 4918, section 4). They are in memory, for as long as what it returns. They go with a file that is copied or moved, and end with
// one that is removed, if that is done through what it returns: of what is done beside it, it does not know.
func DeadProps(files webdav.FileSystem) webdav.FileSystem {
	return &keeper{FileSystem: files, of: map[string]*properties{}}
}

type keeper struct {
	webdav.FileSystem
	// mu guards what follows and all properties. It is held while a name is opened or changed, so that a file and its properties are always found together.
	mu sync.Mutex
	of map[string]*properties // by rooted name: of each file that has some, or is open
}

type properties struct {
	name string
	open int // files
	set  map[xml.Name]webdav.Property
}

func (k *keeper) OpenFile(ctx context.Context, name string, flag int, perm fs.FileMode) (webdav.File, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	opened, err := k.FileSystem.OpenFile(ctx, name, flag, perm)
	if flag == os.O_RDWR && errors.Is(err, syscall.EISDIR) { // to patch the properties of a collection
		opened, err = k.FileSystem.OpenFile(ctx, name, os.O_RDONLY, 0)
	}
	if err != nil {
		return nil, err
	}
	name = rooted(name)
	if k.of[name] == nil {
		k.of[name] = &properties{name: name}
	}
	k.of[name].open++
	return &file{File: opened, keeper: k, properties: k.of[name]}, nil
}

func (k *keeper) RemoveAll(ctx context.Context, name string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	err := k.FileSystem.RemoveAll(ctx, name)
	for _, p := range k.within(name) { // of which some may be there still, if there was an error
		if _, missing := k.Stat(ctx, p.name); os.IsNotExist(missing) {
			delete(k.of, p.name)
		}
	}
	return err
}

func (k *keeper) Rename(ctx context.Context, oldName, newName string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.FileSystem.Rename(ctx, oldName, newName); err != nil || rooted(oldName) == rooted(newName) {
		return err
	}
	for _, replaced := range k.within(newName) {
		delete(k.of, replaced.name)
	}
	for _, p := range k.within(oldName) {
		delete(k.of, p.name)
		p.name = rooted(newName) + strings.TrimPrefix(p.name, rooted(oldName))
		k.of[p.name] = p
	}
	return nil
}

// within are those of a name and of all names below it.
func (k *keeper) within(name string) (found []*properties) {
	name = rooted(name)
	for at, p := range k.of {
		if at == name || strings.HasPrefix(at, name+"/") {
			found = append(found, p)
		}
	}
	return found
}

// file is an open file that holds properties, a [webdav.DeadPropsHolder].
type file struct {
	webdav.File
	keeper     *keeper
	properties *properties
}

func (f *file) DeadProps() (map[xml.Name]webdav.Property, error) {
	f.keeper.mu.Lock()
	defer f.keeper.mu.Unlock()
	return maps.Clone(f.properties.set), nil
}

// Patch does all or nothing: 200 OK, or 507 Insufficient Storage for all.
func (f *file) Patch(patches []webdav.Proppatch) ([]webdav.Propstat, error) {
	f.keeper.mu.Lock()
	defer f.keeper.mu.Unlock()
	patched := webdav.Propstat{Status: http.StatusOK}
	set := map[xml.Name]webdav.Property{}
	maps.Copy(set, f.properties.set)
	for _, patch := range patches {
		for _, property := range patch.Props {
			if patch.Remove {
				delete(set, property.XMLName)
			} else {
				set[property.XMLName] = property
			}
			patched.Props = append(patched.Props, webdav.Property{XMLName: property.XMLName})
		}
	}
	if size(set) > mostProperties {
		patched.Status = webdav.StatusInsufficientStorage
	} else {
		f.properties.set = set
	}
	return []webdav.Propstat{patched}, nil
}

func (f *file) Close() error {
	f.keeper.mu.Lock()
	defer f.keeper.mu.Unlock()
	p := f.properties
	if p.open--; p.open == 0 && len(p.set) == 0 && f.keeper.of[p.name] == p {
		delete(f.keeper.of, p.name)
	}
	return f.File.Close()
}

func size(set map[xml.Name]webdav.Property) (bytes int) {
	for name, property := range set {
		bytes += len(name.Space) + len(name.Local) + len(property.Lang) + len(property.InnerXML)
	}
	return bytes
}
