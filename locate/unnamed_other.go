//go:build !linux

package locate

import "errors"

// openUnnamed is for Linux.
func openUnnamed(string) (probeFile, error) { return nil, errors.ErrUnsupported }
