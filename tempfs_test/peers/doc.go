// Package peers measures the memory backend beside other filesystems in memory, and beside package os on tmpfs. It is a module of its own: users of the
// library need not download what it is compared with.
package peers
