// Package web is tests alone: what the standard library does with an fs.FS, given the [tempfs.Fs.IOFS] of an Fs. No adapter is needed.
//
// [tempfs.Fs.IOFS]: https://pkg.go.dev/github.com/aferotemp/go/tempfs#Fs.IOFS
package web
