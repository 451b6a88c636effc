package aferotest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/afero"
)

// onFile is a verb on the file that its first argument names.
func onFile(do func(f afero.File, a []string) string, args ...string) verb {
	return verb{append([]string{"file"}, args...), func(p *Player, a []string) string {
		return p.file(a[0], func(f afero.File) string { return do(f, a[1:]) })
	}}
}

var fileVerbs = map[string]verb{
	"read": onFile(func(f afero.File, a []string) string { return readOnce(f.Read, number(a[0])) }, "count"),
	"readall": onFile(func(f afero.File, _ []string) string {
		data, err := io.ReadAll(struct{ io.Reader }{f}) // by Read alone
		return result(contentLine(data), err)
	}),
	"readat": onFile(func(f afero.File, a []string) string {
		return readOnce(func(b []byte) (int, error) { return f.ReadAt(b, number(a[1])) }, number(a[0]))
	}, "count", "offset"),
	"write": onFile(func(f afero.File, a []string) string { return countLine(f.Write([]byte(a[0]))) }, "text"),
	"writeat": onFile(func(f afero.File, a []string) string {
		return countLine(f.WriteAt([]byte(a[0]), number(a[1])))
	}, "text", "offset"),
	"writestring": onFile(func(f afero.File, a []string) string { return countLine(f.WriteString(a[0])) }, "text"),
	"seek": onFile(func(f afero.File, a []string) string {
		pos, err := f.Seek(number(a[0]), int(number(a[1])))
		return result(fmt.Sprint("at ", pos), err)
	}, "offset", "whence"),
	"ftruncate": onFile(func(f afero.File, a []string) string { return describe(f.Truncate(number(a[0]))) }, "size"),
	"fstat":     onFile(func(f afero.File, _ []string) string { return infoLine(f.Stat()) }),
	"fsync":     onFile(func(f afero.File, _ []string) string { return describe(f.Sync()) }),
	"close":     onFile(func(f afero.File, _ []string) string { return describe(f.Close()) }),
	// shut is close of a file that no step uses any more: of a closed file package os says now this, now that.
	"shut": {[]string{"file"}, func(p *Player, a []string) string {
		return p.file(a[0], func(f afero.File) string {
			delete(p.files, a[0])
			return describe(f.Close())
		})
	}},
	"name": onFile(func(f afero.File, _ []string) string { return quote(f.Name()) }),
	"readfrom": onFile(func(f afero.File, a []string) string {
		t, ok := f.(io.ReaderFrom)
		if !ok {
			return Unsupported + abilityReadFrom
		}
		n, err := t.ReadFrom(strings.NewReader(a[0]))
		return result(strconv.FormatInt(n, 10), err)
	}, "text"),
	"writeto": onFile(func(f afero.File, _ []string) string {
		t, ok := f.(io.WriterTo)
		if !ok {
			return Unsupported + abilityWriteTo
		}
		var b strings.Builder
		_, err := t.WriteTo(&b)
		return result(contentLine([]byte(b.String())), err)
	}),
	"readdirnames": onFile(func(f afero.File, a []string) string {
		names, err := f.Readdirnames(int(number(a[0])))
		return listLine(names, number(a[0]), err)
	}, "count"),
	"readdir": onFile(func(f afero.File, a []string) string {
		infos, err := f.Readdir(int(number(a[0])))
		lines := make([]string, len(infos))
		for i, info := range infos {
			lines[i] = infoLine(info, nil)
		}
		return listLine(lines, number(a[0]), entryError(err))
	}, "count"),
	"entries": onFile(func(f afero.File, a []string) string {
		t, ok := f.(fs.ReadDirFile)
		if !ok {
			return Unsupported + abilityReadDir
		}
		entries, err := t.ReadDir(int(number(a[0])))
		lines := make([]string, len(entries))
		for i, e := range entries {
			lines[i] = fmt.Sprintf("%s %v %v", quote(e.Name()), e.Type(), e.IsDir())
		}
		return listLine(lines, number(a[0]), err)
	}, "count"),
	// page lists all names, count at a time, and so tells a lost or doubled entry whatever the order.
	"page": onFile(page, "count"),
}

// entryError evens out the error of an entry that may not be looked at: with Go 1.26 it is of fstatat and the directory, before
// it was of lstat and the entry.
func entryError(err error) error {
	if e, ok := err.(*fs.PathError); ok && (e.Op == "fstatat" || e.Op == "lstat") { //nolint:errorlint // the shape itself is of interest
		return &fs.PathError{Op: "info of an entry", Err: e.Err}
	}
	return err
}

func page(f afero.File, a []string) string {
	count := int(number(a[0]))
	var all []string
	for range 10000 {
		names, err := f.Readdirnames(count)
		all = append(all, names...)
		if errors.Is(err, io.EOF) {
			return listLine(all, 0, nil)
		}
		if err != nil || len(names) == 0 || len(names) > count {
			return listLine(all, 0, err) + fmt.Sprintf(", a page of %d", len(names))
		}
	}
	return "no end"
}

// listLine sorts, since package os lists in no order. Of a part of a listing only the length is certain.
func listLine(items []string, count int64, err error) string {
	if count > 0 {
		return result(fmt.Sprintf("%d entries", len(items)), err)
	}
	slices.Sort(items)
	return result(fmt.Sprintf("%d entries [%s]", len(items), strings.Join(items, "; ")), err)
}

func countLine(n int, err error) string { return result(strconv.Itoa(n), err) }

// isNil finds the nil pointer in an interface, which a filesystem returns by mistake.
func isNil(f afero.File) bool {
	v := reflect.ValueOf(f)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
