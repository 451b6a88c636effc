package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// TestDeliveryMeetsItsLimits: it fits to the byte and to the entry, and with one less it does not.
func TestDeliveryMeetsItsLimits(t *testing.T) {
	// Content of 7 + 18 + 8 bytes; four files, docs and pictures.
	for name, c := range map[string]struct {
		enough, less unpack.Limits
		err          error
	}{
		"bytes":       {unpack.Limits{Bytes: 33, Input: 1 << 20}, unpack.Limits{Bytes: 32, Input: 1 << 20}, unpack.ErrTooLarge},
		"of one file": {unpack.Limits{FileSize: 18}, unpack.Limits{FileSize: 17}, unpack.ErrTooLarge},
		"entries":     {unpack.Limits{Entries: 6}, unpack.Limits{Entries: 5}, unpack.ErrTooMany},
		"levels":      {unpack.Limits{Depth: 2}, unpack.Limits{Depth: 1}, unpack.ErrTooDeep},
		"of a name":   {unpack.Limits{Name: 10}, unpack.Limits{Name: 9}, unpack.ErrTooDeep},
	} {
		t.Run(name, func(t *testing.T) {
			eachBackend(t, func(t *testing.T, b backend) {
				for format, archive := range archivesOf(t, delivery...) {
					h := newHost(t)
					_, err := h.takeWithin(t, archive, c.less, b)
					require.ErrorIs(t, err, c.err, format)
					h.requireUnchanged(t, format)
					_, err = h.takeWithin(t, archive, c.enough, b)
					require.NoError(t, err, format)
				}
			})
		})
	}
}

// TestFsHasLimitsOfItsOwn, which hold for the index as well.
func TestFsHasLimitsOfItsOwn(t *testing.T) {
	for name, limits := range map[string]tempfs.Limits{
		"bytes":         {Bytes: 20},
		"of the index":  {Bytes: 40},
		"files":         {Files: 5},
		"of one file":   {FileSize: 16},
		"levels":        {Depth: 3},
		"levels, index": {Depth: 1},
	} {
		t.Run(name, func(t *testing.T) {
			eachBackend(t, func(t *testing.T, b backend) {
				h := newHost(t)
				_, err := h.take(t, tarOf(t, delivery...), b, tempfs.WithLimits(limits))
				require.ErrorIs(t, err, tempfs.ErrQuota)
				h.requireUnchanged(t, limits)
			})
		})
	}
}
