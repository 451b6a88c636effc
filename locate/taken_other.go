//go:build !windows

package locate

const deniesTakenNames = false
