// Package suites runs the conformance suite on filesystems that are no afero.Fs, through adapters. It is a module of its own: users of the library
// need not download what it is compared with.
package suites
