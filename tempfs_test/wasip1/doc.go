// Package wasip1 compiles tests of the library for GOOS=wasip1 and runs them under wazero, with a directory of the host and without any. It is a
// module of its own: users of the library need not download a WebAssembly runtime.
package wasip1
