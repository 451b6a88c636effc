package main

import (
	"archive/tar"
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/unpack"
)

// attack is an archive that is made to do harm, and the error of package unpack that refuses it.
type attack struct {
	items []item
	err   error
}

func owned(name string) item { return item{name: name, content: "owned"} }
func symlink(name, target string) item {
	return item{name: name, kind: tar.TypeSymlink, target: target}
}

func hardLink(name, target string) item { return item{name: name, kind: tar.TypeLink, target: target} }

// attacksOn are made for a host.
func attacksOn(h host) map[string]attack {
	secret, home := path.Join(h.dir, "home/secret.txt"), path.Join(h.dir, "home")
	return map[string]attack{
		"a name that climbs":                      {[]item{owned("../../../../home/secret.txt")}, unpack.ErrUnsafePath},
		"a name that climbs later":                {[]item{owned("a/../../b.txt")}, unpack.ErrUnsafePath},
		"an absolute name":                        {[]item{owned(secret)}, unpack.ErrUnsafePath},
		"a name with backslashes":                 {[]item{owned(`..\..\secret.txt`)}, unpack.ErrUnsafePath},
		"an absolute link":                        {[]item{symlink("a.txt", secret)}, unpack.ErrUnsafeLink},
		"a link that climbs":                      {[]item{symlink("a.txt", "../../../../home/secret.txt")}, unpack.ErrUnsafeLink},
		"a link that climbs by another":           {[]item{symlink("a", "."), symlink("b", "a/..")}, unpack.ErrUnsafeLink},
		"a hard link to the host":                 {[]item{hardLink("a.txt", secret)}, unpack.ErrUnsafeLink},
		"a file over a link":                      {[]item{symlink("a.txt", secret), owned("a.txt")}, unpack.ErrUnsafeLink},
		"a file through a link":                   {[]item{symlink("a", home), owned("a/secret.txt")}, unpack.ErrUnsafeLink},
		"a file through a link that stays inside": {[]item{symlink("a", "b"), owned("b/b.txt"), owned("a/a.txt")}, unpack.ErrUnsafePath},
		"a FIFO":        {[]item{{name: "a.txt", kind: tar.TypeFifo}}, unpack.ErrSpecial},
		"a device":      {[]item{{name: "a.txt", kind: tar.TypeChar}}, unpack.ErrSpecial},
		"two of a name": {[]item{{name: "a.txt", content: "good"}, owned("a.txt")}, unpack.ErrDuplicate},
		"two of a name where case does not matter": {[]item{{name: "a.txt", content: "good"}, owned("A.TXT")}, unpack.ErrDuplicate},
		"a bomb":                       {[]item{{name: "a.txt", content: strings.Repeat(" ", 4<<20)}}, unpack.ErrRatio},
		"a thousand levels":            {[]item{owned(strings.Repeat("a/", 1000) + "a.txt")}, unpack.ErrTooDeep},
		"harm behind what is harmless": {append(slices.Clone(delivery), owned("../a.txt")), unpack.ErrUnsafePath},
	}
}

// TestAttacksAreRefused in each format, and nothing of the host changes. A plain tar is no bomb: it is as large as what it has.
func TestAttacksAreRefused(t *testing.T) {
	eachBackend(t, func(t *testing.T, b backend) {
		h := newHost(t)
		for name, a := range attacksOn(h) {
			for format, archive := range archivesOf(t, a.items...) {
				if format == "tar" && a.err == unpack.ErrRatio {
					continue
				}
				_, err := h.take(t, archive, b)
				require.ErrorIs(t, err, a.err, "%s, %s", name, format)
				h.requireUnchanged(t, name+", "+format)
			}
		}
	})
}

// TestUnwantedFilesAreRefused by what they are called, or by what they are.
func TestUnwantedFilesAreRefused(t *testing.T) {
	eachBackend(t, func(t *testing.T, b backend) {
		h := newHost(t)
		for name, c := range map[string]struct {
			items []item
			says  string
		}{
			"a program":                  {[]item{{name: "a.exe", content: "MZ"}}, `"a.exe" is of a type that is not wanted`},
			"a name without an end":      {[]item{{name: "docs/Makefile", content: "all:"}}, `"docs/Makefile" is of a type`},
			"a hidden file":              {[]item{{name: ".htaccess", content: "Deny from all"}}, `".htaccess" is of a type`},
			"a page that is called text": {[]item{{name: "a.txt", content: "<html><script>"}}, `"a.txt" is text/html inside`},
			"text that is called a page": {[]item{{name: "a.pdf", content: "hello"}}, `"a.pdf" is text/plain inside`},
			"a picture that is a zip":    {[]item{{name: "a.png", content: "PK\x03\x04"}}, `"a.png" is application/zip inside`},
			"a link to a good file":      {append(slices.Clone(delivery), symlink("a.txt", "table.csv")), `"a.txt" is neither a file nor a directory`},
			"one bad file of many":       {append(slices.Clone(delivery), item{name: "z.sh", content: "#!/bin/sh"}), `"z.sh" is of a type`},
			"no file":                    {[]item{{name: "docs/", kind: tar.TypeDir, mode: 0o755}}, "no file"},
			"nothing":                    {nil, "no file"},
			"what a terminal would obey": {[]item{{name: "\x1b[2J.sh"}}, `"\x1b[2J.sh" is of a type`},
		} {
			for format, archive := range archivesOf(t, c.items...) {
				_, err := h.take(t, archive, b)
				require.ErrorContains(t, err, c.says, "%s, %s", name, format)
				h.requireUnchanged(t, name+", "+format)
			}
		}
	})
}

// TestWhatIsNoArchiveIsRefused, and what is the half of one.
func TestWhatIsNoArchiveIsRefused(t *testing.T) {
	eachBackend(t, func(t *testing.T, b backend) {
		h := newHost(t)
		wrong := map[string][]byte{"nothing": nil, "text": []byte("hello, it is me")}
		for format, archive := range archivesOf(t, delivery...) {
			wrong["half a "+format] = archive[:len(archive)/2]
			wrong["more than a "+format] = append(bytes.Clone(archive), "something behind it"...)
		}
		for name, archive := range wrong {
			_, err := h.take(t, archive, b)
			var refused *unpack.Error
			require.ErrorAs(t, err, &refused, name)
			h.requireUnchanged(t, name)
		}
	})
}
