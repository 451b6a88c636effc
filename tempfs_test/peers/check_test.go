package peers

import (
	"bytes"
	"fmt"
	"io"
	"path"
)

// checkAll wants files of this content.
func (w *workplace) checkAll(paths []string, content []byte) error {
	for _, name := range paths {
		if err := w.checkContent(name, content); err != nil {
			return err
		}
	}
	return nil
}

func (w *workplace) checkContent(name string, content []byte) error {
	f, err := w.Open(name)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, content) {
		return fmt.Errorf("%s has %d bytes, of which some are wrong: wanted %d", name, len(got), len(content))
	}
	return f.Close()
}

// checkInfos wants the infos of regular files.
func (w *workplace) checkInfos(paths []string) error {
	for _, name := range paths {
		info, err := w.Stat(name)
		if err != nil {
			return err
		}
		if info.Name() != path.Base(name) || info.IsDir() || !info.Mode().IsRegular() {
			return fmt.Errorf("%s is %s, %v", name, info.Name(), info.Mode())
		}
	}
	return nil
}
