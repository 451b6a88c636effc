//go:build !unix

package tempfs_test

import "errors"

func dieOfSignal() error { return errors.ErrUnsupported }
